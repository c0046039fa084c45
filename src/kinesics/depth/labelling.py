"""Pixels down the trees, and what their leaves say: the part of a forest that runs on every frame.

All pixels of a stretch go one level down before any goes two: their loads do not wait for each other.
"""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array
from .features import FARTHEST, REACH_UNIT
from .probing import pad, probe

_STRETCH = 512


@numba.njit(cache=True, nogil=True)
def descend(
    depth: Array, fx: float, fy: float, rows: Array, columns: Array, roots: Array, nodes: Array, around: Array, out: Array
) -> None:
    """The leaf of every pixel in every tree.

    Args:
        depth: (h, w) uint16.
        fx: float32 focal length, pixels.
        fy: float32.
        rows: (n,) int32.
        columns: (n,) int32.
        roots: (trees,) int32.
        nodes: (nodes, 4) int32: u, v (two int16 each), threshold, left child or ~leaf.
        around: (h + 2, w + 2) int16, written here.
        out: (n, trees) int32, written here; -1 where there is no depth.
    """
    pad(depth, around)
    flat = around.reshape(-1)
    frame = np.array([around.shape[1], around.shape[1] - 1, around.shape[0] - 1], np.float32)
    gx, gy = np.float32(fx) * np.float32(REACH_UNIT), np.float32(fy) * np.float32(REACH_UNIT)
    lanes, living, at = np.empty(_STRETCH, np.uint32), np.empty(_STRETCH, np.uint32), np.empty(_STRETCH, np.uint32)
    places = np.empty((_STRETCH, 4), np.float32)
    for first in range(0, len(rows), _STRETCH):
        size = min(_STRETCH, len(rows) - first)
        there = 0
        for i in range(size):
            d = depth[rows[first + i], columns[first + i]]
            if d == 0 or d >= FARTHEST:
                out[first + i] = -1
                continue
            living[there] = i
            there += 1
            places[i, 0], places[i, 1] = np.float32(columns[first + i] + 1), np.float32(rows[first + i] + 1)
            places[i, 2], places[i, 3] = gx / np.float32(d), gy / np.float32(d)
        for t in range(len(roots)):
            for k in range(there):
                lanes[k] = living[k]
                at[living[k]] = np.uint32(roots[t])
            _walk(flat, frame, places, nodes, lanes, np.uint32(there), at, out[first : first + size, t])


@numba.njit(cache=True, nogil=True)
def _walk(
    flat: Array, frame: Array, places: Array, nodes: Array, lanes: Array, active: np.uint32, at: Array, out: Array
) -> None:
    """Take the pixels `lanes` from the nodes they are `at` to leaves; indices without a sign are not checked for one."""
    width, right, bottom = frame[0], frame[1], frame[2]
    sixteen = np.int32(16)
    while active > 0:
        kept = np.uint32(0)
        for k in range(active):
            i = lanes[np.uint32(k)]
            node = at[i]
            child = nodes[node, np.uint32(3)]
            if child < 0:
                out[i] = ~child
                continue
            place, word, other = places[i], nodes[node, np.uint32(0)], nodes[node, np.uint32(1)]
            x, y, sx, sy = place[0], place[1], place[2], place[3]
            u, v = np.float32(np.int16(word)), np.float32(word >> sixteen)
            f = probe(flat, x, y, u, v, sx, sy, width, right, bottom)
            u, v = np.float32(np.int16(other)), np.float32(other >> sixteen)
            f -= probe(flat, x, y, u, v, sx, sy, width, right, bottom)
            at[i] = np.uint32(child + np.int32(f >= nodes[node, np.uint32(2)]))
            lanes[kept] = i
            kept += np.uint32(1)
        active = kept


@numba.njit(cache=True, nogil=True)
def average(leaves: Array, parts: Array, out: Array) -> None:
    """Mean of the trees' distributions: (n, trees) leaves and (leaves, labels) uint8 of sum 255 to (n, labels) float32."""
    n, trees = leaves.shape
    share = np.float32(1.0 / (255.0 * trees))
    sums = np.empty(parts.shape[1], np.int32)
    for i in range(n):
        row = out[i]
        if leaves[i, 0] < 0:
            row[:] = 0
            row[0] = 1
            continue
        sums[:] = 0
        for t in range(trees):
            said = parts[leaves[i, t]]
            for p in range(len(said)):
                sums[p] += np.int32(said[p])
        for p in range(len(sums)):
            row[p] = np.float32(sums[p]) * share
