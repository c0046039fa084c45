"""A picture with background around it, and the depth at a place in it: what labelling and learning have in common.

The border makes every probe one load without a question: places outside are cut to it. Places are whole numbers in float32,
which are exact up to `LARGEST` pixels, so that many of them are worked out at once.
"""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array
from .features import BACKGROUND, FARTHEST


@numba.njit(cache=True, nogil=True)
def pad(depth: Array, out: Array) -> None:
    """(h, w) uint16 into (h + 2, w + 2) int16 with background around and wherever nobody is."""
    h, w = depth.shape
    nothing, reach = np.int16(BACKGROUND), np.uint16(FARTHEST - 1)
    for c in range(w + 2):
        out[0, c] = nothing
        out[h + 1, c] = nothing
    for r in range(h):
        line, row = depth[r], out[r + 1]
        row[0] = nothing
        row[w + 1] = nothing
        inner = row[1 : w + 1]
        for c in range(w):
            d = line[c]
            inner[c] = np.int16(d) if np.uint16(d - np.uint16(1)) < reach else nothing


@numba.njit(cache=True, nogil=True, inline="always")
def probe(
    flat: Array, x: np.float32, y: np.float32, u: np.float32, v: np.float32, sx: np.float32, sy: np.float32,
    width: np.float32, right: np.float32, bottom: np.float32,
) -> np.int32:  # fmt: skip
    """Depth at u, v (tenths of a millimetre, sx and sy pixels each) from x, y of a padded picture."""
    half, zero = np.float32(0.5), np.float32(0)
    across = min(max(x + np.floor(u * sx + half), zero), right)
    down = min(max(y + np.floor(v * sy + half), zero), bottom)
    return np.int32(flat[np.uint32(np.int32(down * width + across))])
