"""CLEAR MOT (Bernardin and Stiefelhagen, EURASIP JIVP 2008): misses, false boxes, switches and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..types import Array

if TYPE_CHECKING:
    from .mot import Paired


@dataclass(frozen=True)
class ClearCounts:
    """Counts over all frames; `mostly_*` and `fragments` are counts of, and over, labelled people."""

    boxes: int
    matches: int
    misses: int
    false_boxes: int
    switches: int
    fragments: int
    people: int
    mostly_tracked: int
    mostly_lost: int
    overlap: float

    def __add__(self, other: ClearCounts) -> ClearCounts:
        return ClearCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def numbers(self) -> dict[str, float]:
        """MOTA = 1 - (misses + false boxes + switches) / boxes; MOTP is the mean IoU of matches; percentages."""
        boxes = max(self.boxes, 1)
        return {
            "MOTA": 100 * (1 - (self.misses + self.false_boxes + self.switches) / boxes) if self.boxes else 0.0,
            "MOTP": 100 * self.overlap / max(self.matches, 1),
            "recall": 100 * self.matches / boxes,
            "precision": 100 * self.matches / max(self.matches + self.false_boxes, 1),
            "false_boxes": self.false_boxes,
            "misses": self.misses,
            "id_switches": self.switches,
            "fragments": self.fragments,
            "mostly_tracked": self.mostly_tracked,
            "mostly_lost": self.mostly_lost,
            "people": self.people,
        }


def clear_counts(paired: Paired, least: float = 0.5) -> ClearCounts:
    """Match frame by frame: first whoever kept the last partner, then as many of the rest as possible at the least distance."""
    partner = np.full(paired.truth_count, -1)  # the prediction each person was matched with last, at any time before
    seen = np.zeros(paired.truth_count, int)
    held = np.zeros(paired.truth_count, int)
    tracked_before = np.zeros(paired.truth_count, bool)
    ever = np.zeros(paired.truth_count, bool)
    matches = switches = fragments = found = 0
    overlap = 0.0
    for truth, ids, near in zip(paired.truth, paired.found, paired.overlap, strict=True):
        rows, columns = _match(partner[truth], ids, near, least)
        people, partners = truth[rows], ids[columns]
        known = partner[people] >= 0
        switches += int((known & (partner[people] != partners)).sum())
        fragments += int((ever[people] & ~tracked_before[people]).sum())
        partner[people] = partners
        tracked_before[truth] = False
        tracked_before[people] = ever[people] = True
        seen[truth] += 1
        held[people] += 1
        matches, found, overlap = matches + len(rows), found + len(ids), overlap + float(near[rows, columns].sum())
    share = held / np.maximum(seen, 1)
    boxes = int(seen.sum())
    mostly_tracked, mostly_lost = int((share >= 0.8).sum()), int((share < 0.2).sum())
    return ClearCounts(
        boxes, matches, boxes - matches, found - matches, switches, fragments, len(seen), mostly_tracked, mostly_lost, overlap
    )


def _match(partner: Array, ids: Array, near: Array, least: float) -> tuple[Array, Array]:
    """Rows and columns of `near` that belong together."""
    kept = (partner[:, None] == ids[None]) & (near >= least)
    rows, columns = np.nonzero(kept)
    columns, first = np.unique(columns, return_index=True)  # two may remember the same partner: the first keeps it
    rows = rows[first]
    free = near >= least
    free[rows], free[:, columns] = False, False
    # a forbidden pair costs more than all allowed ones together, so the number of pairs comes first
    left, right = linear_sum_assignment(np.where(free, 1 - near, near.shape[0] + near.shape[1] + 1.0))
    allowed = free[left, right]
    return np.concatenate([rows, left[allowed]]), np.concatenate([columns, right[allowed]])
