"""Fades through one colour: the picture loses its detail, evenly, and another one comes. The flat's middle is the boundary."""

from __future__ import annotations

import numpy as np

from .glances import Boundary, Glance
from .mixing import mixture, vector

__all__ = ["Fades"]

BEFORE = 1.5  # seconds in which the picture may have been whole
LONG = 1.5  # seconds from which a flat stretch is a shot of its own
LOW = 0.3  # of the detail before
HELD = 0.25  # seconds; a flat stretch without slopes that is shorter is a flash
BLACK, WHITE = 16, 235  # luma


class Fades:
    """Waits for the picture to go and to come back."""

    def __init__(self) -> None:
        self._past: list[Glance] = []  # before the flat stretch
        self._flat: list[Glance] = []
        self._alone = False  # the stretch has become a shot

    def update(self, new: Glance, cut: bool) -> list[Boundary]:
        """Take the next picture, and whether a hard cut lies before it; fades that are over come back."""
        if cut and not self._flat:
            self._past = []
        top = max((seen.detail for seen in self._past), default=0.0)
        if top > 1 and new.detail < LOW * top:
            self._flat.append(new)
            if len(self._flat) > 2 and not self._alone:
                return self._long()
            if self._alone:
                self._flat = [self._flat[0], new]
            return []
        found = self._over(new) if self._flat else []
        if self._flat:
            self._past, self._flat, self._alone = [], [], False
        self._past = [seen for seen in self._past if new.time - seen.time <= BEFORE] + [new]
        return found

    def end(self) -> list[Boundary]:
        """A film that ends in the dark has no shot after it."""
        return []

    def _long(self) -> list[Boundary]:
        """A flat stretch that lasts becomes a shot if a slope led to it; else it is a picture like any other, between cuts."""
        first, last = self._flat[0], self._flat[-1]
        if last.time - first.time <= LONG:
            return []
        if not self._slope() or not self._is_fade():
            self._past, self._flat = [last], []
            return []
        self._alone = True
        at = self._lowest()[0]
        self._flat = [first, last]
        return [Boundary(at.count, at.time, "fade", 1.0, self._slope_start(), at.time)]

    def _over(self, new: Glance) -> list[Boundary]:
        """The picture is back."""
        if self._alone:
            last = self._flat[-1]
            return [Boundary(last.count, last.time, "fade", 1.0, last.time, new.time + HELD)]
        if not self._is_fade():
            return []
        lowest = self._lowest()
        middle = (lowest[0].time + lowest[-1].time) / 2
        at = next(seen for seen in lowest if seen.time >= middle - 1e-6)
        top = max(seen.detail for seen in self._past)
        score = 1 - min(seen.detail for seen in lowest) / top
        return [
            Boundary(
                at.count, at.time, "fade", score, self._slope_start(), new.time + (new.time - self._flat[0].time) / 2 + 0.05
            )
        ]

    def _lowest(self) -> list[Glance]:
        """The pictures of the stretch that are as good as flat."""
        least = min(seen.detail for seen in self._flat)
        top = max(seen.detail for seen in self._past)
        return [seen for seen in self._flat if seen.detail <= max(2 * least, least + 0.05 * top)]

    def _is_fade(self) -> bool:
        """Black or white, or one colour and reached by degrees; a flash, a hand on the lens and a passer-by are not."""
        bottom = min(self._flat, key=lambda seen: seen.detail)
        whole = max(self._past, key=lambda seen: seen.detail)
        dark = bottom.mean <= BLACK + 0.3 * max(whole.mean - BLACK, 0) + 6
        bright = bottom.mean >= WHITE - 0.3 * max(WHITE - whole.mean, 0) - 6
        if bottom.detail > 0.1 * whole.detail and not dark and not bright:
            return False
        slope = self._slope()
        if slope:
            return self._evenly(slope, bottom)
        empty = bottom.detail < 0.1 + 0.05 * whole.detail and not BLACK + 8 < bottom.mean < WHITE - 8
        return empty and self._flat[-1].time - self._flat[0].time >= HELD

    def _slope(self) -> list[Glance]:
        """The last picture that was whole, and those on the way down."""
        top = max(seen.detail for seen in self._past)
        whole = max((i for i, seen in enumerate(self._past) if seen.detail > 0.88 * top), default=0)
        way = [*self._past[whole + 1 :], *(seen for seen in self._flat[:3] if seen.detail > 0.12 * top)]
        return [self._past[whole], *way] if way else []

    def _slope_start(self) -> float:
        top = max(seen.detail for seen in self._past)
        return next((seen.time for seen in reversed(self._past) if seen.detail > 0.88 * top), self._past[-1].time) - 0.05

    def _evenly(self, slope: list[Glance], bottom: Glance) -> bool:
        """Whether the way down is the same everywhere."""
        kept = [slope[0], *slope[1 :: max((len(slope) - 1) // 8, 1)], bottom]
        vectors = np.array([np.append(vector(seen), seen.mean - bottom.mean) for seen in kept])
        return mixture(vectors @ vectors.T).residual < 0.5
