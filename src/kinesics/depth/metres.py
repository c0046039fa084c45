"""Depth in metres as whole millimetres, the form that regions and forests work on."""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array


def millimetres(depth: Array, *, farthest: float = 65.0) -> Array:
    """Metres of any shape as uint16 millimetres; what is no number, not above 0 or not nearer than `farthest` becomes 0."""
    depth = np.ascontiguousarray(depth, np.float32)
    out = np.empty(depth.shape, np.uint16)
    _convert(depth.reshape(-1), np.float32(farthest), out.reshape(-1))
    return out


@numba.njit(cache=True, nogil=True)
def _convert(depth: Array, farthest: float, out: Array) -> None:
    for i in range(len(depth)):
        z = depth[i]
        out[i] = np.uint16(np.rint(z * np.float32(1000))) if 0 < z < farthest else np.uint16(0)
