"""What a leaf learns from the pixels that fell into it: how likely each part is, and where the joints are from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np

from ..types import Array
from .leaf_votes import find_votes
from .samples import SampleSet
from .sampling import Pixels


@dataclass(frozen=True)
class Leaves:
    """Of one tree, as in `Forest`."""

    leaf_parts: Array
    vote_joint: Array
    vote_offset: Array
    vote_weight: Array
    vote_spread: Array


def learn_leaves(
    samples: SampleSet,
    pixels: Pixels,
    arrived: Array,
    count: int,
    votes: int,
    run: Callable[[Callable[[int, int], None], int], None],
) -> Leaves:
    """Parts from all pixels of a leaf, votes from some of them.

    Args:
        samples: the people.
        pixels: drawn from them.
        arrived: (pixels,) int32, ~leaf.
        count: leaves.
        votes: kept in a leaf.
        run: does work(first, last) over that many leaves, in pieces.

    Returns:
        the leaves.
    """
    order, ends = np.empty(len(arrived), np.int32), np.zeros(count + 1, np.int64)
    _sort(arrived, ends, order)
    parts = np.empty((count, len(samples.labels)), np.uint8)
    kept = votes if np.isfinite(samples.joints).any() else 0
    joint, weight, spread = (np.full((count, kept), fill, np.uint8) for fill in (255, 0, 0))
    offset = np.zeros((count, kept, 3), np.int16)
    owners = np.repeat(np.arange(len(samples), dtype=np.int32), np.diff(pixels.starts))

    def piece(first: int, last: int) -> None:
        _distributions(first, last, ends, order, pixels.labels, parts)
        if kept:
            find_votes(
                first, last, ends, order, owners, pixels.rows, pixels.columns, samples.depth, samples.starts, samples.widths,
                samples.optics, samples.joints, joint, offset, weight, spread,
            )  # fmt: skip

    run(piece, count)
    return Leaves(parts, joint, offset, weight, spread)


@numba.njit(cache=True, nogil=True)
def _sort(arrived: Array, ends: Array, order: Array) -> None:
    """Pixels by leaf: those of leaf l are order[ends[l]:ends[l + 1]], in the order they were in."""
    for k in range(len(arrived)):
        ends[~arrived[k] + 1] += 1
    for n in range(1, len(ends)):
        ends[n] += ends[n - 1]
    place = ends.copy()
    for k in range(len(arrived)):
        leaf = ~arrived[k]
        order[place[leaf]] = k
        place[leaf] += 1


@numba.njit(cache=True, nogil=True)
def _distributions(first: int, last: int, ends: Array, order: Array, labels: Array, out: Array) -> None:
    """Shares of the labels in 51sts, five 255ths each; what is left over goes to the largest remainders."""
    count = out.shape[1]
    counts, rest = np.empty(count, np.int64), np.empty(count, np.int64)
    for leaf in range(first, last):
        for p in range(count):
            counts[p] = 0
        for k in range(ends[leaf], ends[leaf + 1]):
            counts[labels[order[k]]] += 1
        total = ends[leaf + 1] - ends[leaf]
        left = 51
        for p in range(count):
            share = counts[p] * 51 // total
            rest[p] = counts[p] * 51 - share * total
            out[leaf, p] = 5 * share
            left -= share
        while left > 0:
            largest = np.argmax(rest)
            rest[largest] = -1
            out[leaf, largest] += 5
            left -= 1
