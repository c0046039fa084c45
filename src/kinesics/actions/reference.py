"""Bodies to their own frame of reference: how far they went, how large they are and, in 3D, where they face, as seen so far.

Size and facing are running means over the last seconds, so a moment never depends on later ones, and frames one by one give
what the whole clip gives. The way is the sum of steps, each in the size and direction of its moment: where in the room it began
does not matter, and a better known size does not move anybody.
"""

from __future__ import annotations

import numpy as np

from ..types.arrays import Array
from .layout import Layout

__all__ = ["Reference", "facing"]

MEMORY = 10.0  # seconds the running means reach back


def facing(points: Array, known: Array, layout: Layout) -> Array:
    """Direction from the right to the left side in the ground plane.

    Args:
        points: (…, people, k, 3).
        known: (…, people, k).
        layout: of the model.

    Returns:
        (…, people, 2), x and z, of length shoulders + hips; 0 where unknown.
    """
    total = np.zeros((*points.shape[:-2], 2), np.float32)
    for left, right in layout.across:
        both = (known[..., left] & known[..., right])[..., None]
        total += np.where(both, points[..., right, ::2] - points[..., left, ::2], 0)
    return total


def middle(points: Array, indices: tuple[int, ...]) -> Array:
    """(…, k, d) -> (…, d): the middle of some joints."""
    total = points[..., indices[0], :]
    for i in indices[1:]:
        total = total + points[..., i, :]
    return total / len(indices)


