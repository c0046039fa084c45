"""How sure a number is: intervals round means and shares."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from ..errors import ShapeError, UsageError
from ..types import Array

__all__ = ["bootstrap_interval", "mean_interval", "share_interval"]


def mean_interval(values: Array, level: float = 0.95) -> float:
    """Half the width of the normal interval round the mean of (n,) values: 1.96 s / √n at 95 %; NaN for n < 2."""
    values = _line(values)
    if len(values) < 2:
        return float("nan")
    return float(_z(level) * values.std(ddof=1) / np.sqrt(len(values)))


def share_interval(right: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """Where a share truly lies that was `right` of `total` (Wilson, JASA 1927); (0, 1) for no trial at all."""
    if not 0 <= right <= total:
        raise UsageError(f"share_interval: expected 0 to {total} of {total}, got {right}")
    if total == 0:
        return 0.0, 1.0
    z, share = _z(level), right / total
    middle = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z / (1 + z**2 / total) * np.sqrt(share * (1 - share) / total + (z / (2 * total)) ** 2)
    return min(max(float(middle - half), 0.0), share), max(min(float(middle + half), 1.0), share)  # rounding apart


def bootstrap_interval(
    values: Array,
    statistic: Callable[[Array], float] = lambda drawn: float(drawn.mean()),
    *,
    level: float = 0.95,
    rounds: int = 2000,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile interval of a statistic (Efron 1979).

    Args:
        values: (n, ...) what is drawn with replacement, row by row.
        statistic: rows to a number; the mean if not given.
        level: share of the draws inside.
        rounds: draws.
        seed: of the draws.
    """
    values = np.asarray(values)
    if not len(values) or rounds < 1:
        raise ShapeError("bootstrap_interval: expected at least one row and one round")
    draw = np.random.default_rng(seed)
    found = [statistic(values[draw.integers(0, len(values), len(values))]) for _ in range(rounds)]
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _z(level: float) -> float:
    if not 0 < level < 1:
        raise UsageError(f"expected a level between 0 and 1, got {level}")
    return NormalDist().inv_cdf((1 + level) / 2)


def _line(values: Array) -> Array:
    values = np.asarray(values, float)
    if values.ndim != 1:
        raise ShapeError(f"expected values (n,), got {values.shape}")
    return values
