"""Votes for joints of the leaves that a person's pixels fall into (Girshick et al., 2011; Shotton et al., 2013)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from ..types import Array, Camera

if TYPE_CHECKING:
    from .forest import Forest


SURE = 0.08  # metres: spread of a leaf's votes at which they count for a third


def vote_worth(forest: Forest) -> Array:
    """(leaves, k) float32: how much each vote counts: its share of the leaf's pixels, less the wider they are spread."""
    spread = forest.vote_spread.astype(np.float32) * np.float32(0.01 / SURE)
    return np.asarray(forest.vote_weight.astype(np.float32) / np.float32(255) * np.exp(-(spread**2)))


def pixels_of(depth: Array, most: int) -> tuple[Array, Array, float]:
    """Pixels of a person spread evenly, at most about `most`.

    Args:
        depth: (h, w) uint16 millimetres, 0 outside the person.
        most: pixels wanted; 0 for all.

    Returns:
        rows (n,), columns (n,) int32, and how many pixels each stands for.
    """
    rows, columns = np.nonzero(depth)
    there = len(rows)
    if most and there > most:
        picked = ((np.arange(most) + 0.5) * (there / most)).astype(np.int64)
        rows, columns = rows[picked], columns[picked]
    return rows.astype(np.int32), columns.astype(np.int32), there / max(len(rows), 1)


def places_of(depth: Array, camera: Camera, rows: Array, columns: Array) -> Array:
    """(n, 3) float32 metres of pixels of a picture in millimetres."""
    z = depth[rows, columns].astype(np.float32) * np.float32(1e-3)
    x = (columns - np.float32(camera.cx)) * z * np.float32(1 / camera.fx)
    y = (rows - np.float32(camera.cy)) * z * np.float32(1 / camera.fy)
    return np.stack([x, y, z], axis=1)


@numba.njit(cache=True, nogil=True)
def _counted(leaves: Array, joint: Array, joints: int) -> Array:
    """Where the votes of each joint begin: (joints + 1,)."""
    starts = np.zeros(joints + 1, np.int64)
    for i in range(len(leaves)):
        for leaf in leaves[i]:
            for j in joint[leaf]:
                if j < joints:
                    starts[j + 1] += 1
    return np.cumsum(starts)


@numba.njit(cache=True, nogil=True)
def gather_votes(
    places: Array, areas: Array, leaves: Array, joint: Array, offset: Array, worth: Array, joints: int
) -> tuple[Array, Array, Array]:
    """The votes of all pixels, joint by joint.

    Args:
        places: (n, 3) float32 metres of the pixels.
        areas: (n,) float32, m² of the body that each pixel stands for.
        leaves: (n, trees) int32.
        joint: (leaves, k) uint8, which joint a vote is for; 255: none.
        offset: (leaves, k, 3) int16 millimetres from the pixel to the joint.
        worth: (leaves, k) float32, weight of a vote.
        joints: how many there are.

    Returns:
        points (v, 3) float32 metres, weights (v,) float32, starts (joints + 1,) int64: joint j has starts[j]:starts[j + 1].
    """
    starts = _counted(leaves, joint, joints)
    at = starts[:-1].copy()
    points, weights = np.empty((starts[-1], 3), np.float32), np.empty(starts[-1], np.float32)
    for i in range(len(leaves)):
        for leaf in leaves[i]:
            for s in range(joint.shape[1]):
                j = joint[leaf, s]
                if j < joints:
                    for axis in range(3):
                        points[at[j], axis] = places[i, axis] + np.float32(1e-3) * offset[leaf, s, axis]
                    weights[at[j]] = areas[i] * worth[leaf, s]
                    at[j] += 1
    return points, weights, starts
