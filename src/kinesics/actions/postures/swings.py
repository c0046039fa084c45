"""To and fro: counts the turns of a signal that are large enough, with the time of each."""

from __future__ import annotations

import itertools
import math
from collections import deque

__all__ = ["Swings"]

UNEVEN = 2.2


class Swings:
    """Turning points of one signal (a zigzag: a turn counts once the signal has gone back by `least`).

    Args:
        least: how far it must go from one turn to the next.
        shortest, longest: seconds from one turn to the next; others break the row.
        smooth: seconds of the low pass before it.
    """

    __slots__ = ("_at", "_best", "_way", "_when", "least", "longest", "shortest", "smooth", "time", "turns", "value")

    def __init__(self, least: float, shortest: float, longest: float, smooth: float = 0.05) -> None:
        self.least, self.shortest, self.longest, self.smooth = least, shortest, longest, smooth
        self.clear()

    def clear(self) -> None:
        """Start anew."""
        self.turns: deque[float] = deque(maxlen=8)  # seconds of the last turns
        self.value = self.time = math.nan
        self._best = self._when = self._at = math.nan
        self._way = 0

    def push(self, value: float, time: float) -> None:
        """Take one more moment."""
        gap = time - self.time
        if not gap <= 0.5:
            self.clear()
            self.value = self._best = value
            self.time = self._when = time
            return
        self.value += (value - self.value) * -math.expm1(-gap / self.smooth)
        self.time = time
        self._turn(self.value, time)

    def _turn(self, value: float, time: float) -> None:
        if self._way == 0:
            if abs(value - self._best) >= self.least:
                self._way = 1 if value > self._best else -1
                self.turns.append(self._when)
                self._best, self._when = value, time
        elif (value - self._best) * self._way >= 0:
            self._best, self._when = value, time
        elif (self._best - value) * self._way >= self.least:
            since = self._when - self.turns[-1] if self.turns else math.inf
            if not self.shortest <= since <= self.longest:
                self.turns.clear()
            self.turns.append(self._when)
            self._way, self._best, self._when = -self._way, value, time

    def row(self, time: float, within: float) -> tuple[int, float]:
        """Half periods in a row up to now, and how many there are a second; (0, 0) when the last turn is too long ago."""
        if len(self.turns) < 2 or time - self.turns[-1] > self.longest:
            return 0, 0.0
        recent = [t for t in self.turns if time - t <= within]
        count = _even([b - a for a, b in itertools.pairwise(recent)])
        return (count, count / max(recent[-1] - recent[-1 - count], 1e-6)) if count else (0, 0.0)


def _even(gaps: list[float]) -> int:
    """How many of the last gaps are alike, the longest at most `UNEVEN` times the shortest: jitter keeps no time."""
    low = high = gaps[-1] if gaps else 0.0
    count = 0
    for gap in reversed(gaps):
        low, high = min(low, gap), max(high, gap)
        if high > UNEVEN * low:
            break
        count += 1
    return count
