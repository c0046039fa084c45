"""Eyeballs finer than the base mesh has them: rings about the line of sight, cut where pupil and iris end."""

from __future__ import annotations

import numpy as np

from ..types import Array
from .materials import MATERIALS

#: Degrees from the line of sight of each ring; the first is the middle.
_RINGS = (0.0, 5.0, 10.5, 16.0, 22.0, 28.0, 33.0, 42.0, 54.0, 68.0, 84.0, 104.0)
_AROUND = 24
_PUPIL, _IRIS = 10.5, 28.0
_OUTWARDS = 2.0  # degrees between the line of sight and straight ahead, with lids as they are at rest


def eyeball(middle: Array, radius: float) -> tuple[Array, Array, Array]:
    """The left eye: vertices (v, 3), faces (f, 3) that look outwards, labels (f,) of `MATERIALS`; x left, y down, z back.

    Args:
        middle: (3,) of the ball.
        radius: metres.
    """
    a, b = np.radians(np.array(_RINGS[1:]))[:, None], np.radians(np.arange(_AROUND) * 360 / _AROUND)[None]
    ways = np.stack([np.sin(a) * np.cos(b), np.sin(a) * np.sin(b), -np.cos(a) * np.ones_like(b)], axis=-1).reshape(-1, 3)
    ways = np.concatenate([[[0.0, 0, -1]], ways])
    turn = np.radians(_OUTWARDS)
    c, s = np.cos(turn), np.sin(turn)
    ways = ways @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])  # straight ahead becomes a little to the left
    faces, labels = [], []
    for ring in range(len(_RINGS) - 1):
        inner, outer = 1 + (ring - 1) * _AROUND, 1 + ring * _AROUND
        name = "pupil" if _RINGS[ring] < _PUPIL else "iris" if _RINGS[ring] < _IRIS else "eye_white"
        for k in range(_AROUND):
            n = (k + 1) % _AROUND
            own = [[0, outer + n, outer + k]]
            if ring > 0:
                own = [[inner + k, outer + n, outer + k], [inner + k, inner + n, outer + n]]
            faces += own
            labels += [MATERIALS.index(name)] * len(own)
    return middle + radius * ways, np.array(faces, np.int32), np.array(labels, np.uint8)
