"""Bodies to their own frame of reference: where they stand, how large they are and, in 3D, where they face, as seen so far.

Size and facing are running means over the last seconds, so a moment never depends on later ones, and frames one by one give
what the whole clip gives.
"""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass
class Reference:
    """Running size and facing of N clips at once (one, when streaming).

    Attributes:
        count, size: (n,) moments that told a size, and their mean.
        turned: (n, 2) mean direction of facing.
    """

    layout: Layout
    count: Array = None  # type: ignore[assignment]
    size: Array = None  # type: ignore[assignment]
    turned: Array = None  # type: ignore[assignment]

    def place(self, points: Array, known: Array) -> tuple[Array, Array]:
        """Take the next moments of each clip.

        Args:
            points: (n, t, p, k, d) float32; whatever stands at unknown joints is not looked at.
            known: (n, t, p, k) bool.

        Returns:
            points in body sizes (and turned, if the layout says so), 0 at unknown joints; the people's roots (n, t, p, d).
        """
        layout = self.layout
        points = np.where(known[..., None], points, 0).astype(np.float32)
        if self.size is None:
            n = len(points)
            self.count, self.size, self.turned = np.zeros(n), np.ones(n), np.zeros((n, 2))
        lengths, told = self._lengths(points, known)
        sizes = np.empty(points.shape[:2], np.float32)
        cap = MEMORY * layout.rate
        for t in range(points.shape[1]):
            self.count = np.minimum(self.count + told[:, t], cap)
            self.size = self.size + told[:, t] * (lengths[:, t] - self.size) / np.maximum(self.count, 1)
            sizes[:, t] = self.size
        points = points / sizes[:, :, None, None, None]
        if layout.turn:
            points = self._turn(points, known)
        roots = middle(points, layout.roots)
        there = known[..., list(layout.roots)].all(-1)
        roots = np.where(there[..., None], roots, self._centre(points, known))
        return points, roots

    def _centre(self, points: Array, known: Array) -> Array:
        return points.sum(-2) / np.maximum(known.sum(-1), 1)[..., None]

    def _lengths(self, points: Array, known: Array) -> tuple[Array, Array]:
        """Size of the bodies at each moment: root to neck, mean over those who show both; else the spread of the joints."""
        layout = self.layout
        if layout.necks:
            away = np.linalg.norm(middle(points, layout.necks) - middle(points, layout.roots), axis=-1)
            there = known[..., list(layout.roots + layout.necks)].all(-1)
        else:
            off = (points - self._centre(points, known)[..., None, :]) * known[..., None]
            away = np.sqrt((off**2).sum((-1, -2)) / np.maximum(known.sum(-1), 1))
            there = known.any(-1)
        there = there & (away > 1e-6)
        count = there.sum(-1)
        return (away * there).sum(-1) / np.maximum(count, 1), (count > 0).astype(np.float32)

    def _turn(self, points: Array, known: Array) -> Array:
        """Rotate about gravity so that the bodies face one way, as far as was seen until each moment."""
        ahead = facing(points, known, self.layout)[:, :, 0]
        decay = 1 - 1 / (2 * self.layout.rate)
        headings = np.empty_like(ahead)
        for t in range(points.shape[1]):
            self.turned = self.turned * decay + ahead[:, t]
            headings[:, t] = self.turned
        length = np.maximum(np.hypot(headings[..., 0], headings[..., 1]), 1e-6)
        c, s = headings[..., 0] / length, headings[..., 1] / length
        c, s = (np.where(length > 1e-5, v, e)[:, :, None, None] for v, e in ((c, 1.0), (s, 0.0)))
        x, z = points[..., 0], points[..., 2]
        return np.stack([c * x + s * z, points[..., 1], c * z - s * x], -1).astype(np.float32)
