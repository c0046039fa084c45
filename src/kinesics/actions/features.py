"""Moments of bodies to numbers: joints and their speed, directions of bones, distances. What is not seen is masked.

The three streams look at the same movement in three ways, each robust against something else: places against noise, directions
of bones against body proportions, distances against where the camera stands (after DD-Net, Yang et al. 2019, arXiv 1907.09658,
and the joint and bone streams of 2s-AGCN, Shi et al. 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types.arrays import Array
from .layout import Layout
from .reference import Reference

__all__ = ["Features", "raw_features", "streams"]

WIDEST = 6.0  # standard deviations a feature may be off


def streams(layout: Layout) -> list[tuple[int, int]]:
    """(start, end) of each stream in the features."""
    ends = np.cumsum([sum(widths) for widths in _widths(layout)])
    return [(int(a), int(b)) for a, b in zip([0, *ends[:-1]], ends, strict=True)]


def _widths(layout: Layout) -> list[list[int]]:
    p, k, d = layout.people, len(layout.joints), layout.dims
    distances = p * len(layout.pairs) + _between(layout)
    return [
        [p * k * d, p * d, p * k * d, (p - 1) * d, p * k],
        [p * len(layout.bones) * d] * 2 + [p * k],
        [distances, distances, p * k],
    ]


def _between(layout: Layout) -> int:
    return len(layout.joints) ** 2 if layout.people == 2 else 0


def raw_features(points: Array, known: Array, roots: Array, layout: Layout) -> tuple[Array, Array]:
    """Features before they are standardised.

    Args:
        points: (n, t, p, k, d) from `Reference.place`.
        known: (n, t, p, k) bool.
        roots: (n, t, p, d) from `Reference.place`.
        layout: of the model.

    Returns:
        (n, t, c) float32 and how far each is known, (n, t, c) bool.
    """
    n, t = points.shape[:2]
    lag, speed = layout.lag, layout.rate / 8
    seen = known[..., None]
    local = (points - roots[..., None, :]) * seen
    velocity, moving = _change(local, seen, 1)
    travel = roots - _before(roots, lag)
    a, b = (np.array([bone[i] for bone in layout.bones], int) for i in (0, 1))
    bone = points[..., b, :] - points[..., a, :]
    bone /= np.sqrt((bone * bone).sum(-1, keepdims=True)) + 1e-3
    both = (known[..., a] & known[..., b])[..., None]
    swing, swinging = _change(bone, both, lag)
    away, far = _distances(points, known, layout)
    nearing, changing = _change(away, far, lag)
    flat: list[tuple[Array, Array | None]] = [
        (local, seen),
        (travel * 2, np.ones((1, 1, 1, 1), bool)),
        (velocity * speed, moving),
    ]
    if layout.people == 2:
        flat.append((roots[:, :, 1:] - roots[:, :, :1], np.ones((1, 1, 1, 1), bool)))
    flat += [
        (known, None),
        (bone, both),
        (swing * 1.5, swinging),
        (known, None),
        (away, far),
        (nearing * 1.5, changing),
        (known, None),
    ]
    values = np.concatenate([v.reshape(n, t, -1) for v, _ in flat], -1, dtype=np.float32)
    masks = [np.broadcast_to(True if m is None else m, v.shape).reshape(n, t, -1) for v, m in flat]
    return values, np.concatenate(masks, -1)


def _before(values: Array, lag: int) -> Array:
    """What stood there `lag` moments ago; at the start, what stood there first."""
    first = np.repeat(values[:, :1], min(lag, values.shape[1]), 1)
    return np.concatenate([first, values[:, :-lag]], 1)


def _change(values: Array, known: Array, lag: int) -> tuple[Array, Array]:
    return values - _before(values, lag), known & _before(known, lag)


def _distances(points: Array, known: Array, layout: Layout) -> tuple[Array, Array]:
    """(n, t, pairs) distances within each body, and between the joints of two."""
    i, j = (np.array([pair[s] for pair in layout.pairs], int) for s in (0, 1))
    shape = (*points.shape[:2], -1)
    off = points[..., i, :] - points[..., j, :]
    away, far = [(off * off).sum(-1).reshape(shape)], [(known[..., i] & known[..., j]).reshape(shape)]
    if layout.people == 2:
        off = points[:, :, 0, :, None] - points[:, :, 1, None]
        away.append((off * off).sum(-1).reshape(shape))
        far.append((known[:, :, 0, :, None] & known[:, :, 1, None]).reshape(shape))
    return np.sqrt(np.concatenate(away, -1) + 1e-6), np.concatenate(far, -1)


@dataclass(frozen=True)
class Features:
    """Standardised features of a layout.

    Attributes:
        layout: of the bodies.
        mean, scale: (c,) what is taken away and what it is multiplied with.
    """

    layout: Layout
    mean: Array
    scale: Array

    @classmethod
    def learn(cls, layout: Layout, values: Array, known: Array) -> Features:
        """Means and spreads of training features, (n, t, c), over what is known of them."""
        weight = known.sum((0, 1))
        total = np.maximum(weight, 1)
        mean = (values * known).sum((0, 1)) / total
        spread = np.sqrt((((values - mean) * known) ** 2).sum((0, 1)) / total)
        constant = [c for a, b in streams(layout) for c in range(b - layout.people * len(layout.joints), b)]
        mean[constant] = 1.0  # whether a joint is seen: 0 where it is, -1 where it is not
        spread[constant] = 1.0
        return cls(layout, mean.astype(np.float32), (1 / np.maximum(spread, 0.02)).astype(np.float32))

    def standard(self, values: Array, known: Array) -> Array:
        """(n, t, c) raw features standardised, 0 where unknown."""
        return np.asarray(np.clip((values - self.mean) * self.scale, -WIDEST, WIDEST) * known)

    def of(self, points: Array, known: Array) -> Array:
        """Features (n, t, c) float32 of whole clips on the grid: (n, t, p, k, d) and (n, t, p, k)."""
        placed, roots = Reference(self.layout).place(points, known)
        return self.standard(*raw_features(placed, known, roots, self.layout))


class FeatureStream:
    """Features of one clip, moment by moment."""

    def __init__(self, features: Features) -> None:
        self.features = features
        self.reference = Reference(features.layout)
        self.recent: tuple[Array, Array, Array] | None = None

    def push(self, points: Array, known: Array) -> Array:
        """The next moments (t, p, k, d) and (t, p, k) to features (t, c)."""
        placed, roots = self.reference.place(points[None], known[None])
        new = (placed, known[None], roots)
        old, past = self.recent, 0
        if old is not None:
            past = old[0].shape[1]
            new = tuple(np.concatenate(pair, 1) for pair in zip(old, new, strict=True))  # type: ignore[assignment]
        values = self.features.standard(*raw_features(*new, self.features.layout))
        self.recent = tuple(part[:, -self.features.layout.lag :] for part in new)  # type: ignore[assignment]
        return values[0, past:]
