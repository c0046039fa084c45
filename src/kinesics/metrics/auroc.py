"""How well a score parts what should score high from what should score low."""

from __future__ import annotations

import numpy as np

from ..errors import ShapeError
from ..types import Array

__all__ = ["auroc", "rejection_at"]


def auroc(positive: Array, score: Array) -> float:
    """Area under the ROC curve, exact: the chance that a positive scores above a negative, ties counting half.

    That chance is the Mann-Whitney U statistic over the number of pairs (Hanley & McNeil, Radiology 1982).

    Args:
        positive: (n,) bool.
        score: (n,) finite numbers.

    Returns:
        0 to 1, 0.5 for a score that knows nothing; NaN where one side is empty.

    Raises:
        ShapeError: the lengths differ, or a score is NaN.
    """
    positive, score = _checked(positive, score)
    pairs = int(positive.sum()) * int((~positive).sum())
    if not pairs:
        return float("nan")
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]  # mean rank among equals, from 1
    n = int(positive.sum())
    return float((rank[positive].sum() - n * (n + 1) / 2) / pairs)


def rejection_at(positive: Array, score: Array, kept: float = 0.95) -> float:
    """Share of the negatives that a threshold turns away which keeps at least the share `kept` of the positives."""
    positive, score = _checked(positive, score)
    if positive.all() or not positive.any():
        return float("nan")
    high = np.sort(score[positive])[::-1]
    threshold = high[max(int(np.ceil(kept * len(high))) - 1, 0)]
    return float((score[~positive] < threshold).mean())


def _checked(positive: Array, score: Array) -> tuple[Array, Array]:
    positive, score = np.asarray(positive, bool), np.asarray(score, float)
    if positive.ndim != 1 or positive.shape != score.shape:
        raise ShapeError(f"expected two arrays (n,), got {positive.shape} and {score.shape}")
    if np.isnan(score).any():
        raise ShapeError("expected scores that are numbers, got NaN")
    return positive, score
