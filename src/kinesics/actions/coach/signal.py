"""Values over time: made fine enough to find when they cross a threshold, and thresholds with hysteresis in value and time.

Nothing here knows the frame rate; all times are seconds. A coarse signal (5 frames a second) is filled with a cubic through
four values (Catmull and Rom 1974), one value late, so that a turn between two frames is not missed.
"""

from __future__ import annotations

import math

import numpy as np

from ...types import Array
from .schema import Phase

__all__ = ["Finer", "LowPass", "Trigger"]

COARSE = 0.05  # seconds between values from which on the signal is filled
STEP = 1 / 30  # seconds between filled values
GAP = 0.6  # seconds without a value that are not bridged
CALM = 0.04  # seconds, time constant of the low pass
LEAVE = 0.05  # seconds that a value has to be outside to leave


class Finer:
    """Takes vectors at any moments and gives vectors at least every `COARSE` seconds, wherever there are no gaps."""

    def __init__(self) -> None:
        self._past: list[tuple[float, Array]] = []
        self._waits = False

    def push(self, time: float, values: Array) -> list[tuple[float, Array]]:
        """One more (m,) vector, NaN where unknown; all that became known by it, in order."""
        ready: list[tuple[float, Array]] = []
        if self._waits:
            ready = self._fill((time, values))
        wide = time - self._past[-1][0] if self._past else 0.0
        self._waits = COARSE < wide <= GAP
        self._past = [*self._past[-2:], (time, values)]
        return ready if self._waits else [*ready, (time, values)]

    def flush(self) -> list[tuple[float, Array]]:
        """What waits for a value that will not come."""
        waits, self._waits = self._waits, False
        return self._fill(None) if waits else []

    def _fill(self, after: tuple[float, Array] | None) -> list[tuple[float, Array]]:
        (t1, p1), (t2, p2) = self._past[-2:]
        span = t2 - t1
        straight = (p2 - p1) / span
        before = self._past[-3] if len(self._past) > 2 else None
        m1 = straight if before is None or t1 - before[0] > GAP else (p2 - before[1]) / (t2 - before[0])
        m2 = straight if after is None or after[0] - t2 > GAP else (after[1] - p1) / (after[0] - t1)
        m1, m2 = (np.where(np.isnan(m), straight, m) * span for m in (m1, m2))
        steps = math.ceil(span / STEP)
        filled = []
        for k in range(1, steps):
            s = k / steps
            cubic = (
                (2 * s**3 - 3 * s**2 + 1) * p1 + (s**3 - 2 * s**2 + s) * m1 + (3 * s**2 - 2 * s**3) * p2 + (s**3 - s**2) * m2
            )
            filled.append((t1 + s * span, cubic))
        return [*filled, (t2, p2)]


class LowPass:
    """A causal low pass of vectors; what was unknown starts anew."""

    def __init__(self) -> None:
        self._time, self._value = -math.inf, np.empty(0)

    def push(self, time: float, values: Array) -> Array:
        """(m,) smoothed; NaN stays NaN."""
        gap = time - self._time
        if gap > GAP:
            self._value = values
        else:
            share = -math.expm1(-gap / CALM)
            mixed = self._value + share * (values - self._value)
            self._value = np.where(np.isnan(mixed), values, mixed)
        self._time = time
        return self._value


class Trigger:
    """Whether a phase holds: it is entered beyond one value, left beyond another, and either has to last.

    Attributes:
        on: whether it holds.
        since: when it was entered, between two values; minus infinity before.
        until: when it was left; minus infinity before.
    """

    def __init__(self, phase: Phase, hold: float | None = None) -> None:
        self.phase, self.hold = phase, phase.hold if hold is None else hold
        self.on = False
        self.since = self.until = -math.inf
        self._candidate: float | None = None
        self._last: tuple[float, float] | None = None

    def step(self, time: float, value: float) -> None:
        """One more value; NaN changes nothing."""
        if math.isnan(value):
            return
        last = self._last
        if last is not None and time - last[0] > GAP:
            last, self._candidate = None, None
        self._last = time, value
        level = self.phase.leave if self.on else self.phase.enter
        wanted = self.phase.outside(value) if self.on else self.phase.inside(value)
        crossing = time if last is None or last[1] == value else _crossing(last, (time, value), level)
        if wanted and self._candidate is None:
            self._candidate = crossing
        lasted = -1.0 if self._candidate is None else (time if wanted else crossing) - self._candidate
        if lasted >= (LEAVE if self.on else self.hold):
            self._turn()
        elif not wanted:
            self._candidate = None

    def _turn(self) -> None:
        moment, self._candidate = self._candidate, None
        self.on = not self.on
        if moment is not None and self.on:
            self.since = moment
        elif moment is not None:
            self.until = moment


def _crossing(a: tuple[float, float], b: tuple[float, float], level: float) -> float:
    share = (level - a[1]) / (b[1] - a[1])
    return a[0] + min(max(share, 0.0), 1.0) * (b[0] - a[0])
