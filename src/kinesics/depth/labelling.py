"""Pixels down the trees, and what their leaves say: the part of a forest that runs on every frame.

All pixels of a stretch go one level down before any goes two: their loads do not wait for each other.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from ..types import Array
from .features import BACKGROUND, FARTHEST, REACH_UNIT

_STRETCH = 512


@numba.njit(cache=True, nogil=True)
def pad(depth: Array, out: Array) -> None:
    """(h, w) uint16 into (h + 2, w + 2) int16 with background around and wherever nobody is."""
    h, w = depth.shape
    out[0, :] = BACKGROUND
    out[h + 1, :] = BACKGROUND
    for r in range(h):
        out[r + 1, 0] = BACKGROUND
        out[r + 1, w + 1] = BACKGROUND
        for c in range(w):
            d = depth[r, c]
            out[r + 1, c + 1] = np.int16(d) if (d > 0) and (d < FARTHEST) else np.int16(BACKGROUND)


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
    width = np.float32(around.shape[1])
    right, bottom = np.float32(around.shape[1] - 1), np.float32(around.shape[0] - 1)
    half, zero, one = np.float32(0.5), np.float32(0), np.float32(1)
    lanes, at = np.empty(_STRETCH, np.int32), np.empty(_STRETCH, np.int32)
    places = np.empty((_STRETCH, 4), np.float32)
    for first in range(0, len(rows), _STRETCH):
        size = min(_STRETCH, len(rows) - first)
        there = 0
        for i in range(size):
            d = depth[rows[first + i], columns[first + i]]
            if d == 0 or d >= FARTHEST:
                out[first + i] = -1
                continue
            lanes[there] = i
            there += 1
            places[i, 0] = np.float32(columns[first + i]) + one
            places[i, 1] = np.float32(rows[first + i]) + one
            places[i, 2] = np.float32(fx) * np.float32(REACH_UNIT) / np.float32(d)
            places[i, 3] = np.float32(fy) * np.float32(REACH_UNIT) / np.float32(d)
        living = lanes[:there].copy()
        for t in range(len(roots)):
            active = there
            for k in range(there):
                lanes[k] = living[k]
                at[living[k]] = roots[t]
            while active > 0:
                kept = 0
                for k in range(active):
                    i = lanes[k]
                    node = at[i]
                    child = nodes[node, 3]
                    if child < 0:
                        out[first + i, t] = ~child
                        continue
                    c, r, sx, sy = places[i, 0], places[i, 1], places[i, 2], places[i, 3]
                    word = nodes[node, 0]
                    x = c + np.float32(math.floor(np.float32(np.int16(word)) * sx + half))
                    y = r + np.float32(math.floor(np.float32(np.int16(word >> 16)) * sy + half))
                    x = x if x > zero else zero
                    y = y if y > zero else zero
                    x = x if x < right else right
                    y = y if y < bottom else bottom
                    f = np.int32(flat[np.int32(y * width + x)])
                    word = nodes[node, 1]
                    x = c + np.float32(math.floor(np.float32(np.int16(word)) * sx + half))
                    y = r + np.float32(math.floor(np.float32(np.int16(word >> 16)) * sy + half))
                    x = x if x > zero else zero
                    y = y if y > zero else zero
                    x = x if x < right else right
                    y = y if y < bottom else bottom
                    f -= np.int32(flat[np.int32(y * width + x)])
                    at[i] = child + np.int32(f >= nodes[node, 2])
                    lanes[kept] = i
                    kept += 1
                active = kept


@numba.njit(cache=True, nogil=True)
def average(leaves: Array, parts: Array, out: Array) -> None:
    """Mean of the trees' distributions: (n, trees) leaves and (leaves, labels) uint8 of sum 255 to (n, labels) float32."""
    n, trees = leaves.shape
    labels = parts.shape[1]
    share = np.float32(1.0 / (255.0 * trees))
    sums = np.empty(labels, np.int32)
    for i in range(n):
        if leaves[i, 0] < 0:
            out[i] = 0
            out[i, 0] = 1
            continue
        sums[:] = 0
        for t in range(trees):
            leaf = leaves[i, t]
            for p in range(labels):
                sums[p] += parts[leaf, p]
        for p in range(labels):
            out[i, p] = np.float32(sums[p]) * share
