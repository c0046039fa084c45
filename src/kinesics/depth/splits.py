"""The inner loops of growing a tree, three sweeps a level: features into bins, bins into the best split, pixels to their child.

Sweeps over pixels go picture by picture, whatever nodes the pixels are in: a crop is copied once, in a row, into a piece of
memory that stays in the cache, with background around it, so that no probe asks whether it is inside. A feature becomes the
number of thresholds it has reached: one byte. A node then counts, for each pair of offsets, its pixels by bin and label, one
vote a pixel and pair; sums over bins give what every threshold would send left, a table what each count adds to the entropy.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from ..types import Array
from .features import REACH_UNIT
from .probing import pad, probe

MOST = 32768  # pixels of a node that may choose its split: scores are whole numbers in 32 bits


@numba.njit(cache=True, nogil=True)
def copy_crop(depth: Array, start: int, end: int, width: int, around: Array) -> int:
    """Write a crop into `around` (int16, flat) with one pixel of background on each side; its height with them."""
    height = (end - start) // width
    wide = (height + 2) * (width + 2)
    pad(depth[start:end].reshape(height, width), around[:wide].reshape(height + 2, width + 2))
    return int(height + 2)


@numba.njit(cache=True, nogil=True)
def places_of(
    x: np.float32, y: np.float32, sx: np.float32, sy: np.float32, width: np.float32, right: np.float32, bottom: np.float32,
    across: Array, down: Array, out: Array,
) -> None:  # fmt: skip
    """Where many probes of one pixel land in its copied crop."""
    half, zero = np.float32(0.5), np.float32(0)
    for j in range(len(out)):
        u = x + np.float32(math.floor(across[j] * sx + half))
        v = y + np.float32(math.floor(down[j] * sy + half))
        u = u if u > zero else zero
        v = v if v > zero else zero
        u = u if u < right else right
        v = v if v < bottom else bottom
        out[j] = np.int32(v * width + u)


@numba.njit(cache=True, nogil=True)
def code_features(
    first: int, last: int, low: int, high: int,
    depth: Array, starts: Array, widths: Array, optics: Array,
    pixel_starts: Array, rows: Array, columns: Array, labels: Array, nodes: Array, slots: Array,
    windows: Array, pool: Array, bins: Array, largest: int, codes: Array, kept: Array,
) -> None:  # fmt: skip
    """Bins of all pairs of offsets for the pixels of pictures first to last whose slot is in low to high.

    Args:
        first: picture.
        last: picture, not included.
        low: slot.
        high: slot, not included.
        depth: of the samples, as `starts`, `widths`, `optics`.
        starts: of the crops.
        widths: of the crops.
        optics: of the crops.
        pixel_starts: of the pictures in what follows.
        rows: of the pixels.
        columns: of the pixels.
        labels: of the pixels.
        nodes: (pixels,) int32 node that a pixel is in.
        slots: (pixels,) int32 place in `codes` plus `low`; below 0 for pixels that have no say.
        windows: (nodes,) int32 where in the pool the pairs of a node begin.
        pool: (4, p) float32: u right, u down, v right, v down.
        bins: (65536,) uint8, a feature f is looked up at f + 32768: no limits to check.
        largest: pixels of the largest crop with its border.
        codes: (high - low, pairs) uint8, written here.
        kept: (high - low,) uint8 labels, written here.
    """
    pairs = codes.shape[1]
    around = np.empty(largest, np.int16)
    here, there = np.empty(pairs, np.int32), np.empty(pairs, np.int32)
    for i in range(first, last):
        height = 0
        for k in range(pixel_starts[i], pixel_starts[i + 1]):
            slot = slots[k]
            if slot < low or slot >= high:
                continue
            if height == 0:
                height = copy_crop(depth, starts[i], starts[i + 1], widths[i], around)
                wide = np.int64(widths[i] + 2)
                width, right, bottom = np.float32(wide), np.float32(wide - 1), np.float32(height - 1)
                fx, fy = optics[i, 0] * np.float32(REACH_UNIT), optics[i, 1] * np.float32(REACH_UNIT)
            x, y = np.float32(columns[k] + 1), np.float32(rows[k] + 1)
            d = np.float32(around[(np.int64(rows[k]) + 1) * wide + np.int64(columns[k]) + 1])
            window = windows[nodes[k]]
            sx, sy = fx / d, fy / d
            places_of(
                x, y, sx, sy, width, right, bottom, pool[0, window : window + pairs], pool[1, window : window + pairs], here
            )
            places_of(
                x, y, sx, sy, width, right, bottom, pool[2, window : window + pairs], pool[3, window : window + pairs], there
            )
            row = codes[slot - low]
            for j in range(pairs):
                row[j] = bins[np.uint16(around[np.uint32(here[j])] - around[np.uint32(there[j])] + 32768)]
            kept[slot - low] = labels[k]


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


@numba.njit(cache=True, nogil=True)
def send_down(
    first: int, last: int, depth: Array, starts: Array, widths: Array, optics: Array,
    pixel_starts: Array, rows: Array, columns: Array, nodes: Array, offsets: Array, thresholds: Array, children: Array,
    largest: int,
) -> None:  # fmt: skip
    """Move the pixels of pictures first to last to the child that the split of their node sends them to.

    Args:
        first: picture.
        last: picture, not included.
        depth: of the samples, as `starts`, `widths`, `optics`.
        starts: of the crops.
        widths: of the crops.
        optics: of the crops.
        pixel_starts: of the pictures in what follows.
        rows: of the pixels.
        columns: of the pixels.
        nodes: (pixels,) int32 node that a pixel is in, changed here; below 0 where the pixel has arrived.
        offsets: (nodes, 4) float32.
        thresholds: (nodes,) int32.
        children: (nodes,) int32 left child, or ~leaf.
        largest: pixels of the largest crop with its border.
    """
    around = np.empty(largest, np.int16)
    for i in range(first, last):
        height = 0
        for k in range(pixel_starts[i], pixel_starts[i + 1]):
            node = nodes[k]
            if node < 0:
                continue
            child = children[node]
            if child < 0:
                nodes[k] = child
                continue
            if height == 0:
                height = copy_crop(depth, starts[i], starts[i + 1], widths[i], around)
                wide = np.int64(widths[i] + 2)
                width, right, bottom = np.float32(wide), np.float32(wide - 1), np.float32(height - 1)
                fx, fy = optics[i, 0] * np.float32(REACH_UNIT), optics[i, 1] * np.float32(REACH_UNIT)
            x, y = np.float32(columns[k] + 1), np.float32(rows[k] + 1)
            d = np.float32(around[(np.int64(rows[k]) + 1) * wide + np.int64(columns[k]) + 1])
            sx, sy, asked = fx / d, fy / d, offsets[node]
            f = probe(around, x, y, asked[0], asked[1], sx, sy, width, right, bottom)
            f -= probe(around, x, y, asked[2], asked[3], sx, sy, width, right, bottom)
            nodes[k] = child + np.int32(f >= thresholds[node])
