"""What is measured of bodies moment by moment, and how it changes: the numbers behind `features.py`, fast.

All differences between joints, those along bones and those of every pair, come from one product with a matrix of ones and
minus ones, which is exact: whatever the number of moments, the same numbers come out to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types.arrays import Array
from .layout import Layout

__all__ = ["Measured", "Measures", "widths"]

TRAVEL, SWING, NEARING = 2.0, 1.5, 1.5  # what changes over the lag is multiplied with, so that streams are of like size
SMALL = 1 << 18  # multiplications in a product
SPEED = 1 / 8  # of joints from moment to moment, times the rate


def widths(layout: Layout) -> list[list[int]]:
    """How many numbers each part of each stream has: places, bones, distances."""
    p, k, d = layout.people, len(layout.joints), layout.dims
    distances = p * len(layout.pairs) + (k * k if p == 2 else 0)
    return [
        [p * k * d, p * d, p * k * d, (p - 1) * d, p * k],
        [p * len(layout.bones) * d] * 2 + [p * k],
        [distances, distances, p * k],
    ]


@dataclass(frozen=True)
class Measured:
    """Moments that were measured.

    Attributes:
        values: (n, t, c) float32.
        told: (n, t, c) bool, which are known; None where all are.
        roots: (n, t, p * d) float32.
    """

    values: Array
    told: Array | None
    roots: Array

    def last(self, count: int) -> Measured:
        """The newest moments."""
        told = None if self.told is None else self.told[:, -count:]
        return Measured(self.values[:, -count:], told, self.roots[:, -count:])


class Measures:
    """How bodies of a layout are measured.

    Args:
        layout: of the model.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        ends = np.cumsum([w for stream in widths(layout) for w in stream]).tolist()
        spans = [slice(a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True)]
        self._local, self._travel, self._velocity, self._apart, seen_a = spans[:5]
        self._bone, self._swing, seen_b, self._away, self._nearing, seen_c = spans[5:]
        self._seen = (seen_a, seen_b, seen_c)
        self._channels = int(ends[-1])
        self._factors = np.ones(self._channels, np.float32)
        self._factors[self._velocity] = layout.rate * SPEED
        for part, factor in ((self._travel, TRAVEL), (self._swing, SWING), (self._nearing, NEARING)):
            self._factors[part] = factor
        lines = layout.bones + layout.pairs
        self._from, self._to = (np.array([line[i] for line in lines], np.intp) for i in (0, 1))
        self._signs = np.zeros((len(layout.joints), len(lines)), np.float32)
        self._signs[self._to, np.arange(len(lines))] += 1
        self._signs[self._from, np.arange(len(lines))] -= 1

    def __call__(self, points: Array, known: Array, roots: Array, past: Measured | None = None) -> Measured:
        """Measure the next moments.

        Args:
            points: (n, t, p, k, d) from `Reference.place`.
            known: (n, t, p, k) bool.
            roots: (n, t, p, d) from `Reference.place`.
            past: the moments just before, as many as the lag or all there were; only of one clip.

        Returns:
            all of them: those of the past, then the new.
        """
        n, t = points.shape[:2]
        h = 0 if past is None else past.values.shape[1]
        values = np.empty((n, h + t, self._channels), np.float32)
        if past is not None:
            values[:, :h] = past.values
        fresh = values[0, h:] if h else values.reshape(n * t, self._channels)  # (rows, c), a view
        self._measure(fresh, points.reshape(n * t, *points.shape[2:]), roots.reshape(n * t, *roots.shape[2:]))
        for seen in self._seen:
            fresh[:, seen] = known.reshape(len(fresh), -1)
        before = roots.reshape(n, t, -1)
        placed = before if past is None else np.concatenate([past.roots, before], 1)
        self._differences(values, placed, h, np.subtract)
        told = None
        if not known.all() or (past is not None and past.told is not None):
            told = self._told(known, past, h)
        values[:, h:] *= self._factors
        return Measured(values, told, placed)

    def _measure(self, fresh: Array, points: Array, roots: Array) -> None:
        """Places, bones and distances of each row: points (rows, p, k, d) and roots (rows, p, d) into `fresh`."""
        rows, p, k, d = points.shape
        np.subtract(points, roots[:, :, None], out=fresh[:, self._local].reshape(points.shape))
        if p == 2:
            np.subtract(roots[:, 1], roots[:, 0], out=fresh[:, self._apart])
        b = len(self.layout.bones)
        axes = np.ascontiguousarray(points.transpose(3, 0, 1, 2))  # (d, rows, p, k)
        lines = self._lines(axes.reshape(-1, k))
        square = _summed((lines * lines).reshape(d, rows, p, -1))
        along = fresh[:, self._bone].reshape(rows, p, b, d).transpose(3, 0, 1, 2)
        np.divide(lines.reshape(d, rows, p, -1)[..., :b], np.sqrt(square[..., :b]) + 1e-3, out=along)
        away = fresh[:, self._away]
        within = p * len(self.layout.pairs)
        away[:, :within].reshape(rows, p, -1 if within else 0)[:] = square[..., b:]
        if p == 2:
            off = axes[:, :, 0, :, None] - axes[:, :, 1, None]
            away[:, within:] = _summed(off * off).reshape(rows, k * k)
        away += 1e-6
        np.sqrt(away, out=away)

    def _lines(self, axes: Array) -> Array:
        """(rows, k) one coordinate of the joints to (rows, lines): its differences along bones and pairs.

        In blocks so small that no library of linear algebra starts threads for them, which would cost more than the product.
        """
        rows, k = axes.shape
        block = max(1, SMALL // max(1, self._signs.size))
        even = rows - rows % block
        if not even:
            return np.asarray(axes @ self._signs)
        out = np.empty((rows, self._signs.shape[1]), np.float32)
        blocks = even // block
        np.matmul(axes[:even].reshape(blocks, block, k), self._signs, out=out[:even].reshape(blocks, block, -1))
        if even < rows:
            np.matmul(axes[even:], self._signs, out=out[even:])
        return out

    def _differences(self, values: Array, roots: Array, h: int, change: np.ufunc) -> None:
        """Changes of the moments from `h` on; before the first moment all was as it was then."""
        lag, d = self.layout.lag, slice(None)
        parts = ((self._velocity, values, self._local, 1), (self._travel, roots, d, lag))
        for to, given, of, back in (*parts, (self._swing, values, self._bone, lag), (self._nearing, values, self._away, lag)):
            given, out = given[..., of], values[:, h:, to]
            early = min(max(back - h, 0), out.shape[1])
            if early:
                change(given[:, h : h + early], given[:, :1], out=out[:, :early])
            if early < out.shape[1]:
                start = h + early
                change(given[:, start:], given[:, start - back : given.shape[1] - back], out=out[:, early:])

    def _told(self, known: Array, past: Measured | None, h: int) -> Array:
        """Which numbers are known: those of joints that are, and changes of what was known before."""
        n, t, p, k = known.shape
        told = np.ones((n, h + t, self._channels), bool)
        if past is not None and past.told is not None:
            told[:, :h] = past.told
        told[:, h:, self._local].reshape(n, t, p, k, -1)[:] = known[..., None]
        lines = known[..., self._from] & known[..., self._to]
        b = len(self.layout.bones)
        told[:, h:, self._bone].reshape(n, t, p, b, -1)[:] = lines[..., :b, None]
        away = [lines[..., b:].reshape(n, t, -1)]
        if p == 2:
            away.append((known[:, :, 0, :, None] & known[:, :, 1, None]).reshape(n, t, -1))
        told[:, h:, self._away] = np.concatenate(away, -1)
        always = np.ones((n, h + t, p * self.layout.dims), bool)
        self._differences(told, always, h, np.logical_and)
        return told


def _summed(parts: Array) -> Array:
    """(d, …) to (…): the sum over the first axis, in place."""
    total: Array = parts[0]
    for part in parts[1:]:
        total += part
    return total
