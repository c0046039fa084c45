"""Which sizes are tried, and pictures at those sizes: (y, u, v) planes of 4:2:0, even in width and height."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...types import Array

if TYPE_CHECKING:
    from ...types import Frame

__all__ = ["LINES", "Planes", "Size", "luma_at", "planes_of", "scaled", "spool_size", "tried_sizes"]

Size = tuple[int, int]
Planes = tuple[Array, Array, Array]

LINES = (1080, 720, 540, 360, 240)  # of the shorter side
NEAR = 0.9  # a size nearer than this to the next larger one is left out
LEAST = 32  # lines under which nothing is tried


def spool_size(size: Size) -> Size:
    """The size that counts as the source's: even, and not above 1080 lines."""
    return _with_lines(size, min(min(size), LINES[0]))


def tried_sizes(size: Size) -> list[Size]:
    """The source's size and the smaller ones that are tried, largest first; none for a picture under 32 lines."""
    if min(size) < LEAST:
        return []
    lines = [min(size)]
    for less in LINES:
        if less <= NEAR * lines[-1]:
            lines.append(less)
    return [size, *(_with_lines(size, n) for n in lines[1:])]


def _with_lines(size: Size, lines: int) -> Size:
    width, height = (side * lines / min(size) for side in size)
    return _even(width), _even(height)


def _even(side: float) -> int:
    whole = round(side)
    return max(2, whole + whole % 2)


def planes_of(frame: Frame, size: Size) -> Planes:
    """A frame's planes at a size; an odd row or column is repeated."""
    from ...video import colour

    planes = frame.planes
    if planes is None:
        y, u, v = (colour.view(plane) for plane in colour.from_rgb(frame.image).planes)
        planes = (y, u, v)
    return scaled(planes, size)


def scaled(planes: Planes, size: Size) -> Planes:
    """Planes made smaller (or as they are) by the mean over each pixel's area."""
    import cv2

    if planes[0].shape == (size[1], size[0]):
        return planes
    half = (size[0] // 2, size[1] // 2)
    y, u, v = (
        np.asarray(cv2.resize(np.ascontiguousarray(plane), to, interpolation=cv2.INTER_AREA))
        for plane, to in zip(planes, (size, half, half), strict=True)
    )
    return y, u, v


def luma_at(luma: Array, size: Size) -> Array:
    """(h, w) uint8 brightness scaled up to a size as players do it, by cubic interpolation."""
    import cv2

    if luma.shape == (size[1], size[0]):
        return luma
    return np.asarray(cv2.resize(np.ascontiguousarray(luma), size, interpolation=cv2.INTER_CUBIC))
