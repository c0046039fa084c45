"""Where, in somebody's motion, an action may have begun: after rest, and at the still points between two motions."""

from __future__ import annotations

import math

__all__ = ["ANCHORS", "GRACE", "Onsets"]

ANCHORS = 4  # moments kept at most
MOVES, RESTS = 0.3, 0.2  # body lengths a second: who is faster moves, who is slower rests
OVER_FLOOR = 2.0, 1.4  # the same as multiples of what a still person's joints jitter
FLOOR_RISES, FLOOR_MOST = 0.004, 0.3  # the jitter is believed to grow by so much a second, up to so much
PAUSE = 0.5  # seconds of rest that end a motion
WAIT = 1.0  # the same while what goes on should last longer: many actions hold still in the middle
RESUMES = 0.6  # a motion without a name goes on if it starts again within these seconds
PREROLL = 0.3  # seconds before the onset: trimmed clips begin a little before the motion
GRACE = 1e-6  # seconds: what arithmetic does to times must not decide anything
DIP = 0.5  # of the fastest since the last anchor: a moment slower than that may part two actions
APART = 0.5  # seconds between anchors


class Onsets:
    """One person's motion and rest.

    Attributes:
        moving: whether the person moves.
        onset: seconds at which this motion began, a little before it was noticed.
        quiet: seconds since when the person rests, None while not.
        anchors: moments at which an action may have begun, rising; at most `ANCHORS`.
        stopped: the last update ended a motion.
    """

    def __init__(self) -> None:
        self.moving = self.stopped = False
        self.onset = 0.0
        self.quiet: float | None = None
        self.anchors: list[float] = []
        self._floor, self._last = 0.05, math.nan
        self._free = -math.inf
        self._rested = -math.inf
        self._peak, self._dip, self._dip_at = 0.0, math.inf, 0.0

    def update(self, time: float, energy: float, *, complete: bool = True) -> None:
        """Take one more moment.

        Args:
            time: seconds, rising.
            energy: speed, body lengths a second.
            complete: what goes on has lasted long enough for a rest to end it soon.
        """
        if math.isnan(self._last):
            self._free, self._last = time, time
        passed, self._last = time - self._last, time
        self._floor = min(max(energy, 0.02), self._floor + FLOOR_RISES * passed, FLOOR_MOST)
        self.stopped = False
        fast = energy > max(MOVES, OVER_FLOOR[0] * self._floor)
        if fast:
            self.quiet = None
            if not self.moving:
                self._start(time)
        elif self.moving and energy < max(RESTS, OVER_FLOOR[1] * self._floor):
            self.quiet = time if self.quiet is None else self.quiet
            self.stopped = time - self.quiet >= (PAUSE if complete else WAIT) - GRACE
            if self.stopped:
                self.moving, self._rested = False, time
        if self.moving:
            self._part(time, energy, fast)

    def _start(self, time: float) -> None:
        self.moving = True
        point = max(time - PREROLL, self._free)
        if not self.anchors or time - self._rested > RESUMES:
            self.onset, self.anchors = point, [point]
        else:
            self.add(point)
        self._peak, self._dip = 0.0, math.inf

    def _part(self, time: float, energy: float, fast: bool) -> None:
        """A still point between two motions becomes an anchor when the second of them has begun."""
        if energy < min(self._dip, DIP * self._peak):
            self._dip, self._dip_at = energy, time
        elif fast and energy > 1.6 * self._dip:
            point = max(self._dip_at, time - PREROLL)
            if point - self.anchors[-1] >= APART - GRACE:
                self.add(point)
            self._peak, self._dip = 0.0, math.inf
        self._peak = max(self._peak, energy)

    def add(self, moment: float) -> None:
        """One more anchor; when there are too many, the second oldest goes: the first and the newest say most."""
        self.anchors.append(moment)
        if len(self.anchors) > ANCHORS:
            del self.anchors[1]

    def follow(self, oldest: float, instead: float) -> None:
        """Forget anchors before `oldest`; if none is left, `instead` is one."""
        self.anchors = [a for a in self.anchors if a >= oldest] or [max(instead, self._free)]

    def free(self, moment: float) -> None:
        """What was before `moment` is explained: no action begins before."""
        self._free = moment
        self.anchors = [a for a in self.anchors if a >= moment] if self.moving else []
        if self.moving and not self.anchors:
            self.anchors = [moment]
