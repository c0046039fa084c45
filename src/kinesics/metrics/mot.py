"""Identity over time: CLEAR MOT, IDF1 and HOTA of tracked boxes against labelled ones.

    counts = mot_counts(truth, prediction)        # two lists of People, one entry a frame
    counts.numbers()["IDF1"], (counts + others).numbers()["MOTA"]

Counts of several sequences add up, which is how a benchmark combines them. Percentages are 0 to 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ShapeError
from ..geometry import iou
from ..types import Array, People
from .clear import ClearCounts, clear_counts
from .hota import HotaCounts, hota_counts
from .identity import IdentityCounts, identity_counts


@dataclass(frozen=True)
class Paired:
    """Truth and prediction of one sequence, ready to be compared.

    Attributes:
        truth: for each frame the (n,) ids, renumbered 0, 1, 2 …
        found: for each frame the (m,) ids, renumbered 0, 1, 2 …
        overlap: for each frame the (n, m) IoU.
        truth_count: how many different ids truth has.
        found_count: how many different ids the prediction has.
    """

    truth: tuple[Array, ...]
    found: tuple[Array, ...]
    overlap: tuple[Array, ...]
    truth_count: int
    found_count: int


@dataclass(frozen=True)
class MotCounts:
    """What one sequence, or several added up, counted to."""

    frames: int
    clear: ClearCounts
    identity: IdentityCounts
    hota: HotaCounts

    def __add__(self, other: MotCounts) -> MotCounts:
        return MotCounts(
            self.frames + other.frames, self.clear + other.clear, self.identity + other.identity, self.hota + other.hota
        )

    def numbers(self) -> dict[str, float]:
        """MOTA, MOTP, IDF1, HOTA, DetA, AssA, LocA (0 to 100) and the plain counts, flat."""
        return {**self.clear.numbers(), **self.identity.numbers(), **self.hota.numbers(), "frames": self.frames}


def pair(truth: Sequence[People], prediction: Sequence[People]) -> Paired:
    """Compare frame by frame; rows with an id below 0 do not take part.

    Raises:
        ShapeError: the two have different lengths, or one frame has an id twice.
    """
    if len(truth) != len(prediction):
        raise ShapeError(f"expected truth and prediction of equally many frames, got {len(truth)} and {len(prediction)}")
    left, left_count = _renumbered("truth", truth)
    right, right_count = _renumbered("prediction", prediction)
    overlap = tuple(iou(_boxes(a), _boxes(b)) for a, b in zip(truth, prediction, strict=True))
    return Paired(left, right, overlap, left_count, right_count)


def mot_counts(truth: Sequence[People], prediction: Sequence[People], least: float = 0.5) -> MotCounts:
    """All that CLEAR MOT, IDF1 and HOTA need, of one sequence.

    Args:
        truth: people with ids, one entry a frame.
        prediction: people with ids, one entry a frame; rows with id -1 are left out.
        least: IoU from which two boxes may be the same person (CLEAR MOT and IDF1; HOTA uses 0.05 to 0.95).

    Raises:
        ShapeError: the two have different lengths, or one frame has an id twice.
    """
    paired = pair(truth, prediction)
    return MotCounts(len(truth), clear_counts(paired, least), identity_counts(paired, least), hota_counts(paired))


def _boxes(people: People) -> Array:
    return np.asarray(people.boxes[people.ids >= 0], np.float64)


def _renumbered(name: str, frames: Sequence[People]) -> tuple[tuple[Array, ...], int]:
    ids = [people.ids[people.ids >= 0] for people in frames]
    names, numbers = np.unique(np.concatenate(ids) if ids else np.zeros(0, np.int64), return_inverse=True)
    out = tuple(np.split(numbers, np.cumsum([len(i) for i in ids])[:-1])) if ids else ()
    for at, row in enumerate(out):
        if len(np.unique(row)) != len(row):
            raise ShapeError(f"{name}: frame {at} has an id more than once: {ids[at].tolist()}")
    return out, len(names)
