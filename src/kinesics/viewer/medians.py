"""What many pictures show where nothing hides it."""

from __future__ import annotations

import numpy as np

from ..types import Array

__all__ = ["median_where"]

STRIP = 32  # rows at a time: the whole would be a large table


def median_where(pictures: Array, shown: Array) -> Array:
    """The median of each pixel over the pictures that show it, the lower of two middle ones.

    Args:
        pictures: (n, h, w, c) uint8.
        shown: (n, h, w) bool.

    Returns:
        (h, w, c) uint8; 255 where no picture shows the place.
    """
    middle = np.empty(pictures.shape[1:], np.uint8)
    for y in range(0, len(middle), STRIP):
        rows = slice(y, y + STRIP)
        ordered = np.sort(np.where(shown[:, rows, :, None], pictures[:, rows], np.uint8(255)), axis=0)
        at = (np.maximum(shown[:, rows].sum(0) - 1, 0) // 2)[None, :, :, None]
        middle[rows] = np.take_along_axis(ordered, np.broadcast_to(at, (1, *ordered.shape[1:])), 0)[0]
    return middle
