"""Finds the boundaries of shots as frames go by."""

from __future__ import annotations

import math

from ...types import Frame
from ..jobs import Shot
from .dissolves import Dissolves
from .fades import Fades
from .glances import Boundary, glance
from .hard_cuts import HardCuts

__all__ = ["LAG", "Cutter"]

LAG = 2.0  # seconds by which a shot's end may be told later than it was
WAIT = 1.75  # seconds after which nothing more can be said of a moment
EVERY = 1 / 65  # seconds between frames that are looked at, at least
NEAREST = 0.2  # seconds between two boundaries, at least
RANK = {"fade": 2, "dissolve": 1, "cut": 0}  # what takes its time swallows what seems to happen meanwhile


class Cutter:
    """Finds the boundaries of shots as frames go by.

    Pictures of 64 x 48 are compared (of 4:2:0 video the planes, unconverted): memory is that of about two seconds of them, at
    most 65 a second. Damaged frames are counted and not looked at. Where a wipe or a fast pan hides a boundary it is missed.
    """

    def __init__(self) -> None:
        self._frames, self._every, self._last, self._looked = 0, 0.04, 0.0, -math.inf
        self._begin = Boundary(0, 0.0, "start", 1.0, 0.0, 0.0)
        self._shots = 0
        self._cuts, self._fades, self._dissolves = HardCuts(), Fades(), Dissolves()
        self._waiting: list[Boundary] = []

    def update(self, frame: Frame) -> tuple[bool, list[Shot]]:
        """Take one frame.

        Returns:
            whether this frame is the first after a hard cut, and the shots that have ended, in order. The first is said with
            nothing known of what comes, the second `LAG` later at most with more care: they do not always agree.
        """
        if self._frames:
            self._every = max(frame.time - self._last, 1e-3)
        else:
            self._begin = Boundary(0, frame.time, "start", 1.0, frame.time, frame.time)
        self._frames, self._last = self._frames + 1, frame.time
        if frame.corrupt or frame.time - self._looked < EVERY:
            return False, self._told(frame.time - WAIT)
        self._looked = frame.time
        seen = glance(frame, self._frames - 1)
        now, cuts = self._cuts.update(seen)
        self._waiting += [*cuts, *self._fades.update(seen, now), *self._dissolves.update(seen)]
        return now, self._told(frame.time - WAIT)

    def end(self) -> list[Shot]:
        """The last shots."""
        if not self._frames:
            return []
        self._waiting += [*self._cuts.end(), *self._fades.end(), *self._dissolves.end()]
        shots = self._told(math.inf)
        return [*shots, self._shot(self._frames, self._last + self._every)]

    def _told(self, until: float) -> list[Shot]:
        """The shots that end before `until`."""
        if not any(one.time <= until for one in self._waiting):
            return []
        kept = _settled(self._waiting)
        shots = []
        for one in sorted((one for one in kept if one.time <= until), key=lambda one: one.time):
            kept.remove(one)
            if one.count > self._begin.count and (self._shots == 0 or one.time - self._begin.time >= NEAREST):
                shots.append(self._shot(one.count, one.time))
                self._begin = one
        self._waiting = kept
        return shots

    def _shot(self, count: int, time: float) -> Shot:
        begin, index = self._begin, self._shots
        self._shots += 1
        return Shot(index, begin.time, time, count - begin.count, begin.kind, begin.score)


def _settled(found: list[Boundary]) -> list[Boundary]:
    """Boundaries without those that are part of another one."""
    kept: list[Boundary] = []
    for one in sorted(found, key=lambda one: (-RANK[one.kind], -one.score, one.time)):
        if all(not (other.start - NEAREST / 2 <= one.time <= other.end + NEAREST / 2) for other in kept):
            kept.append(one)
    return kept
