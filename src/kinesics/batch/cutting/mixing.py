"""Pictures as numbers, and whether those between two pictures are mixtures of them.

In a dissolve each picture between A and B is A + α(B - A), everywhere with the same α. Where something moves instead, each
place shows either A or B: with the same α on average, but with a residual of α(1 - α) of the whole change; a mixture has none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...types import Array
from .glances import Glance

__all__ = ["Mixture", "mixture", "vector"]


@dataclass(frozen=True, slots=True)
class Mixture:
    """How the pictures from A to B lie between them.

    Attributes:
        change: root mean square of B - A in levels.
        shares: (n,) α of the pictures in between.
        residual: what no mixture explains, in units of what movement would leave: 0 a dissolve, 1 movement.
    """

    change: float
    shares: Array
    residual: float


def vector(seen: Glance) -> Array:
    """(1152,) float32: luma in 24 x 32 without its mean, and colours; the dot product of two is a mean over the picture."""
    small = seen.luma.reshape(24, 2, 32, 2).astype(np.float32).mean((1, 3)) - np.float32(seen.mean)
    return np.concatenate([small.ravel(), seen.chroma.ravel().astype(np.float32) - 128]) / np.float32(np.sqrt(768))


def mixture(products: Array) -> Mixture:
    """Of the dot products of A, the pictures in between and B, in order: (n + 2, n + 2)."""
    with_a, with_b, own = (row.astype(np.float64) for row in (products[0], products[-1], products.diagonal()))
    whole = own[0] + own[-1] - 2 * with_a[-1]
    if whole <= 1e-6:
        return Mixture(0.0, np.zeros(len(own) - 2), 1.0)
    along = (with_b - with_a - with_a[-1] + own[0])[1:-1]
    shares = along / whole
    left = (own - 2 * with_a + own[0])[1:-1] - along * shares
    inside = np.clip(shares, 0, 1)
    moved = float(inside @ (1 - inside)) * whole
    return Mixture(math.sqrt(whole), shares, max(float(left.sum()), 0.0) / max(moved, 1e-6))
