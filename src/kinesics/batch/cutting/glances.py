"""What is kept of a frame to see where shots end: a small picture, whatever the frame's size, and how two of them differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...types import Array, Frame

__all__ = ["Boundary", "Glance", "block_changes", "change", "glance", "likeness", "same_scene"]

WIDE, HIGH = 64, 48
CELL = 8  # pixels of a block that is looked for where it may have moved to
REACH = 3  # pixels each way, of 64: a twentieth of the picture a frame
DARK = 22  # luma of black bars at most
ALIKE = 0.92  # correlation from which two textured pictures are one scene
STILL = 1.0  # luma levels of mean difference below which nobody looks for movement


@dataclass(frozen=True, slots=True)
class Glance:
    """One frame in small.

    Attributes:
        count: how many frames came before it.
        time: seconds.
        luma: (48, 64) uint8.
        chroma: (2, 12, 16) uint8, 128 is grey.
        mean: of the luma, levels.
        spread: standard deviation of the luma, levels, without bars and whatever else is black.
        alive: (6, 8) bool, blocks that are not black: bars around a picture are not.
        detail: mean step between neighbours, each cut off at 24 levels, so that the edges of bars count for little.
    """

    count: int
    time: float
    luma: Array
    chroma: Array
    mean: float
    spread: float
    alive: Array
    detail: float


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where a shot may end.

    Attributes:
        count: frames before the first frame of the next shot.
        time: of that frame, seconds.
        kind: cut, fade or dissolve.
        score: 0 to 1.
        start, end: seconds that the change takes; other boundaries in between are part of it.
    """

    count: int
    time: float
    kind: str
    score: float
    start: float
    end: float


def glance(frame: Frame, count: int) -> Glance:
    """Look at a frame; planes are taken as they are, only a picture that has none is converted, in small."""
    import cv2

    planes = frame.planes
    if planes is None:
        small = cv2.cvtColor(_shrunk(frame.image, WIDE, HIGH), cv2.COLOR_RGB2YUV)
        y, u, v = (np.ascontiguousarray(small[..., i]) for i in range(3))
    else:
        y, u, v = _shrunk(planes[0], WIDE, HIGH), planes[1], planes[2]
    chroma = np.stack([_shrunk(plane, WIDE // 4, HIGH // 4) for plane in (u, v)])
    return _described(y, chroma, count, frame.time)


def _described(y: Array, chroma: Array, count: int, time: float) -> Glance:
    wide = y.astype(np.int16)
    steps = np.minimum(np.abs(np.diff(wide, axis=0)), 24).mean() + np.minimum(np.abs(np.diff(wide, axis=1)), 24).mean()
    alive = y.reshape(HIGH // CELL, CELL, WIDE // CELL, CELL).max((1, 3)) > DARK
    picture = y[y > DARK] if alive.any() else y
    return Glance(count, time, y, chroma, float(y.mean()), float(picture.std()), alive, float(steps))


def _shrunk(plane: Array, wide: int, high: int) -> Array:
    """Means over areas; of a large picture every fourth pixel or so counts, which costs a tenth."""
    import cv2

    height, width = plane.shape[:2]
    if width >= 8 * wide and height >= 8 * high:
        plane = cv2.resize(plane, (width // 4, height // 4), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(plane, (wide, high), interpolation=cv2.INTER_AREA))


def change(a: Glance, b: Glance, reach: int = REACH) -> float:
    """Levels by which two pictures differ where each block of one may come from near by in the other, and by colour.

    Of the blocks it is the mean of power 1/2: a small change everywhere, as of another camera, weighs more than a large one in
    a few places, as of a waving arm. Bars do not count.
    """
    return float(np.sqrt(block_changes(a, b, reach=reach)).mean()) ** 2


def block_changes(a: Glance, b: Glance, still: float = STILL, reach: int = REACH) -> Array:
    """(n,) float32 levels by which the blocks that are no bars differ, after movement and by colour.

    Args:
        a: the picture before.
        b: the picture after, whose blocks are looked for in `a`.
        still: nobody looks for movement where the mean difference is below this.
        reach: pixels that a block may have moved, each way.
    """
    apart = np.maximum(a.luma, b.luma) - np.minimum(a.luma, b.luma)
    blocks = _sums(apart[None])[0] if apart.mean() < still else _moved(a.luma, b.luma, reach)
    colour = np.abs(a.chroma.astype(np.float32) - b.chroma).reshape(2, HIGH // CELL, 2, WIDE // CELL, 2).mean((0, 2, 4))
    alive = a.alive | b.alive
    both = blocks / np.float32(CELL**2) + colour
    kept: Array = both[alive] if alive.any() else both.ravel()
    return kept


def _moved(a: Array, b: Array, reach: int) -> Array:
    """(6, 8) the least sum of differences of each block of b to a, over shifts."""
    around = np.pad(a, reach, mode="edge")
    shifts = np.lib.stride_tricks.sliding_window_view(around, (HIGH, WIDE))  # (r, r, 48, 64)
    least: Array = _sums((np.maximum(shifts, b) - np.minimum(shifts, b)).reshape(-1, HIGH, WIDE)).min(0)
    return least


def _sums(pictures: Array) -> Array:
    """(n, 48, 64) uint8 -> (n, 6, 8) float32 sums over blocks, whole numbers and so exact."""
    rows = pictures.reshape(-1, HIGH // CELL, CELL, WIDE).sum(2, dtype=np.uint16)  # (n, 6, 64)
    sums: Array = rows.astype(np.float32) @ np.repeat(np.eye(WIDE // CELL, dtype=np.float32), CELL, axis=0)
    return sums


def same_scene(a: Glance, b: Glance) -> bool:
    """Whether two textured pictures show one scene, be it in another light."""
    return min(a.spread, b.spread) > 6 and likeness(a, b) > ALIKE


def likeness(a: Glance, b: Glance) -> float:
    """-1 to 1: the correlation of two lumas without bars, which light that changes leaves alone; 0 where one is flat."""
    if min(a.spread, b.spread) < 1.0:
        return 0.0
    places = (a.luma > DARK) | (b.luma > DARK) if (a.alive | b.alive).any() else np.ones((HIGH, WIDE), bool)
    one, other = a.luma[places].astype(np.float64), b.luma[places].astype(np.float64)
    one, other = one - one.mean(), other - other.mean()
    return float(one @ other) / math.sqrt(max(float(one @ one) * float(other @ other), 1e-9))
