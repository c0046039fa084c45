"""Outlines of people as smooth lines."""

from __future__ import annotations

import numpy as np

from ..types import Array

__all__ = ["smoothed"]


def smoothed(ring: Array, reach: float) -> Array:
    """A closed ring along the edges of pixels (m, 2) as a line without steps.

    Args:
        ring: its corners, as `types.polygons.rings` gives them.
        reach: pixels along the ring over which its places are averaged; steps of one pixel are gone from 3 on.

    Returns:
        (q, 2) points about a pixel apart, in the same coordinates.
    """
    sides = np.linalg.norm(np.roll(ring, -1, axis=0) - ring, axis=1)
    along = np.append(0, np.cumsum(sides))
    count = max(int(along[-1]), 4)
    at = np.linspace(0, along[-1], count, endpoint=False)
    closed = np.vstack([ring, ring[:1]]).astype(float)
    points = np.stack([np.interp(at, along, closed[:, axis]) for axis in (0, 1)], axis=1)
    half = min(round(reach / 2), count // 8)  # small shapes keep their form
    for _ in range(2 if half else 0):
        sums = np.cumsum(np.concatenate([points[-half - 1 :], points, points[:half]]), axis=0)
        points = (sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1)
    return points
