"""Holding a posture: the clock runs while all limits that matter are kept."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from .faults import Sample, find_faults
from .measures import spoken
from .records import Hold
from .schema import Condition, Exercise, Limit

__all__ = ["Holder"]

SLACK = {"°": 5.0, "": 0.05}  # how far beyond a limit a hold goes on (hysteresis)
GRACE = 1.0  # seconds out of limits that do not end a hold
LEFT = 0.3  # seconds out of position that end a try in which nothing was held
TRYING = 1.5  # seconds in position without a second that counts that make a try
KEPT = 3600  # samples of a hold that faults are looked for in; older ones are thinned


@dataclass
class _Open:
    """A stay in position that goes on."""

    start: float
    seconds: float = 0.0
    good: float = math.nan  # last moment within the limits
    samples: deque[Sample] = field(default_factory=lambda: deque(maxlen=KEPT))
    broken: dict[str, float] = field(default_factory=dict)  # seconds out of each limit


class Holder:
    """Holds of one person in one exercise.

    Attributes:
        state: "away", "ready" (in position, limits not kept) or "moving" (the clock runs).
        holds: so far, counted or not, those that are over.
        began: when the hold that goes on began.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.state = "away"
        self.holds: list[Hold] = []
        self.began = math.nan
        self._open: _Open | None = None
        self._time = math.nan
        self._lost: float | None = None  # out of position since
        self._fine: float | None = None  # within limits since

    @property
    def seconds(self) -> float:
        """Of the hold that goes on."""
        return self._open.seconds if self._open else 0.0

    def step(self, time: float, values: dict[str, float], view: str) -> None:
        """One more moment: the values of all measures, NaN where they cannot be measured."""
        gap = min(time - self._time, 0.6) if self._time <= time else 0.0
        self._time = time
        spoiling = [limit for limit in self.exercise.limits if limit.spoils]
        beyond = [limit for limit in spoiling if view not in limit.views or self._beyond(limit.condition, values)]
        here = not any(self._beyond(condition, values) for condition in self.exercise.position)
        here = here and (bool(self.exercise.position) or not beyond or self.state == "moving")
        self._place(time, here, view)
        if self._open is not None:
            self._hold(time, gap, values, beyond, view)

    def finish(self, view: str) -> None:
        """The source ends, and the hold with it."""
        self._close(self._time, view)

    def _beyond(self, condition: Condition, values: dict[str, float]) -> bool:
        unit = self.exercise.measures[condition.measure.split(".")[0]].unit
        return not condition.excess(values[condition.measure]) <= (SLACK[unit] if self.state == "moving" else 0.0)

    def _place(self, time: float, here: bool, view: str) -> None:
        if here:
            self._lost = None
            if self._open is None:
                self._open, self.state, self._fine = _Open(time), "ready", None
        elif self._open is not None:
            self._lost = time if self._lost is None else self._lost
            if time - self._lost > (GRACE if self.state == "moving" else LEFT):
                self._close(self._lost, view)

    def _hold(self, time: float, gap: float, values: dict[str, float], beyond: list[Limit], view: str) -> None:
        stay = self._open
        assert stay is not None
        stay.samples.append((time, values))
        for limit in beyond:
            stay.broken[limit.name] = stay.broken.get(limit.name, 0.0) + gap
        if not beyond and self._lost is None:
            self._fine = time if self._fine is None else self._fine
            if self.state == "moving":
                stay.seconds += gap
            elif time - self._fine >= self.exercise.ready:
                self._start(self._fine, time, view)
        else:
            self._fine = None
            if self.state == "moving" and time - self._open_good() > GRACE:
                self._close(self._open_good(), view)
                return
        if self.state == "moving" and not beyond and self._open is not None:
            self._open.good = time

    def _open_good(self) -> float:
        return self._open.good if self._open is not None else math.nan

    def _start(self, since: float, time: float, view: str) -> None:
        """The clock starts; what was tried before that is a try of its own."""
        stay = self._open
        if stay is not None and since - stay.start >= TRYING:
            self._record(stay, since, view)
        self._open = _Open(since, time - since, time)
        self.state, self.began = "moving", since

    def _close(self, end: float, view: str) -> None:
        stay, self._open = self._open, None
        if stay is not None and (self.state == "moving" or end - stay.start >= TRYING):
            self._record(stay, end, view)
        self.state, self._lost, self._fine = "away", None, None

    def _record(self, stay: _Open, end: float, view: str) -> None:
        samples = [sample for sample in stay.samples if sample[0] <= end + 1e-9]
        faults = find_faults(self.exercise, samples, view)
        why = ""
        if stay.seconds <= 0:
            why = self._words(stay, samples, view)
        elif stay.seconds < self.exercise.least:
            why = f"too short: {stay.seconds:.1f} s of {self.exercise.least:.1f} s needed"
        number = len(self.holds) + 1
        self.holds.append(Hold(number, stay.start, max(end, stay.start), stay.seconds, not why, faults, why))

    def _words(self, stay: _Open, samples: list[Sample], view: str) -> str:
        """Why the clock never started: the limit that was broken longest, with its middle value."""
        name = max(stay.broken, key=lambda name: stay.broken[name], default="")
        limit = next((limit for limit in self.exercise.limits if limit.name == name), None)
        if limit is None:
            return "not held steadily"
        if view not in limit.views:
            return f"it cannot be judged from here: {self.exercise.camera}"
        seen = sorted(v for _, values in samples if limit.condition.excess(v := values[limit.condition.measure]) > 0)
        if not seen:
            return f"{limit.name}: not seen"
        middle = seen[len(seen) // 2]
        bound = limit.condition.low if middle < limit.condition.low else limit.condition.high
        measure = self.exercise.measures[limit.condition.measure.split(".")[0]]
        words = "at least" if bound == limit.condition.low else "at most"
        return f"{limit.name}: {spoken(measure, middle)}, {words} {spoken(measure, bound)} needed"
