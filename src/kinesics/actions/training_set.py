"""Clips of unlike length as arrays that can be trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..types import PoseSequence
from ..types.arrays import Array
from .grid import grid_clip
from .layout import Layout
from .reference import Reference

__all__ = ["TrainingSet", "training_set"]

WINDOW = 5.5  # seconds; a longer clip is trained on piece by piece
SHORTEST = 8  # moments; a shorter clip stays at its end for the rest


@dataclass(frozen=True)
class TrainingSet:
    """Pieces of clips on the grid.

    Attributes:
        points: (n, t, p, k, d) float32 in body sizes; after a piece's end its last moment is repeated.
        known: (n, t, p, k) bool.
        lengths: (n,) moments.
        clips: (n,) which clip a piece is of.
    """

    points: Array
    known: Array
    lengths: Array
    clips: Array

    def __len__(self) -> int:
        return len(self.lengths)

    def of(self, clips: Array) -> TrainingSet:
        """The pieces of some clips."""
        rows = np.flatnonzero(np.isin(self.clips, clips))
        t = int(self.lengths[rows].max())
        return TrainingSet(self.points[rows, :t], self.known[rows, :t], self.lengths[rows], self.clips[rows])


def training_set(clips: Sequence[PoseSequence], layout: Layout) -> TrainingSet:
    """Put clips on the grid, scale bodies to size 1 and cut what is long; pieces in which nobody is seen are left out."""
    pieces = []
    for index, clip in enumerate(clips):
        points, known = grid_clip(two_or_one(clip, layout.people), layout.rate)
        if not known.any():
            continue
        reference = Reference(layout)
        _, _ = reference.place(points[None], known[None])
        points = np.where(known[..., None], points, 0) / max(float(reference.size[0]), 1e-6)
        count = int(np.ceil(len(points) / (WINDOW * layout.rate)))
        for part in range(count):
            cut = slice(part * len(points) // count, (part + 1) * len(points) // count)
            if known[cut].any():
                pieces.append((points[cut], known[cut], index))
    longest = max([SHORTEST, *(len(p) for p, _, _ in pieces)])
    shape = (len(pieces), longest, layout.people, len(layout.joints))
    whole, seen = np.zeros((*shape, pieces[0][0].shape[-1]), np.float32), np.zeros(shape, bool)
    for row, (points, known, _) in enumerate(pieces):
        whole[row, : len(points)], seen[row, : len(points)] = points, known
        whole[row, len(points) :], seen[row, len(points) :] = points[-1], known[-1]
    lengths = np.array([max(len(p), SHORTEST) for p, _, _ in pieces])
    return TrainingSet(whole, seen, lengths, np.array([index for _, _, index in pieces]))


def two_or_one(clip: PoseSequence, people: int) -> PoseSequence:
    """The clip with as many people as the model reads: those seen most; nobody where there are too few."""
    n = clip.points.shape[1]
    if n == people:
        return clip
    if n > people:
        seen = (clip.scores > 0).sum((0, 2))
        keep = np.sort(np.argsort(-seen, kind="stable")[:people])
        return PoseSequence(clip.points[:, keep], clip.scores[:, keep], clip.times, clip.skeleton, size=clip.size)
    pad = people - n
    points = np.pad(clip.points, ((0, 0), (0, pad), (0, 0), (0, 0)), constant_values=np.nan)
    return PoseSequence(points, np.pad(clip.scores, ((0, 0), (0, pad), (0, 0))), clip.times, clip.skeleton, size=clip.size)
