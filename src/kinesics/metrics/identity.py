"""IDF1 (Ristani et al., ECCV workshops 2016): how long predictions stay with the person they fit best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from .mot import Paired


@dataclass(frozen=True)
class IdentityCounts:
    """Boxes under the right identity, and how many there are in prediction and truth."""

    right: int
    found: int
    boxes: int

    def __add__(self, other: IdentityCounts) -> IdentityCounts:
        return IdentityCounts(self.right + other.right, self.found + other.found, self.boxes + other.boxes)

    def numbers(self) -> dict[str, float]:
        """IDF1, IDP and IDR in percent."""
        return {
            "IDF1": 200 * self.right / max(self.found + self.boxes, 1),
            "IDP": 100 * self.right / max(self.found, 1),
            "IDR": 100 * self.right / max(self.boxes, 1),
        }


def identity_counts(paired: Paired, least: float = 0.5) -> IdentityCounts:
    """One to one between people and predicted ids so that the most boxes agree."""
    together = np.zeros((paired.truth_count, paired.found_count))
    for truth, ids, near in zip(paired.truth, paired.found, paired.overlap, strict=True):
        together[np.ix_(truth, ids)] += near >= least
    right = int(together[linear_sum_assignment(together, maximize=True)].sum())
    return IdentityCounts(right, sum(map(len, paired.found)), sum(map(len, paired.truth)))
