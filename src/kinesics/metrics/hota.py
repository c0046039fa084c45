"""HOTA (Luiten et al., IJCV 2021): detection and association weighed equally, averaged over how exact a box must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..types import Array

if TYPE_CHECKING:
    from .mot import Paired

LEAST = np.arange(0.05, 0.99, 0.05)  # 19 overlaps a match must reach, "alpha" in the paper
_HAIR = 1e-12  # an overlap equal to alpha counts


@dataclass(frozen=True)
class HotaCounts:
    """(19,) arrays over the overlaps of `LEAST`: matches, misses, false boxes, sums of association scores and of overlaps."""

    matches: Array
    misses: Array
    false_boxes: Array
    association: Array
    overlap: Array

    def __add__(self, other: HotaCounts) -> HotaCounts:
        return HotaCounts(
            self.matches + other.matches,
            self.misses + other.misses,
            self.false_boxes + other.false_boxes,
            self.association + other.association,
            self.overlap + other.overlap,
        )

    def numbers(self) -> dict[str, float]:
        """HOTA, DetA, AssA, LocA in percent: means over the 19 overlaps (equations 5 to 9 and 12 to 14 of the paper)."""
        detection = self.matches / np.maximum(self.matches + self.misses + self.false_boxes, 1)
        association = self.association / np.maximum(self.matches, 1)
        place = np.where(self.matches > 0, self.overlap / np.maximum(self.matches, 1), 1.0)
        return {
            "HOTA": 100 * float(np.sqrt(detection * association).mean()),
            "DetA": 100 * float(detection.mean()),
            "AssA": 100 * float(association.mean()),
            "LocA": 100 * float(place.mean()),
        }


def hota_counts(paired: Paired) -> HotaCounts:
    """Match each frame by overlap times how well two identities agree over the whole sequence, then count per overlap."""
    shape = paired.truth_count, paired.found_count
    shared = np.zeros(shape)
    truth_length, found_length = np.zeros(shape[0]), np.zeros(shape[1])
    for truth, ids, near in zip(paired.truth, paired.found, paired.overlap, strict=True):
        either = near.sum(0, keepdims=True) + near.sum(1, keepdims=True) - near
        shared[np.ix_(truth, ids)] += np.divide(near, either, out=np.zeros_like(near), where=either > _HAIR)
        truth_length[truth] += 1
        found_length[ids] += 1
    agree = shared / np.maximum(truth_length[:, None] + found_length[None] - shared, _HAIR)

    boxes, found = truth_length.sum(), found_length.sum()
    together = np.zeros((len(LEAST), *shape))
    overlap = np.zeros(len(LEAST))
    for truth, ids, near in zip(paired.truth, paired.found, paired.overlap, strict=True):
        rows, columns = linear_sum_assignment(agree[np.ix_(truth, ids)] * near, maximize=True)
        reached = near[rows, columns] >= LEAST[:, None] - _HAIR  # (19, pairs)
        together[:, truth[rows], ids[columns]] += reached
        overlap += (near[rows, columns] * reached).sum(1)
    matches = together.sum((1, 2))
    either = truth_length[:, None] + found_length[None] - together
    association = (together * together / np.maximum(either, 1)).sum((1, 2))
    return HotaCounts(matches, boxes - matches, found - matches, association, overlap)
