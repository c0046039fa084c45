"""A joint's place made finer by the net's own map of where it might be."""

from __future__ import annotations

import numpy as np

from ..types import Array

__all__ = ["refined"]

REACH = 3  # cells each way that are looked at
SURE = 0.5  # least share of the best of these cells; below it the joint stays where it was


def refined(points: Array, heat: Array, side: int) -> Array:
    """Joints moved to the middle of the warm cells round them.

    BlazePose says where a joint is twice: as two numbers and as a map of 64 x 64 cells. Its published chain takes the mean
    place of the 7 x 7 cells round the numbers, weighted by the map, wherever the map is sure (MediaPipe, pose landmark module,
    "refine landmarks from heatmap"); on the published joints of a video that takes away a third of the difference.

    Args:
        points: (k, 2) pixels of a cut of `side`.
        heat: (cells, cells, k) logits.
        side: pixels of the cut.

    Returns:
        (k, 2) pixels of the cut.
    """
    cells, k = heat.shape[0], len(points)
    step = side / cells
    at = np.trunc(points / step).astype(int)  # column, row
    inside = ((at >= 0) & (at < cells)).all(axis=1)
    window = np.arange(-REACH, REACH + 1)
    column, row = at[:, 0, None] + window, at[:, 1, None] + window  # (k, 7) each
    seen = heat[np.clip(row, 0, cells - 1)[:, :, None], np.clip(column, 0, cells - 1)[:, None, :], np.arange(k)[:, None, None]]
    there = ((row >= 0) & (row < cells))[:, :, None] & ((column >= 0) & (column < cells))[:, None, :]
    warm = there / (1 + np.exp(-np.clip(seen.astype(float), -30, 30)))  # (k, 7 rows, 7 columns)
    total = np.maximum(warm.sum(axis=(1, 2)), 1e-9)
    place = np.stack([(warm.sum(axis=1) * column).sum(axis=1), (warm.sum(axis=2) * row).sum(axis=1)], axis=1) / total[:, None]
    sure = inside & (warm.max(axis=(1, 2)) >= SURE)
    return np.where(sure[:, None], place * step, points)
