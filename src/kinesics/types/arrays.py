"""What the records have in common: arrays that are checked, copied and read-only."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ShapeError

Array = npt.NDArray[Any]


def array(owner: str, name: str, value: Any, dtype: npt.DTypeLike, shape: tuple[int | None, ...]) -> Array:
    """Copy to a read-only array of `dtype`; None in `shape` fits any length."""
    try:
        array = np.array(value, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise ShapeError(f"{owner}.{name}: expected numbers of shape {_words(shape)}, got {type(value).__name__}") from error
    if array.ndim != len(shape) or any(want is not None and want != got for want, got in zip(shape, array.shape, strict=True)):
        raise ShapeError(f"{owner}.{name}: expected shape {_words(shape)}, got {array.shape}")
    array.flags.writeable = False
    return array


def _words(shape: tuple[int | None, ...]) -> str:
    return "(" + ", ".join("any" if n is None else str(n) for n in shape) + ")"


def joints(owner: str, points: Array, scores: Array) -> Array:
    """Set the coordinates of missing joints to NaN; refuse scores beyond 0..1 and seen joints without coordinates."""
    if scores.size == 0:
        return points
    if not (scores.min() >= 0 and scores.max() <= 1):  # NaN fails too
        raise ShapeError(f"{owner}: scores must be 0 to 1, got {scores.min():g} to {scores.max():g}")
    missing = scores == 0
    if missing.any():
        points = points.copy()
        points[missing] = np.nan
        points.flags.writeable = False
    if not np.isfinite(points[~missing]).all():
        raise ShapeError(f"{owner}: a joint with a score above 0 has no finite coordinates; give missing joints score 0")
    return points


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    return bool(a == b)


def same(a: Any, b: Any) -> bool:
    """Whether two records of one kind hold the same; NaN equals NaN."""
    return type(a) is type(b) and all(_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(a) if f.compare)


def locked(array: Array) -> Array:
    """A read-only view."""
    array = array.view()
    array.flags.writeable = False
    return array
