"""What goes into the viewer's nets and comes out, the same in training and at work."""

from __future__ import annotations

import cv2
import numba
import numpy as np

from ..types import Array
from .footage import SIZE
from .part_maps import MAPS
from .warping import GRID

__all__ = ["CELL", "FEATURES", "FINE", "INPUTS", "beside", "core_input", "gathered", "raised", "scattered"]

CELL = SIZE / GRID
"""Canvas pixels in a cell of the coarse grid: the unit of the flows in the nets."""
INPUTS = 3 * 4 + 3 * 2 + MAPS
"""Channels of the core: the warped layers, their fields, the maps of the pose."""
FEATURES = 16
"""Channels from the core to the refiner …"""
FINE = 16
"""… and from the refiner to the head."""
NEAR = 9
"""Cells of the 128 grid, width and height of what counts as near the person."""


def core_input(layers: Array, fields: Array, maps: Array) -> Array:
    """(INPUTS, 64, 64) float32.

    Args:
        layers: (3, 64, 64, 4) uint8, trunk, left and right arm, warped, on the coarse grid.
        fields: (3, 64, 64, 2) float32 of `flow_field`, canvas pixels.
        maps: (24, 64, 64) of `part_maps`.
    """
    made = np.empty((INPUTS, GRID, GRID), np.float32)
    np.multiply(layers.transpose(0, 3, 1, 2).reshape(12, GRID, GRID), np.float32(1 / 255), out=made[:12])
    np.multiply(fields.transpose(0, 3, 1, 2).reshape(6, GRID, GRID), np.float32(1 / (4 * CELL)), out=made[12:18])
    made[18:] = maps
    return made


def beside(alpha: Array) -> Array:
    """(128, 128) float32, 1 on the person and near it, 0 where nets have nothing to add; `alpha` is (s, s) uint8."""
    coarse = cv2.resize(alpha, (SIZE // 4, SIZE // 4), interpolation=cv2.INTER_AREA)
    return np.asarray((cv2.dilate(coarse, np.ones((NEAR, NEAR), np.uint8)) > 0).astype(np.float32))


def gathered(picture: Array, block: int) -> Array:
    """(1, 4 * block², s / block, s / block) float32 in 0..1 of a picture (s, s, 4) uint8: pixels of a block become channels.

    Channel `c * block² + y * block + x` is colour c at (x, y) of the block, as pixel shuffle orders them.
    """
    size = picture.shape[0] // block
    made = np.empty((1, 4 * block * block, size, size), np.float32)
    _gather(picture, block, made[0])
    return made


def scattered(picture: Array, residual: Array, block: int) -> None:
    """Add a residual (4 * block², s / block, s / block), 1 for 255, to a picture (s, s, 4) uint8 in place, in bounds."""
    _scatter(picture, residual, block)


def raised(residual: Array) -> Array:
    """(512, 512, 4) int16 of a residual (16, 128, 128) of a picture of 256, 1 for 255: pixels shuffled, then twice the size."""
    half = SIZE // 2
    shuffled = (residual.reshape(4, 2, 2, half // 2, half // 2) * np.float32(255)).transpose(3, 1, 4, 2, 0)
    whole = np.rint(shuffled).astype(np.int16).reshape(half, half, 4)
    made: Array = cv2.resize(whole, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    return made


@numba.njit(cache=True, nogil=True, fastmath=True)
def _gather(picture: Array, block: int, made: Array) -> None:
    for channel in range(4):
        for dy in range(block):
            for dx in range(block):
                at = (channel * block + dy) * block + dx
                for row in range(made.shape[1]):
                    for column in range(made.shape[2]):
                        made[at, row, column] = picture[row * block + dy, column * block + dx, channel] * np.float32(1 / 255)


@numba.njit(cache=True, nogil=True)
def _scatter(picture: Array, residual: Array, block: int) -> None:
    """Row by row: planes are a power of two apart, and read pixel by pixel they would drive each other out of the cache."""
    size = residual.shape[2]
    line = np.empty(picture.shape[1] * 4, np.float32)
    flat = picture.reshape(picture.shape[0], picture.shape[1] * 4)
    for row in range(residual.shape[1]):
        for dy in range(block):
            for dx in range(block):
                for channel in range(4):
                    plane = residual[(channel * block + dy) * block + dx, row]
                    for column in range(size):
                        line[(column * block + dx) * 4 + channel] = plane[column]
            y = row * block + dy
            for i in range(line.size):
                value = np.float32(flat[y, i]) + line[i] * np.float32(255) + np.float32(0.5)
                flat[y, i] = np.uint8(min(max(value, np.float32(0)), np.float32(255)))
