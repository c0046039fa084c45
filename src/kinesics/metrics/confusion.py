"""What was taken for what, and the numbers that are read off it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ShapeError
from ..types import Array

__all__ = ["Confusion", "confusion"]


@dataclass(frozen=True)
class Confusion:
    """How often each true class was given each label.

    Attributes:
        classes: c names.
        counts: (c, c) int; row: the true class, column: the label it was given.
    """

    classes: tuple[str, ...]
    counts: Array

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0 to 1; NaN without any."""
        return _share(np.trace(self.counts), self.counts.sum())

    @property
    def recall(self) -> Array:
        """(c,) share of each true class that was found; NaN for classes that nobody did."""
        return _ratio(np.diagonal(self.counts), self.counts.sum(1))

    @property
    def precision(self) -> Array:
        """(c,) share of each given label that was right; NaN for labels that were never given."""
        return _ratio(np.diagonal(self.counts), self.counts.sum(0))

    @property
    def f1(self) -> Array:
        """(c,) harmonic mean of precision and recall; 0 where a class was never found, NaN where it never came up."""
        return _ratio(2 * np.diagonal(self.counts), self.counts.sum(0) + self.counts.sum(1))

    @property
    def balanced_accuracy(self) -> float:
        """Mean recall of the classes that occur in the truth (Brodersen et al., ICPR 2010), 0 to 1."""
        return _mean(self.recall)

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the classes that occur in the truth or among the given labels, 0 to 1."""
        return _mean(self.f1)

    def worst(self, most: int = 10) -> list[tuple[str, str, int]]:
        """The commonest mistakes: (true class, label it was given, how often), most common first."""
        wrong = self.counts * (1 - np.eye(len(self.classes), dtype=int))
        order = np.argsort(-wrong, axis=None, kind="stable")[:most]
        pairs = np.stack(np.unravel_index(order, wrong.shape), 1).tolist()
        return [(self.classes[i], self.classes[j], int(wrong[i, j])) for i, j in pairs if wrong[i, j]]


def confusion(truth: Sequence[str], found: Sequence[str], classes: Sequence[str] | None = None) -> Confusion:
    """Count what was taken for what.

    Args:
        truth: n true labels.
        found: n labels that were given.
        classes: order of rows and columns; None: all labels that occur, sorted.

    Raises:
        ShapeError: the two differ in length, or a label is none of `classes`.
    """
    if len(truth) != len(found):
        raise ShapeError(f"confusion: expected as many labels as truths, got {len(found)} for {len(truth)}")
    names = tuple(classes) if classes is not None else tuple(sorted({*truth, *found}))
    place = {name: i for i, name in enumerate(names)}
    if strangers := sorted({*truth, *found} - set(place)):
        raise ShapeError(f"confusion: the label {strangers[0]!r} is none of the {len(names)} classes")
    counts = np.zeros((len(names), len(names)), int)
    np.add.at(counts, ([place[t] for t in truth], [place[f] for f in found]), 1)
    return Confusion(names, counts)


def _ratio(part: Array, whole: Array) -> Array:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
