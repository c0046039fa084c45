"""Sweeps over all pixels of a tree, picture by picture: features into bins, and pixels to the child that they belong to.

Whatever nodes the pixels of a picture are in: its crop is copied once, in a row, into a piece of memory that stays in the
cache, with background around it, so that no probe asks whether it is inside. A feature becomes the number of thresholds that
it has reached: one byte.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from ..types import Array
from .features import REACH_UNIT
from .probing import pad, probe


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
