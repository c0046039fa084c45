"""Pictures with alpha: moved by a field and laid over each other. Colours are premultiplied throughout."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numba
import numpy as np

from ..types import Array
from .footage import SIZE

__all__ = ["Layer", "laid", "over", "warped"]

_PLACES = np.arange(SIZE, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Layer:
    """A part of the canvas: `picture` (h, w, 4) uint8 premultiplied, whose left top corner is at (`x`, `y`)."""

    picture: Array
    x: int
    y: int

    @classmethod
    def of(cls, whole: Array) -> Layer:
        """What is not empty of (512, 512, 4)."""
        there = whole[..., 3] > 0
        rows, columns = np.flatnonzero(there.any(1)), np.flatnonzero(there.any(0))
        if not len(rows):
            return cls(np.zeros((1, 1, 4), np.uint8), 0, 0)
        cut = np.ascontiguousarray(whole[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
        return cls(cut, int(columns[0]), int(rows[0]))

    def whole(self) -> Array:
        """(512, 512, 4) uint8."""
        made = np.zeros((SIZE, SIZE, 4), np.uint8)
        height, width = self.picture.shape[:2]
        made[self.y : self.y + height, self.x : self.x + width] = self.picture
        return made


def warped(layer: Layer, field: Array, window: tuple[int, int, int, int] = (0, 0, SIZE, SIZE)) -> Array:
    """A layer looked up at other places.

    Args:
        layer: what is seen.
        field: (64, 64, 2) float32 displacements in canvas pixels, from the wanted picture to the layer's canvas.
        window: left, top, right, bottom of what is made.

    Returns:
        (bottom - top, right - left, 4) uint8, transparent where the field leads outside the layer.
    """
    left, top, right, bottom = window
    size = (SIZE, SIZE)
    x, y = (cv2.resize(np.ascontiguousarray(field[..., axis]), size)[top:bottom, left:right] for axis in (0, 1))
    x = x + (_PLACES[left:right] - layer.x)
    y = y + (_PLACES[top:bottom, None] - layer.y)
    moved: Array = cv2.remap(layer.picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0))
    return moved


def laid(top: Array, under: Array, room: Array) -> None:
    """Lay a picture (h, w, 4) uint8 over another of its size, in place of that, as much as `room` (h, w) uint8 lets it."""
    _lay(top, under, room)


@numba.njit(cache=True, nogil=True)
def _lay(top: Array, under: Array, room: Array) -> None:
    for row in range(top.shape[0]):
        for column in range(top.shape[1]):
            share = np.int32(room[row, column])
            alpha = (np.int32(top[row, column, 3]) * share + 127) // 255
            if alpha == 0:
                continue
            through = np.int32(255) - alpha
            for channel in range(4):
                behind = np.int32(under[row, column, channel]) * through
                value = (np.int32(top[row, column, channel]) * share + 127) // 255 + ((behind + 128 + (behind >> 8)) >> 8)
                under[row, column, channel] = np.uint8(value if value < 255 else 255)


def over(picture: Array, background: Array) -> Array:
    """A picture (h, w, 4) uint8 laid over a background (h, w, 3) uint8; returns (h, w, 3) uint8."""
    made = np.empty_like(background)
    _over(picture, background, made)
    return made


@numba.njit(cache=True, nogil=True)
def _over(picture: Array, background: Array, made: Array) -> None:
    for row in range(picture.shape[0]):
        for column in range(picture.shape[1]):
            alpha = picture[row, column, 3]
            if alpha == 255:
                for channel in range(3):
                    made[row, column, channel] = picture[row, column, channel]
            elif alpha == 0 and picture[row, column, 0] == 0 and picture[row, column, 1] == 0 and picture[row, column, 2] == 0:
                for channel in range(3):
                    made[row, column, channel] = background[row, column, channel]
            else:
                through = np.int32(255) - alpha
                for channel in range(3):
                    behind = np.int32(background[row, column, channel]) * through
                    value = picture[row, column, channel] + ((behind + 128 + (behind >> 8)) >> 8)
                    made[row, column, channel] = np.uint8(min(value, 255))
