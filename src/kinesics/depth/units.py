"""Depth as cameras and files give it, into metres: which unit it is in, and what counts as nothing seen.

Depth files rarely say their unit. Whole numbers are taken for millimetres and fractions for metres, and the first picture with
something in it is held against that: nobody stands 30 metres away in a depth picture, and nobody 30 millimetres.
"""

from __future__ import annotations

import numpy as np

from ..errors import SourceError, UsageError
from ..types import Array

__all__ = ["FARTHEST", "claimed", "settled", "to_metres", "unlikely"]

FARTHEST = 32.0  # metres; what is farther, and what is not a number, counts as no return
BETWEEN = 30.0  # a median above it is no metres, one below it no millimetres
COMMON = 0.05  # a largest value that so large a share of the pixels has is a background, not a surface
BACKGROUNDS = (1e3, 1e4, 1e5, 65504.0)  # metres that tools write where there is nothing; the last is the largest half
METRES, MILLIMETRES = 1.0, 0.001


def claimed(units: str | float | None, kind: str) -> float:
    """Metres a step, before anything was looked at.

    Args:
        units: "m", "mm", metres a step (0.0002 where 5000 is one metre), or None for what is usual.
        kind: of the numbers, as in `dtype.kind`: "f" for fractions, "u" and "i" for whole numbers.

    Raises:
        UsageError: no such unit.
    """
    if units is None:
        return METRES if kind == "f" else MILLIMETRES
    if isinstance(units, str):
        try:
            return {"m": METRES, "mm": MILLIMETRES}[units] if units in ("m", "mm") else claimed(float(units), kind)
        except ValueError:
            raise UsageError(f"units {units!r}: expected m, mm or metres a step such as 0.0002") from None
    if not (np.isfinite(units) and 0 < units <= 1):
        raise UsageError(f"units {units!r}: expected m, mm or metres a step, above 0 and at most 1")
    return float(units)


def _middle(picture: Array) -> float | None:
    """The median of what is seen; None when there is nothing but background."""
    seen = picture[np.isfinite(picture) & (picture > 0)] if picture.dtype.kind == "f" else picture[picture > 0]
    if not seen.size:
        return None
    largest = seen.max()
    if (seen == largest).mean() >= COMMON and largest > BETWEEN:
        nearer = seen[seen < largest]
        if not nearer.size:
            return None if largest >= 1000 and picture.dtype.kind == "f" else float(largest)
        seen = nearer
    return float(np.median(seen))


def settled(picture: Array, step: float) -> tuple[float | None, str]:
    """Hold a unit against a picture.

    Args:
        picture: (h, w) numbers as they came.
        step: metres a step, as claimed.

    Returns:
        metres a step as it must be, None when nothing is seen to judge by; and a line for people when the claim was wrong.

    Raises:
        SourceError: whole numbers so small that they are no depth at all.
    """
    middle = _middle(picture)
    if middle is None:
        flat = picture[np.isfinite(picture) & (picture > BETWEEN)] if picture.dtype.kind == "f" else picture[:0]
        if step == METRES and flat.size and float(flat.max()) not in BACKGROUNDS:
            return None, f"{flat.max():.0f} m everywhere is taken for nothing seen; if these are millimetres, give units mm"
        return None, ""
    if step == METRES and middle > BETWEEN:
        return MILLIMETRES, f"these are millimetres, not metres (half of what is seen lies beyond {middle:.0f}): read as such"
    if step == MILLIMETRES and middle < BETWEEN:
        if picture.dtype.kind != "f":
            raise SourceError(
                f"whole numbers around {middle:.0f} are no depth in millimetres (labels of parts perhaps?); "
                "give units in metres a step if they are"
            )
        return METRES, f"these are metres, not millimetres (half of what is seen is below {middle:.2f}): read as such"
    return step, unlikely(middle * step)


def unlikely(metres: float) -> str:
    """A line for people when nobody stands at that distance; else nothing."""
    if 0.3 <= metres <= 12.0:
        return ""
    return f"half of what is seen lies beyond {metres:.3g} m: if that cannot be, give the units in metres a step"


def to_metres(picture: Array, step: float) -> Array:
    """(h, w) float32 metres; what is not a number, not above 0 or farther than `FARTHEST` becomes 0."""
    metres = picture.astype(np.float32)
    metres *= np.float32(step)
    keep = (metres > 0) & (metres < FARTHEST)  # NaN fails both
    metres[~keep] = 0
    return metres
