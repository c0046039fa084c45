"""Likeness over rate as a curve, and where more rate stops paying."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...types import Array

__all__ = ["Curve", "fit_curve", "knee_rate"]

NEAREST, FARTHEST = 0.02, 1000.0  # of x + b at the lowest rate, in lowest rates


@dataclass(frozen=True)
class Curve:
    """a log(x + b) + c, x in bits a second."""

    a: float
    b: float
    c: float

    def __call__(self, rate: float) -> float:
        """Likeness at a rate above -b."""
        return self.a * math.log(max(rate + self.b, 1e-9)) + self.c


def fit_curve(rates: Sequence[float], likeness: Sequence[float]) -> Curve:
    """The curve a log(x + b) + c with the least squares, never falling.

    For a given b, a and c are a straight line through log(x + b), in closed form; so only b is searched for (variable
    projection, Golub and Pereyra 1973): on a coarse grid, then between its neighbours. It stays where x + b, at the lowest
    rate, is 0.02 to 1000 of those rates, so that few points cannot make it wild. Two points give b = 0, one a flat line, a = 0.

    Args:
        rates: bits a second, above 0, in any order.
        likeness: of the same tries.
    """
    x, q = np.asarray(rates, np.float64), np.asarray(likeness, np.float64)
    low = float(x.min())
    if len(np.unique(x)) < 3 or not np.ptp(q):
        shift = 1.0
    else:
        from scipy.optimize import minimize_scalar

        grid = np.linspace(math.log(NEAREST), math.log(FARTHEST), 45)
        best = int(np.argmin([_line(x / low, q, math.exp(s))[2] for s in grid]))
        between = (float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)]))
        found = minimize_scalar(
            lambda s: _line(x / low, q, math.exp(s))[2], bounds=between, method="bounded", options={"xatol": 1e-9}
        )
        shift = math.exp(float(found.x))
    a, c, _ = _line(x / low, q, shift)
    return Curve(a, (shift - 1) * low, c - a * math.log(low))


def _line(u: Array, q: Array, shift: float) -> tuple[float, float, float]:
    """a, c and the sum of squares of q = a log(u - 1 + shift) + c."""
    z = np.log(u - 1 + shift)
    spread = float(((z - z.mean()) ** 2).sum())
    a = max(0.0, float(((z - z.mean()) * (q - q.mean())).sum()) / spread) if spread > 0 else 0.0
    c = float(q.mean() - a * z.mean())
    return a, c, float(((a * z + c - q) ** 2).sum())


def knee_rate(curve: Curve, low: float, high: float) -> float:
    """The rate from which on more of it brings less than its share, between two rates.

    Kneedle (Satopaa et al. 2011): with both axes stretched to 0 to 1, the knee is where the curve is highest above the
    diagonal, that is where its slope is 1. Of a log(x + b) + c that is the logarithmic mean of both ends' x + b, less b,
    whatever a and c.
    """
    first, last = low + curve.b, high + curve.b
    if not 0 < first < last:
        return low
    return (last - first) / math.log(last / first) - curve.b
