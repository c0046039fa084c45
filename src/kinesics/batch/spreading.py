"""A few things spread evenly over a shot, taken while nobody knows yet where it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from .cutting import LAG

__all__ = ["Spread"]

T = TypeVar("T")


class Spread(Generic[T]):
    """Keeps all of the last seconds, and of what is older no more than twice `most`, as evenly as it came; no chance in it.

    Args:
        most: things that are handed out for one shot.
        every: seconds between two of them, at least.
    """

    def __init__(self, most: int, every: float) -> None:
        self.most, self.every = most, every
        self._old: list[tuple[float, T]] = []
        self._recent: list[tuple[float, T]] = []
        self._step = every
        self._last: float | None = None

    def add(self, time: float, make: Callable[[], T]) -> None:
        """Offer what there is at a time, in order of times; `make` is called if it is kept."""
        if self._last is not None and time < self._last + self.every - 1e-6:
            return
        self._last = time
        self._recent.append((time, make()))
        while self._recent[0][0] < time - LAG - 0.3:
            self._age(self._recent.pop(0))

    def take(self, start: float, end: float) -> list[tuple[float, T]]:
        """Times and things of a shot, at most `most`; what is older than its end is forgotten."""
        kept = [one for one in (*self._old, *self._recent) if start <= one[0] < end]
        self._old, self._step = [one for one in self._old if one[0] >= end], self.every
        self._recent = [one for one in self._recent if one[0] >= end]
        if len(kept) <= self.most:
            return kept
        chosen: list[tuple[float, T]] = []
        for i in range(self.most):
            wanted = start + (end - start) * (i + 0.5) / self.most
            nearest = min(kept, key=lambda one: abs(one[0] - wanted))
            kept = kept[kept.index(nearest) + 1 :] if len(kept) > self.most - i else kept[1:]
            chosen.append(nearest)
        return chosen

    def _age(self, one: tuple[float, T]) -> None:
        """Leave the last seconds: only some stay, half as many whenever there are too many."""
        if self._old and one[0] < self._old[-1][0] + self._step - 1e-6:
            return
        self._old.append(one)
        if len(self._old) > 2 * self.most:
            del self._old[1::2]
            self._step *= 2
