"""Pictures with alpha: moved by a field, mixed, put over a background. Colours are premultiplied throughout."""

from __future__ import annotations

import cv2
import numba
import numpy as np

from ..types import Array
from .footage import SIZE
from .warping import GRID

__all__ = ["mixed", "over", "warped"]

_PLACES = np.arange(SIZE, dtype=np.float32)


def warped(picture: Array, field: Array, size: int = SIZE) -> Array:
    """A picture looked up at other places.

    Args:
        picture: (512, 512, 4) uint8, or a smaller one of the same square.
        field: (64, 64, 2) float32 displacements in canvas pixels, from the wanted picture to this one.
        size: width and height of what is made; also of `picture`.

    Returns:
        (size, size, 4) uint8, transparent where the field leads outside.
    """
    scale = size / SIZE
    x, y = (cv2.resize(np.ascontiguousarray(field[..., axis]), (size, size), interpolation=cv2.INTER_LINEAR) for axis in (0, 1))
    if scale != 1:
        x *= scale
        y *= scale
    x += _PLACES[:size]
    y += _PLACES[:size, None]
    moved: Array = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0))
    return moved


def mixed(first: Array, second: Array, share: Array) -> Array:
    """Two pictures (s, s, 4) uint8 mixed by `share` (64, 64) float32, 0 for all of the first and 1 for all of the second."""
    size = first.shape[0]
    made = np.empty_like(first)
    _mix(first, second, np.ascontiguousarray(share), size // GRID, made)
    return made


@numba.njit(cache=True, nogil=True, fastmath=True)
def _mix(first: Array, second: Array, share: Array, step: int, made: Array) -> None:
    size, last = first.shape[0], share.shape[0] - 1
    for row in range(size):
        y = min(max((row + np.float32(0.5)) / step - np.float32(0.5), np.float32(0)), np.float32(last))
        top = min(int(y), last - 1)
        v = y - top
        for column in range(size):
            if first[row, column, 3] == 0 and second[row, column, 3] == 0:
                for channel in range(4):
                    made[row, column, channel] = 0
                continue
            x = min(max((column + np.float32(0.5)) / step - np.float32(0.5), np.float32(0)), np.float32(last))
            left = min(int(x), last - 1)
            u = x - left
            upper = share[top, left] * (1 - u) + share[top, left + 1] * u
            lower = share[top + 1, left] * (1 - u) + share[top + 1, left + 1] * u
            weight = np.int32((upper * (1 - v) + lower * v) * 256 + np.float32(0.5))
            for channel in range(4):
                a, b = np.int32(first[row, column, channel]), np.int32(second[row, column, channel])
                made[row, column, channel] = np.uint8((a * (256 - weight) + b * weight + 128) >> 8)


def over(picture: Array, background: Array) -> Array:
    """A picture (h, w, 4) uint8 laid over a background (h, w, 3) uint8; returns (h, w, 3) uint8."""
    made = np.empty_like(background)
    _over(picture, background, made)
    return made


@numba.njit(cache=True, nogil=True)
def _over(picture: Array, background: Array, made: Array) -> None:
    for row in range(picture.shape[0]):
        for column in range(picture.shape[1]):
            through = np.int32(255) - picture[row, column, 3]
            for channel in range(3):
                behind = np.int32(background[row, column, channel]) * through
                value = picture[row, column, channel] + ((behind + 128 + (behind >> 8)) >> 8)
                made[row, column, channel] = np.uint8(min(value, 255))