class Reference:
    """Running size and facing of N clips at once (one, when streaming).

    Args:
        layout: of the model.

    Attributes:
        count, size: (n,) moments that told a size, and their mean; 1 until there is one.
        turned: (n, 2) mean direction of facing.
        way: (n, d) how far people went since the first moment, body sizes.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.count, self.size, self.turned = np.zeros(0), np.ones(0), np.zeros((0, 2))
        self._total = np.zeros(0)  # sum of the sizes that were told
        self.way = np.zeros((0, layout.dims))
        self._origin, self._there = np.zeros((0, layout.dims)), np.zeros((0, layout.people), bool)

    def place(self, points: Array, known: Array) -> tuple[Array, Array]:
        """Take the next moments of each clip.

        Args:
            points: (n, t, p, k, d) float32; whatever stands at unknown joints is not looked at.
            known: (n, t, p, k) bool.

        Returns:
            points in body sizes (and turned, if the layout says so), 0 at unknown joints; the people's roots (n, t, p, d).
        """
        layout, whole = self.layout, bool(known.all())
        points = np.asarray(points if whole else np.where(known[..., None], points, 0), np.float32)
        if not len(self.size):
            n = len(points)
            self.count, self.size, self.turned, self._total = np.zeros(n), np.ones(n), np.zeros((n, 2)), np.zeros(n)
        sizes = self._sizes(*self._lengths(points, None if whole else known))
        roots = middle(points, layout.roots)
        if not whole:
            there = np.asarray(known[..., list(layout.roots)].all(-1))
            roots = np.where(there[..., None], roots, _centre(points, known)).astype(np.float32)
        seen = np.ones(points.shape[:3], bool) if whole else np.asarray(known.any(-1))
        origin = _shared(roots, seen)
        steps = self._steps(origin, seen) / sizes[..., None]
        points = (points - origin[:, :, None, None]) / sizes[:, :, None, None, None]
        roots = (roots - origin[:, :, None]) / sizes[:, :, None, None]
        if layout.turn:
            points, roots, steps = self._turn((points, roots, steps), points, known)
        way = self._way(steps)
        points, roots = points + way[:, :, None, None], roots + way[:, :, None]
        if not whole:
            points *= known[..., None]
        return points.astype(np.float32, copy=False), roots.astype(np.float32, copy=False)

    def _steps(self, origin: Array, seen: Array) -> Array:
        """(n, t, d) float64 from moment to moment; none where somebody came or went."""
        if not len(self._origin):
            self._origin, self._there = origin[:, 0], seen[:, 0]
        before = np.concatenate([self._origin[:, None], origin[:, :-1]], 1)
        same = np.concatenate([self._there[:, None], seen[:, :-1]], 1) == seen
        self._origin, self._there = origin[:, -1], seen[:, -1]
        return np.asarray((origin.astype(float) - before) * same.all(-1, keepdims=True))

    def _way(self, steps: Array) -> Array:
        """(n, t, d) float32: the sum of all steps so far."""
        way = np.cumsum(steps if not len(self.way) else np.concatenate([self.way[:, None], steps], 1), 1)
        self.way = way[:, -1]
        return way[:, -steps.shape[1] :].astype(np.float32)

    def _lengths(self, points: Array, known: Array | None) -> tuple[Array, Array]:
        """Size of the bodies at each moment (n, t) and whether it is told.

        It is root to neck, the mean over those who show both; where no joint is a neck the spread of the joints.
        """
        layout = self.layout
        if layout.necks:
            off = middle(points, layout.necks) - middle(points, layout.roots)
            away = np.sqrt((off * off).sum(-1))
            there: Array = np.asarray(away > 1e-6)
            if known is not None:
                there &= known[..., list(layout.roots + layout.necks)].all(-1)
        else:
            known = np.ones(points.shape[:-1], bool) if known is None else known
            off = (points - _centre(points, known)[..., None, :]) * known[..., None]
            away = np.sqrt((off * off).sum((-1, -2)) / np.maximum(known.sum(-1), 1))
            there = known.any(-1) & (away > 1e-6)
        if layout.people == 1:
            return away[..., 0].astype(float), there[..., 0]
        count = there.sum(-1)
        return (away * there).sum(-1) / np.maximum(count, 1), count > 0

    def _sizes(self, lengths: Array, told: Array) -> Array:
        """(n, t) float32: mean of the sizes told so far; once `MEMORY` is full the older ones fade."""
        cap = MEMORY * self.layout.rate
        if told.size == 1:
            return self._size(float(lengths[0, 0]), bool(told[0, 0]), cap)
        counts = np.cumsum(told, 1) + self.count[:, None]
        totals = np.cumsum(np.concatenate([self._total[:, None], lengths * told], 1), 1)[:, 1:]
        sizes = np.where(counts > 0, totals / np.maximum(counts, 1), 1.0)
        for row in np.flatnonzero(counts[:, -1] > cap):
            full = self.count[row] >= cap
            first = 0 if full else int(np.argmax(counts[row] > cap))
            size = float(self.size[row] if first == 0 else sizes[row, first - 1])
            rest = zip(lengths[row, first:].tolist(), told[row, first:].tolist(), strict=True)
            sizes[row, first:] = [size := size + (length - size) / cap if true else size for length, true in rest]
        self.count, self.size, self._total = np.minimum(counts[:, -1], cap), sizes[:, -1], totals[:, -1]
        return sizes.astype(np.float32)

    def _size(self, length: float, told: bool, cap: float) -> Array:
        """One moment of one clip."""
        if told and self.count[0] + 1 <= cap:
            self.count[0] += 1
            self._total[0] += length
            self.size[0] = self._total[0] / self.count[0]
        elif told:
            self.count[0] = cap
            self.size[0] += (length - self.size[0]) / cap
        return self.size[None].astype(np.float32)

    def _turn(self, parts: tuple[Array, ...], points: Array, known: Array) -> tuple[Array, ...]:
        """Rotate (n, t, …, 3) about gravity so that the bodies face one way, as far as was seen until each moment."""
        ahead = facing(points, known, self.layout)[:, :, 0]
        decay = 1 - 1 / (2 * self.layout.rate)
        headings = np.empty_like(ahead)
        for t in range(points.shape[1]):
            self.turned = self.turned * decay + ahead[:, t]
            headings[:, t] = self.turned
        length = np.maximum(np.hypot(headings[..., 0], headings[..., 1]), 1e-6)
        told = length > 1e-5
        c, s = (np.where(told, headings[..., i] / length, 1.0 - i) for i in (0, 1))
        turned = []
        for part in parts:
            cosine, sine = (np.reshape(v, v.shape + (1,) * (part.ndim - 3)) for v in (c, s))
            x, z, out = part[..., 0], part[..., 2], np.empty_like(part)
            out[..., 0], out[..., 1], out[..., 2] = cosine * x + sine * z, part[..., 1], cosine * z - sine * x
            turned.append(out)
        return tuple(turned)


def _shared(roots: Array, seen: Array) -> Array:
    """(n, t, p, d) roots to the middle of those who are seen, (n, t, d); 0 where nobody is."""
    if roots.shape[2] == 1:
        return roots[:, :, 0]
    weight = seen[..., None]
    return np.asarray((roots * weight).sum(2) / np.maximum(weight.sum(2), 1), np.float32)


def _centre(points: Array, known: Array) -> Array:
    """(…, d): the middle of the joints that are known."""
    return np.asarray(points.sum(-2) / np.maximum(known.sum(-1), 1)[..., None])
