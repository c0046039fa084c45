"""Big pictures read small: a JPEG is decoded at a fraction of its size, by leaving out frequencies."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..types import Array
from .pictures import Stored, decode, first_frame, read_stored

__all__ = ["load_scaled", "scaled_down"]


def load_scaled(path: str | Path, longest: int, *, pixel_limit: int | None = None) -> tuple[Array, tuple[int, int]]:
    """Read a picture no longer than needed, turned the way its EXIF orientation says.

    A JPEG of twice the length or more is never there in full: what is decoded is a half, a quarter or an eighth of it.

    Args:
        path: as `load_image` takes it.
        longest: pixels of the longer side at most; a smaller picture stays as it is.
        pixel_limit: refuse more pixels than this, from the header. None: 50 million.

    Returns:
        (h, w, 3) uint8 RGB, and the (width, height) of the whole picture.

    Raises:
        SourceError: no such file, not a picture, damaged, or too large.
    """
    stored = read_stored(str(path), pixel_limit)
    if stored is None:
        image = first_frame(str(path), pixel_limit)
        return scaled_down(image, longest), (image.shape[1], image.shape[0])
    return decode_scaled(stored, longest)


def decode_scaled(stored: Stored, longest: int) -> tuple[Array, tuple[int, int]]:
    """The same of a file that was read; see `load_scaled`."""
    step = _step(stored, longest)
    image = decode(stored, step)
    size = (image.shape[1], image.shape[0]) if step == 1 else _turned(stored.size, image, step)
    return scaled_down(image, longest), size


def scaled_down(image: Array, longest: int) -> Array:
    """(h, w, 3) uint8 with a longer side of `longest` pixels at most; one that is small enough is handed back as it is."""
    import cv2

    high, wide = image.shape[:2]
    scale = longest / max(high, wide)
    if scale >= 1:
        return image
    size = (max(round(wide * scale), 1), max(round(high * scale), 1))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def _step(stored: Stored, longest: int) -> int:
    """The largest of 8, 4, 2 and 1 that leaves the longer side at `longest` or above, and tells how the picture lies."""
    if not stored.is_jpeg:
        return 1
    wide, high = stored.size
    fits = [
        step
        for step in (8, 4, 2)
        if max(wide, high) >= step * longest and (wide == high or -(-wide // step) != -(-high // step))
    ]
    return fits[0] if fits else 1


def _turned(size: tuple[int, int], image: Array, step: int) -> tuple[int, int]:
    """The stored (width, height), or the other way round if the small picture was turned on its side."""
    wide, high = size
    return (wide, high) if (-(-high // step), -(-wide // step)) == image.shape[:2] else (high, wide)
