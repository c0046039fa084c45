"""Which spot of a picture is seen at each pixel when it is laid on triangles in space."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..types import Array

__all__ = ["Unfolded", "unfold"]

CELLS = 72.0  # cells that a face is wide: between them, spots change linearly
GRAZING = (0.06, 0.3)  # how much a surface faces the camera where it begins to be seen, and where it is seen fully


@dataclass(frozen=True, eq=False)
class Unfolded:
    """A window of a picture and what is seen in it.

    Attributes:
        left, top: of the window, pixels of the picture.
        spots: (h, w, 2) float32 shares of the drawn picture's sides.
        seen: (h, w) float32, 0 to 1: how much of the surface is seen.
    """

    left: int
    top: int
    spots: Array
    seen: Array


def unfold(corners: Array, spots: Array, triangles: Array, size: tuple[int, int], wide: float) -> Unfolded | None:
    """Draw triangles into a coarse grid, nearer ones last, and refine it to pixels.

    Args:
        corners: (n, 3) in the picture's pixels, smaller z is nearer.
        spots: (n, 2) of the drawn picture at each corner.
        triangles: (t, 3) clockwise on the screen.
        size: (width, height) of the picture.
        wide: pixels that the face is wide, which sets the grid.

    Returns:
        What is seen, or None when nothing lies in the picture.
    """
    step = max(1.0, wide / CELLS)
    low = np.maximum(np.floor(corners[:, :2].min(0)) - 1, 0)
    high = np.minimum(np.ceil(corners[:, :2].max(0)) + 1, np.array(size) - 1)
    if not np.isfinite(corners).all() or (high < low).any():
        return None
    window = (high - low + 1).astype(int)  # pixels
    cells = np.maximum(np.ceil(window / step).astype(int), 1) + 1
    grid = np.concatenate([(corners[:, :2] - low + 0.5) / step - 0.5, corners[:, 2:] / step], 1).astype(np.float32)
    kept, coarse = _drawn(grid, spots, triangles, (int(cells[0]), int(cells[1])))
    if not kept.any():
        return None
    spread = _filled(coarse, kept)
    if step > 1:
        across = np.array([[1 / step, 0, 0.5 / step - 0.5], [0, 1 / step, 0.5 / step - 0.5]])
        spread = cv2.warpAffine(
            spread,
            across,
            (int(window[0]), int(window[1])),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
    else:
        spread = spread[: window[1], : window[0]]
    return Unfolded(int(low[0]), int(low[1]), spread[..., :2], _smooth(spread[..., 2], 0.25, 0.75))


def _drawn(grid: Array, spots: Array, triangles: Array, cells: tuple[int, int]) -> tuple[Array, Array]:
    """Which cells are covered (h, w), and x, y of the spot and facing (h, w, 3) there."""
    facing = _facing(grid, triangles)
    a, b, c = (grid[triangles[:, i]] for i in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    near = np.minimum(np.minimum(a, b), c)
    far = np.maximum(np.maximum(a, b), c)
    first = np.ceil(np.clip(near[:, :2], 0, cells) - 1e-3).astype(np.intp)
    last = np.floor(np.clip(far[:, :2], -1, np.array(cells) - 1) + 1e-3).astype(np.intp)
    good = np.flatnonzero((area > 1e-4) & (last >= first).all(1))
    good = good[np.argsort(-(a[good, 2] + b[good, 2] + c[good, 2]), kind="stable")]  # far ones first
    a, area, first, last = a[good], area[good, None], first[good], last[good]
    b, c = b[good] - a, c[good] - a
    values = np.concatenate([spots, facing[:, None]], 1).astype(np.float32)[triangles[good]]  # (t, 3 corners, 3 values)
    slope_b = np.stack([c[:, 1], -c[:, 0]], 1) / area  # of the weight of corner b, along x and y
    slope_c = np.stack([-b[:, 1], b[:, 0]], 1) / area
    wide = (last - first + 1)[:, 0]
    count = wide * (last - first + 1)[:, 1]
    which = np.repeat(np.arange(len(good)), count)
    place = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    x, y = place % wide[which] + first[which, 0], place // wide[which] + first[which, 1]
    dx, dy = (x - a[which, 0]).astype(np.float32), (y - a[which, 1]).astype(np.float32)
    wb = dx * slope_b[which, 0] + dy * slope_b[which, 1]
    wc = dx * slope_c[which, 0] + dy * slope_c[which, 1]
    inside = np.flatnonzero((wb >= -1e-3) & (wc >= -1e-3) & (wb + wc <= 1.001))
    which, wb, wc = which[inside], wb[inside, None], wc[inside, None]
    base, to_b, to_c = values[:, 0], values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
    flat = y[inside] * cells[0] + x[inside]
    coarse = np.zeros((cells[1] * cells[0], 3), np.float32)
    kept = np.zeros(cells[1] * cells[0], bool)
    coarse[flat] = base[which] + wb * to_b[which] + wc * to_c[which]
    kept[flat] = True
    return kept.reshape(cells[::-1]), coarse.reshape(*cells[::-1], 3)


def _facing(grid: Array, triangles: Array) -> Array:
    """(n,) how much the surface faces the camera at each corner, -1 to 1."""
    a, b, c = (grid[triangles[:, i]] for i in range(3))
    normals = np.cross(b - a, c - a)
    total = np.zeros((len(grid), 3))
    for axis in range(3):
        weights = np.tile(normals[:, axis], 3)
        total[:, axis] = np.bincount(triangles.T.ravel(), weights, minlength=len(grid))
    return np.asarray(total[:, 2] / np.maximum(np.linalg.norm(total, axis=1), 1e-9))


def _filled(coarse: Array, kept: Array) -> Array:
    """(h, w, 3) spots carried on beyond the surface, so that refining mixes no strangers in, and how much is seen."""
    mask = kept.astype(np.float32)
    seen = mask * _smooth(coarse[..., 2], *GRAZING)
    total, number = cv2.blur(coarse * mask[..., None], (3, 3)), cv2.blur(mask, (3, 3))
    around = total / np.maximum(number, 1e-6)[..., None]
    spots = np.where(kept[..., None], coarse, around)
    return np.dstack([spots[..., :2], seen]).astype(np.float32)


def _smooth(values: Array, low: float, high: float) -> Array:
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)
