"""The best split of a node: one vote a pixel and pair of offsets, whatever the number of thresholds.

For each pair a node counts its pixels by bin and label. Sums over bins give what every threshold would send left, and a table
what each count adds to the entropy (Shannon), in whole numbers, so that the order of the work changes nothing.
"""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array

MOST = 32768  # pixels of a node that may choose its split: scores are whole numbers in 32 bits


@numba.njit(cache=True, nogil=True)
def _entropies(
    labels: Array, count: int, bins: int, table: Array, scale: float, place: Array, tables: Array, worth: Array, sizes: Array
) -> int:
    """Tables for one node: what a label adds when k of its pixels go left, and what k pixels on the left take away.

    Args:
        labels: (pixels,) of the node.
        count: labels there are.
        bins: thresholds + 1.
        table: x log2 x.
        scale: from bits to whole numbers.
        place: (256,) int32, where a label's bins begin in a histogram of the labels present, written.
        tables: (256,) int64, where a present label's table begins in `worth`, written.
        worth: written.
        sizes: written.

    Returns:
        how many labels are present.
    """
    counts = np.zeros(256, np.int64)
    for s in range(len(labels)):
        counts[labels[s]] += 1
    present, at, size = 0, 0, len(labels)
    for p in range(count):
        if counts[p] == 0:
            continue
        place[p], tables[present] = present * bins, at
        for k in range(counts[p] + 1):
            worth[at + k] = np.int32(round((table[k] + table[counts[p] - k]) * scale))
        at += counts[p] + 1
        present += 1
    for k in range(size + 1):
        sizes[k] = np.int32(round((table[k] + table[size - k]) * scale))
    return present


@numba.njit(cache=True, nogil=True)
def _count(codes: Array, block: int, places: Array, histogram: Array, room: int) -> None:
    """Count the pixels by bin, for eight pairs at a time: neighbours in `codes`, apart in the histogram."""
    for j in range(8):
        row = histogram[j]
        for b in range(room):
            row[b] = 0
    for s in range(len(codes)):
        for j in range(8):
            histogram[j, places[s] + codes[s, block + j]] += np.uint16(1)


@numba.njit(cache=True, nogil=True)
def _best_threshold(
    counts: Array, present: int, bins: int, tables: Array, worth: Array, sizes: Array, size: int, least: int,
    score: Array, left: Array, found: Array,
) -> None:  # fmt: skip
    """Best threshold of one pair, from its histogram by label and bin: score and threshold go into `found` if better."""
    for b in range(bins):
        score[b] = 0
        left[b] = 0
    for p in range(present):
        run, begin = np.int32(0), tables[p]
        for b in range(bins - 1):
            run += np.int32(counts[p * bins + b])
            left[b] += run
            score[b] += worth[begin + run]
    for b in range(bins - 1):
        if left[b] >= least and size - left[b] >= least:
            value = score[b] - sizes[left[b]]
            if value > found[0]:
                found[0], found[1] = value, b


@numba.njit(cache=True, nogil=True)
def best_splits(
    first: int, last: int, ends: Array, base: int, least: Array, count: int, bins: int, table: Array,
    codes: Array, kept: Array, winners: Array, gains: Array,
) -> None:  # fmt: skip
    """The split of nodes first to last that tells most about the label (Shannon); of equal ones the first.

    Args:
        first: node.
        last: node, not included.
        ends: (nodes + 1,) where the pixels of a node begin in `codes` plus `base`.
        base: slot of the first row of `codes`.
        least: (nodes,) fewest of these pixels that a side must get.
        count: labels.
        bins: thresholds + 1.
        table: (MOST + 1,) float64, x log2 x.
        codes: (pixels, pairs) uint8; pairs are a multiple of 8.
        kept: (pixels,) uint8 labels.
        winners: (nodes, 2) int32 pair and threshold, written here; -1 for no split.
        gains: (nodes,) float32 bits a pixel, written here.
    """
    place, tables = np.zeros(256, np.int32), np.empty(256, np.int64)
    compact = np.empty(MOST, np.int32)
    worth, sizes = np.empty(MOST + 256, np.int32), np.empty(MOST + 1, np.int32)
    histogram = np.empty((8, count * bins), np.uint16)
    score, left, found = np.empty(bins, np.int32), np.empty(bins, np.int32), np.empty(2, np.int64)
    for n in range(first, last):
        start, size = ends[n] - base, ends[n + 1] - ends[n]
        winners[n, 0], gains[n] = -1, 0
        if size < 2:
            continue
        scale = 1073741824.0 / table[size]
        labels = kept[start : start + size]
        present = _entropies(labels, count, bins, table, scale, place, tables, worth, sizes)
        for s in range(size):
            compact[s] = place[labels[s]]
        found[0] = lowest = -(1 << 40)
        for block in range(0, codes.shape[1], 8):
            _count(codes[start : start + size], block, compact, histogram, present * bins)
            for j in range(8):
                before = found[0]
                _best_threshold(histogram[j], present, bins, tables, worth, sizes, size, least[n], score, left, found)
                if found[0] > before:
                    winners[n, 0], winners[n, 1] = block + j, found[1]
        if found[0] > lowest:
            whole = np.float64(sizes[size])  # entropy before is whole less what the labels add, all on one side
            for p in range(present):
                whole -= worth[tables[p]]
            gains[n] = (whole + found[0]) / scale / size
