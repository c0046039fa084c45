"""What differs from the empty room is the person: a mask held against a picture of the background alone."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array

__all__ = ["against"]

QUIET = 10.0  # difference of colour (CIE Lab) that a still background shows by noise and shadow
LOUD = 30.0  # difference from which it is surely something else
STRENGTH = 3.0  # log odds that a clear difference, or none at all, is worth


def against(picture: Array, mask: Array, background: Array, cell: float) -> Array:
    """Raise a mask near the person where the picture differs from the background, lower it near the edge where it does not.

    Args:
        picture: (h, w, 3) uint8 RGB.
        mask: (h, w) float32 0 to 1.
        background: (h, w, 3) or (h, w, 4) uint8; the last of four channels says where it is known.
        cell: pixels that the mask may be wrong by.

    Returns:
        (h, w) float32 0 to 1.
    """
    differs = _difference(picture, background[..., :3])
    evidence = np.clip((differs - QUIET) / (LOUD - QUIET), 0, 1) * 2 - 1
    reach = 2 * max(round(4 * cell), 1) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    body = (mask > 0.5).astype(np.uint8)
    band = cv2.dilate(body, kernel) - cv2.erode(body, kernel)
    band = cv2.blur(band.astype(np.float32), (reach, reach))
    if background.shape[2] == 4:
        band = band * (background[..., 3] > 127)
    odds = np.log(np.clip(mask, 0.02, 0.98) / (1 - np.clip(mask, 0.02, 0.98)))
    return np.asarray(1 / (1 + np.exp(-(odds + STRENGTH * evidence * band))), np.float32)


def _difference(picture: Array, background: Array) -> Array:
    """(h, w) float32 distance in CIE Lab; brightness counts half, since shadows change it."""
    weights = np.array([0.5, 1, 1], np.float32)
    a, b = (cv2.cvtColor(cv2.GaussianBlur(x, (0, 0), 1), cv2.COLOR_RGB2LAB).astype(np.float32) for x in (picture, background))
    return np.asarray(np.linalg.norm((a - b) * weights, axis=-1), np.float32)
