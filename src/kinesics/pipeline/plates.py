"""The place without the person: what a camera that stands still sees when nobody is in the way."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array
from ..viewer.medians import median_where

__all__ = ["looks", "plate"]

LOOKS = 48  # pictures that a plate is made of
GROW = 9  # pixels by which a mask is grown before what lies outside of it is trusted
FEW = 3  # looks at a pixel, at least; else it is a hole


def looks(n: int) -> Array:
    """Which of n pictures a plate is made of."""
    return np.unique(np.linspace(0, n - 1, min(n, LOOKS)).round().astype(int))


def plate(pictures: Array, alpha: Array) -> Array | None:
    """The background, each pixel the median of the moments at which the person did not cover it.

    Args:
        pictures: (n, h, w, 3) uint8 of a camera that stands still; a few dozen over all of the time are enough.
        alpha: (n, h, w) uint8 of the person.

    Returns:
        (h, w, 4) uint8: colours, places that were covered at all times filled from around; the last channel is 255 where the
        place was seen. None if most of it was not.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * GROW + 1, 2 * GROW + 1))
    free = np.stack([cv2.dilate(mask, kernel) < 16 for mask in alpha])
    often = free.sum(0)
    hole = often < min(FEW, len(pictures))
    if hole.mean() > 0.7:
        return None
    middle = median_where(pictures, free)
    return np.dstack([_filled(middle, hole), np.where(hole, 0, 255).astype(np.uint8)])


def _filled(picture: Array, hole: Array) -> Array:
    """Holes painted from their borders, at a quarter of the size: nobody will see them behind the person."""
    if not hole.any():
        return picture
    small = max(picture.shape[1] // 4, 1), max(picture.shape[0] // 4, 1)
    share = cv2.resize((~hole).astype(np.float32), small, interpolation=cv2.INTER_AREA)
    colour = cv2.resize(picture * (~hole)[..., None].astype(np.float32), small, interpolation=cv2.INTER_AREA)
    known = (colour / np.maximum(share, 1e-3)[..., None]).clip(0, 255).astype(np.uint8)
    painted = cv2.inpaint(known, (share < 0.5).astype(np.uint8), 5, cv2.INPAINT_TELEA)
    grown = cv2.resize(painted, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), 3)[..., None]
    soft = np.where(hole[..., None], 1.0, soft)
    return np.asarray((picture * (1 - soft) + grown * soft + 0.5).clip(0, 255).astype(np.uint8))
