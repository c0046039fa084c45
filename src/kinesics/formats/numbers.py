"""Float32 numbers as short decimals that read back to the very same float32."""

from __future__ import annotations

import numpy as np

from ..types import Array

__all__ = ["shortest"]


def shortest(array: Array) -> Array:
    """Float64 array whose decimal form is short and whose float32 is `array`: 0.1 and not 0.10000000149011612.

    Tries 3 decimals, then 5, 7 and 9 for what those do not carry, and leaves alone what needs more. NaN and infinity stay.
    """
    wide = array.astype(np.float64)
    short = np.round(wide, 3)
    for decimals in (5, 7, 9, None):
        rest = short.astype(np.float32) != array
        if not rest.any():
            break
        short[rest] = wide[rest] if decimals is None else np.round(wide[rest], decimals)
    return short
