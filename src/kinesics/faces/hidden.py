"""Where something is in front of a face, as a map that an overlay is cut by."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ..types import Array

__all__ = ["hands_before"]

FINGERS = tuple((0, *range(first, first + 4)) for first in (1, 5, 9, 13, 17))
PALM = (0, 1, 5, 9, 13, 17)


def hands_before(mesh: Array, hands: Sequence[Array], size: tuple[int, int]) -> Array | None:
    """Hands before a face, as thick as hands are.

    Args:
        mesh: (468, 2 or 3) of the face, pixels.
        hands: (21, 2) points each, pixels.
        size: (width, height) of the picture.

    Returns:
        (h, w) float32, 1 where a hand is, with soft edges; or None where no hand is near the face.
    """
    low, high = mesh[:, :2].min(0), mesh[:, :2].max(0)
    air = (high - low).max()
    near = [
        hand[:, :2]
        for hand in hands
        if np.isfinite(hand).all() and (hand[:, :2].max(0) > low - air).all() and (hand[:, :2].min(0) < high + air).all()
    ]
    if not near:
        return None
    cover = np.zeros((size[1], size[0]), np.uint8)
    thin = 1e9
    for hand in near:
        palm = max(float(np.linalg.norm(hand[5] - hand[17])), 1.0)
        thin = min(thin, palm)
        cv2.fillConvexPoly(cover, cv2.convexHull(np.rint(hand[list(PALM)]).astype(np.int32)), 255)
        for finger in FINGERS:
            cv2.polylines(cover, [np.rint(hand[list(finger)]).astype(np.int32)], False, 255, max(round(0.3 * palm), 1))
    reach = max(round(0.05 * thin), 1) * 2 + 1
    return np.asarray(cv2.GaussianBlur(cover, (reach, reach), 0).astype(np.float32) / 255)
