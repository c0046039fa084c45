"""Which spot of a picture is seen at each pixel when it is laid on triangles in space."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..types import Array

__all__ = ["Unfolded", "unfold"]

CELLS = 64.0  # cells that a face is wide: between them, spots change linearly
GRAZING = (0.06, 0.3)  # cosine to the camera at which a surface begins to be seen, and at which it is seen fully


@dataclass(frozen=True, eq=False)
class Unfolded:
    """A window of a picture and what is seen in it.

    Attributes:
        left, top: of the window, pixels of the picture.
        spots: (h, w, 2) float32 of the drawn picture, in the unit that was given.
        seen: (h, w) float32, 0 to 1: how much of the surface is seen.
    """

    left: int
    top: int
    spots: Array
    seen: Array


def unfold(
    corners: Array, spots: Array, triangles: Array, size: tuple[int, int], wide: float, *, fade: bool = True
) -> Unfolded | None:
    """Draw triangles into a coarse grid, nearer ones last, and refine it to pixels.

    Args:
        corners: (n, 3) in the picture's pixels, smaller z is nearer.
        spots: (n, 2) of the drawn picture at each corner, in any unit.
        triangles: (t, 3) clockwise on the screen.
        size: (width, height) of the picture.
        wide: pixels that the face is wide, which sets the grid.
        fade: what is seen from the side fades, as paint on a cheek that turns away.

    Returns:
        What is seen, or None when nothing lies in the picture.
    """
    if not np.isfinite(corners).all():
        return None
    step = max(1, round(wide / CELLS))
    low = np.maximum(np.floor(corners[:, :2].min(0)) - 1, 0)
    high = np.minimum(np.ceil(corners[:, :2].max(0)) + 1, np.array(size) - 1)
    if (high < low).any():
        return None
    window = (high - low + 1).astype(int)  # pixels
    cells = -(-window // step)
    grid = np.concatenate([(corners[:, :2] - low + 0.5) / step - 0.5, corners[:, 2:] / step], 1).astype(np.float32)
    covered, coarse, seen = _drawn(grid, spots.astype(np.float32), triangles, (int(cells[0]), int(cells[1])), fade)
    if not covered.any():
        return None
    coarse = _filled(coarse, covered)
    if step > 1:
        fine = int(cells[0]) * step, int(cells[1]) * step
        coarse = cv2.resize(coarse, fine, interpolation=cv2.INTER_LINEAR)[: window[1], : window[0]]
        seen = cv2.resize(seen, fine, interpolation=cv2.INTER_LINEAR)[: window[1], : window[0]]
    return Unfolded(int(low[0]), int(low[1]), coarse, np.clip(2 * seen - 0.5, 0, 1))


def _drawn(grid: Array, spots: Array, triangles: Array, cells: tuple[int, int], fade: bool) -> tuple[Array, Array, Array]:
    """Which cells are covered (h, w), the spot (h, w, 2) there and how much of it is seen (h, w)."""
    a, b, c = (grid[triangles[:, i]] for i in range(3))
    b, c = b - a, c - a
    area = b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0]
    flat = np.stack([a, a + b, a + c])[..., :2]
    first = np.ceil(np.clip(flat.min(0), 0, cells) - 1e-3).astype(np.intp)
    last = np.floor(np.clip(flat.max(0), -1, np.array(cells) - 1) + 1e-3).astype(np.intp)
    good = np.flatnonzero((area > 1e-4) & (last >= first).all(1))
    good = good[np.argsort(-(3 * a[good, 2] + b[good, 2] + c[good, 2]), kind="stable")]  # far ones first
    a, b, c, area, first, last = (part[good] for part in (a, b, c, area, first, last))
    wide = last[:, 0] - first[:, 0] + 1
    count = wide * (last[:, 1] - first[:, 1] + 1)
    which = np.repeat(np.arange(len(good)), count)
    place = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    row = place // wide[which]
    x, y = place - row * wide[which] + first[which, 0], row + first[which, 1]
    dx, dy = x.astype(np.float32) - a[which, 0], y.astype(np.float32) - a[which, 1]
    wb = dx * (c[:, 1] / area)[which] - dy * (c[:, 0] / area)[which]
    wc = dy * (b[:, 0] / area)[which] - dx * (b[:, 1] / area)[which]
    inside = np.flatnonzero((wb >= -1e-3) & (wc >= -1e-3) & (wb + wc <= 1.001))
    which, wb, wc = which[inside], wb[inside, None], wc[inside, None]
    at = y[inside] * cells[0] + x[inside]
    values = spots[triangles[good]]  # (t, 3 corners, 2)
    base = values[:, 0]
    coarse = np.zeros((cells[1] * cells[0], 2), np.float32)
    covered = np.zeros(cells[1] * cells[0], bool)
    seen = np.zeros(cells[1] * cells[0], np.float32)
    coarse[at] = base[which] + wb * (values[:, 1] - base)[which] + wc * (values[:, 2] - base)[which]
    covered[at] = True
    seen[at] = _facing(b, c, area)[which] if fade else 1.0
    size = cells[::-1]
    return covered.reshape(size), coarse.reshape(*size, 2), seen.reshape(size)


def _facing(b: Array, c: Array, area: Array) -> Array:
    """(t,) 0 to 1: how much of triangles with these sides is shown."""
    across, down = b[:, 1] * c[:, 2] - b[:, 2] * c[:, 1], b[:, 2] * c[:, 0] - b[:, 0] * c[:, 2]
    share = (area / np.sqrt(across**2 + down**2 + area**2) - GRAZING[0]) / (GRAZING[1] - GRAZING[0])
    return np.asarray(np.clip(share, 0, 1), np.float32)


def _filled(coarse: Array, covered: Array) -> Array:
    """(h, w, 2) spots carried on beyond the surface, so that refining mixes no strangers in."""
    mask = covered.astype(np.float32)
    number = cv2.blur(mask, (3, 3))
    around = cv2.blur(coarse, (3, 3)) / np.maximum(number, 1e-6)[..., None]
    coarse[~covered] = around[~covered]
    return coarse
