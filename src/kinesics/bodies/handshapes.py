"""Handshapes as angles of the fingers' joints."""

from __future__ import annotations

import functools

import numpy as np

from ..types import Array

#: Name -> for thumb, index, middle, ring, little: how far it is bent at the palm, in the middle and at the tip, degrees.
_BENDS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "relaxed": ((14, 14, 12), (24, 26, 14), (28, 30, 16), (32, 32, 18), (34, 32, 18)),
    "flat": ((10, 4, 2), (2, 3, 2), (1, 3, 2), (2, 3, 2), (4, 4, 2)),
    "open": ((0, 0, 0), (0, 2, 2), (0, 2, 2), (0, 2, 2), (0, 2, 2)),
    "fist": ((34, 40, 36), (84, 96, 60), (86, 98, 62), (86, 98, 62), (84, 94, 60)),
    "point": ((30, 36, 30), (0, 2, 2), (84, 98, 60), (86, 98, 60), (84, 94, 58)),
    "two": ((32, 40, 34), (0, 2, 2), (0, 2, 2), (86, 98, 60), (84, 94, 58)),
    "three": ((0, 0, 0), (0, 2, 2), (0, 2, 2), (86, 98, 60), (84, 94, 58)),
    "ell": ((-6, 0, 0), (0, 2, 2), (84, 98, 60), (86, 98, 60), (84, 94, 58)),
    "why": ((-6, 0, 0), (84, 96, 60), (84, 98, 60), (86, 98, 60), (0, 2, 2)),
    "claw": ((12, 26, 22), (22, 58, 40), (22, 60, 40), (22, 58, 40), (24, 56, 38)),
    "bent": ((16, 8, 6), (80, 8, 4), (80, 8, 4), (80, 8, 4), (80, 8, 4)),
    "ring": ((30, 34, 30), (52, 52, 30), (8, 10, 6), (4, 6, 4), (2, 4, 2)),
    "pinch": ((34, 26, 20), (62, 32, 16), (62, 34, 16), (64, 34, 16), (64, 34, 16)),
    "cee": ((6, 18, 16), (34, 40, 26), (34, 42, 26), (34, 42, 26), (36, 40, 26)),
}
_SPREADS = {"open": 11.0, "claw": 8.0, "two": 7.0, "three": 9.0, "ring": 6.0, "cee": 3.0}
SHAPES = tuple(_BENDS)


@functools.cache
def shape_angles() -> Array:
    """(shapes, 20) degrees: for thumb to little finger the spread, then the three bends."""
    rows = []
    for name, fingers in _BENDS.items():
        spread = _SPREADS.get(name, 1.5)
        rows.append([angle for k, bends in enumerate(fingers) for angle in ((0.0 if k == 0 else spread * (2.3 - k)), *bends)])
    return np.array(rows)
