"""Moments of bodies to numbers: joints and their speed, directions of bones, distances. What is not seen is masked.

The three streams look at the same movement in three ways, each robust against something else: places against noise, directions
of bones against body proportions, distances against where the camera stands (after DD-Net, Yang et al. 2019, arXiv 1907.09658,
and the joint and bone streams of 2s-AGCN, Shi et al. 2019).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from ..types.arrays import Array
from .layout import Layout
from .measures import Measured, Measures, widths
from .reference import Reference

__all__ = ["FeatureStream", "Features", "raw_features", "streams"]

WIDEST = 6.0  # standard deviations a feature may be off
AT_ONCE = 1 << 17  # numbers that are worked on together, so that they stay near


def streams(layout: Layout) -> list[tuple[int, int]]:
    """(start, end) of each stream in the features."""
    ends = np.cumsum([sum(parts) for parts in widths(layout)])
    return [(int(a), int(b)) for a, b in zip([0, *ends[:-1]], ends, strict=True)]


def raw_features(points: Array, known: Array, roots: Array, layout: Layout) -> tuple[Array, Array]:
    """Features before they are standardised.

    Args:
        points: (n, t, p, k, d) from `Reference.place`.
        known: (n, t, p, k) bool.
        roots: (n, t, p, d) from `Reference.place`.
        layout: of the model.

    Returns:
        (n, t, c) float32 and which of them are known, (n, t, c) bool.
    """
    measured = Measures(layout)(points, known, roots)
    told = np.broadcast_to(True, measured.values.shape) if measured.told is None else measured.told
    return measured.values, told


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

    @functools.cached_property
    def measures(self) -> Measures:
        """How bodies of the layout are measured."""
        return Measures(self.layout)

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

    @classmethod
    def of_pieces(cls, layout: Layout, points: Array, known: Array, lengths: Array) -> Features:
        """The same from pieces on the grid, (n, t, p, k, d) and (n, t, p, k), each of `lengths` (n,) moments."""
        placed, roots = Reference(layout).place(points, known)
        values, told = raw_features(placed, known, roots, layout)
        there = np.arange(values.shape[1])[None] < lengths[:, None]
        return cls.learn(layout, values, told & there[..., None])

    def standard(self, values: Array, known: Array | None) -> Array:
        """(n, t, c) raw features standardised, 0 where unknown; None: all are known."""
        return self._standard(values, known, np.empty(values.shape, np.float32))

    def _standard(self, values: Array, known: Array | None, out: Array) -> Array:
        np.subtract(values, self.mean, out=out)
        out *= self.scale
        np.clip(out, -WIDEST, WIDEST, out=out)
        if known is not None:
            out *= known
        return out

    def of(self, points: Array, known: Array) -> Array:
        """Features (n, t, c) float32 of whole clips on the grid: (n, t, p, k, d) and (n, t, p, k)."""
        placed, roots = Reference(self.layout).place(points, known)
        return self.placed(placed, known, roots)

    def placed(self, points: Array, known: Array, roots: Array) -> Array:
        """The same of bodies that `Reference.place` has placed."""
        n, t = points.shape[:2]
        out = np.empty((n, t, len(self.mean)), np.float32)
        step = max(1, AT_ONCE // max(1, t * len(self.mean)))
        for start in range(0, n, step):
            rows = slice(start, start + step)
            measured = self.measures(points[rows], known[rows], roots[rows])
            self._standard(measured.values, measured.told, out[rows])
        return out


class FeatureStream:
    """Features of one clip, moment by moment."""

    def __init__(self, features: Features) -> None:
        self.features = features
        self.reference = Reference(features.layout)
        self.recent: Measured | None = None

    def push(self, points: Array, known: Array) -> Array:
        """The next moments (t, p, k, d) and (t, p, k) to features (t, c)."""
        known = known[None]
        placed, roots = self.reference.place(points[None], known)
        measured = self.features.measures(placed, known, roots, self.recent)
        self.recent = measured.last(self.features.layout.lag)
        new = slice(measured.values.shape[1] - len(points), None)
        told = None if measured.told is None else measured.told[0, new]
        return self.features.standard(measured.values[0, new], told)
