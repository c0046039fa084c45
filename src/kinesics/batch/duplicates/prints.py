"""What a picture of a shot looks like, small: a thumbnail, and hashes of it that survive re-encoding, scaling and light.

A hash is the signs of the lowest frequencies of a picture (its discrete cosine transform, as in Zauner 2010, section 3.2): a
brighter copy has the same ones. It is taken three times, of the whole picture and of two with all edges cut off, because a copy
that was cropped looks like the inside of its original. All pieces of one camera's film share their background; what a shot is
known by is the same hash of what differs from the shot's mean picture: who was where, when.
"""

from __future__ import annotations

import functools

import numpy as np

from ...types import Array, Frame

__all__ = ["HEIGHT", "INSETS", "SIDE", "WIDTH", "change_prints", "picture_prints", "thumbnail"]

WIDTH, HEIGHT = 48, 36  # of a thumbnail, whatever the picture's shape
FINER = 4  # averaged in steps: rounding to whole levels would drown what little moves in a quiet shot
INSETS = (0.0, 0.025, 0.05)  # cut from each edge, share of the side
SIDE = 8  # frequencies a side
_POINTS = 64  # a cell, so that a cut within a cell counts


def thumbnail(frame: Frame) -> Array:
    """(36, 48) float32 brightness of a frame, in whatever range its decoder gives."""
    import cv2

    planes, size = frame.planes, (WIDTH * FINER, HEIGHT * FINER)
    if planes is not None:
        fine = cv2.resize(planes[0], size, interpolation=cv2.INTER_AREA)
    else:
        fine = cv2.cvtColor(cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return np.asarray(fine.reshape(HEIGHT, FINER, WIDTH, FINER).mean((1, 3), dtype=np.float32))


def picture_prints(shot: Array) -> Array:
    """(n, 24) uint8: three hashes of each thumbnail, one for each of `INSETS`; of (n, 36, 48) float32."""
    return _prints(shot)


def change_prints(shot: Array) -> tuple[Array, Array]:
    """What moves in a shot.

    Args:
        shot: (n, 36, 48) float32, its thumbnails.

    Returns:
        (n, 24) uint8, three hashes of what differs from the mean picture, and (n,) float32, how much that is: root mean
        square, levels.
    """
    gap = shot - shot.mean(0)
    return _prints(gap), np.sqrt((gap * gap).mean((1, 2)))


def _prints(pictures: Array) -> Array:
    out = np.empty((len(pictures), len(INSETS), SIDE), np.uint8)
    for i, inset in enumerate(INSETS):
        waves = _basis(HEIGHT, inset) @ pictures @ _basis(WIDTH, inset).T  # (n, 8, 8)
        waves[:, 0, 0] = 0.0  # the mean brightness says nothing
        out[:, i] = np.packbits(waves.reshape(len(pictures), SIDE * SIDE) > 0, axis=1)
    return out.reshape(len(pictures), -1)


@functools.cache
def _basis(size: int, inset: float) -> Array:
    """(8, size) float32: cosines over the inside of a side of `size` cells; all but the first are blind to the mean."""
    edge = inset * size
    place = (np.arange(size * _POINTS) + 0.5) / _POINTS
    inside = (place >= edge) & (place <= size - edge)
    waves = np.cos(np.pi * np.arange(SIDE)[:, None] * (place - edge) / (size - 2 * edge)) * inside
    waves[1:] -= waves[1:].sum(1, keepdims=True) / inside.sum() * inside
    return np.asarray(waves.reshape(SIDE, size, _POINTS).mean(2), np.float32)
