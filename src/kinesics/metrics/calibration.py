"""Whether probabilities mean what they say: of what is believed at 70 %, seven in ten should be right.

Truth is (n,) int, the column of the right class; a prediction is (n, c) probabilities whose rows sum to 1. Only the class that
is believed most counts ("top label" calibration), but for Brier's score, which looks at all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..errors import ShapeError, UsageError
from ..types import Array

__all__ = ["Reliability", "brier", "calibration_error", "reliability"]

Equal = Literal["width", "mass"]


@dataclass(frozen=True)
class Reliability:
    """A reliability diagram (Niculescu-Mizil & Caruana, ICML 2005): b bins that hold at least one answer, by rising confidence.

    Attributes:
        confidence: (b,) mean probability of the believed class.
        accuracy: (b,) share of right answers.
        count: (b,) int, answers in the bin.
    """

    confidence: Array
    accuracy: Array
    count: Array

    @property
    def error(self) -> float:
        """Mean gap between confidence and accuracy, weighted by answers (Naeini et al., AAAI 2015); NaN without answers."""
        total = self.count.sum()
        return float((np.abs(self.confidence - self.accuracy) * self.count).sum() / total) if total else float("nan")


def reliability(truth: Array, proba: Array, *, bins: int = 15, equal: Equal = "width") -> Reliability:
    """Answers in bins of their confidence.

    Args:
        truth: (n,) int column of the right class; -1 where the right class is none of the columns.
        proba: (n, c) probabilities.
        bins: how many.
        equal: "width" cuts 0 to 1 into even intervals (Guo et al., ICML 2017); "mass" gives each bin as many answers
            (Nguyen & O'Connor, EMNLP 2015).

    Raises:
        ShapeError: the arrays do not fit.
        UsageError: another way to cut, or less than one bin.
    """
    truth, proba = _checked(truth, proba)
    if not len(proba):
        return reliability_of(np.zeros(0), np.zeros(0), bins=bins, equal=equal)
    return reliability_of(proba.max(1), proba.argmax(1) == truth, bins=bins, equal=equal)


def reliability_of(confidence: Array, right: Array, *, bins: int = 15, equal: Equal = "width") -> Reliability:
    """The same for answers of any kind: how sure each was, (n,) 0 to 1, and whether it was right, (n,).

    Raises:
        UsageError: another way to cut, or less than one bin.
    """
    if equal not in ("width", "mass") or bins < 1:
        raise UsageError(f"reliability: expected equal 'width' or 'mass' and bins of at least 1, got {equal!r} and {bins}")
    confidence, right = np.asarray(confidence, float), np.asarray(right, float)
    if equal == "width":
        place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)  # (low, high], as Guo et al. cut
    else:
        place = np.empty(len(right), int)
        place[np.argsort(confidence, kind="stable")] = np.arange(len(right)) * bins // max(len(right), 1)
    count = np.bincount(place, minlength=bins)
    held = count > 0
    mean = [np.bincount(place, weights=values, minlength=bins)[held] / count[held] for values in (confidence, right)]
    return Reliability(mean[0], mean[1], count[held])


def calibration_error(truth: Array, proba: Array, *, bins: int = 15, equal: Equal = "width") -> float:
    """Expected calibration error, 0 to 1: 15 even intervals as Guo et al. (ICML 2017) report it; see `reliability`."""
    return reliability(truth, proba, bins=bins, equal=equal).error


def brier(truth: Array, proba: Array) -> float:
    """Mean squared distance to the truth over all classes, 0 (sure and right) to 2 (sure and wrong) (Brier 1950)."""
    truth, proba = _checked(truth, proba)
    if not len(truth):
        return float("nan")
    target = (np.arange(proba.shape[1]) == truth[:, None]).astype(float)
    return float(((proba - target) ** 2).sum(1).mean())


def _checked(truth: Array, proba: Array) -> tuple[Array, Array]:
    truth, proba = np.asarray(truth), np.asarray(proba, float)
    if proba.ndim != 2 or truth.shape != proba.shape[:1]:
        raise ShapeError(f"expected truth (n,) and probabilities (n, classes), got {truth.shape} and {proba.shape}")
    if proba.size and not (proba.min() >= -1e-6 and np.abs(proba.sum(1) - 1).max() < 1e-3):  # NaN fails too
        raise ShapeError("expected probabilities of 0 or more that sum to 1 in each row")
    return truth, proba
