"""The colours of a cut-out person where its edge is see-through."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array

__all__ = ["edge_colours"]


def edge_colours(picture: Array, mask: Array, radius: int = 12, background: Array | None = None) -> Array:
    """The person's own colours, without what shines through from behind: no light rim round dark hair on a dark wall.

    Each colour is taken for a mix of person and background, whose colours are those of their surroundings; what the mix does
    not explain goes to the person (Forte, Approximate fast foreground colour estimation, ICIP 2021: a wide round, then a
    narrow one).

    Args:
        picture: (h, w, 3) uint8.
        mask: (h, w) float32 share of the person, 0 to 1.
        radius: how far colours are taken from, pixels.
        background: (h, w, 3) uint8, what is behind, where it is known.

    Returns:
        (h, w, 3) uint8: the picture where the mask is 1, the person's colours carried outwards elsewhere.
    """
    image: Array = picture.astype(np.float32)
    share: Array = np.clip(mask, 0, 1)[..., None].astype(np.float32)
    front: Array = image
    behind: Array = image if background is None else background.astype(np.float32)
    for reach in (radius, max(radius // 4, 1)):
        near = _mean(share, reach)
        blurred = _mean(front * share, reach) / np.maximum(near, 1e-4)
        if background is None:
            behind = _mean(behind * (1 - share), reach) / np.maximum(_mean(1 - share, reach), 1e-4)
        rest = image - share * blurred - (1 - share) * behind
        front = np.where(near > 1e-3, np.clip(blurred + share * rest, 0, 255), front)
    return np.asarray(np.round(front), np.uint8)


def _mean(x: Array, radius: int) -> Array:
    blurred = cv2.blur(x, (2 * radius + 1, 2 * radius + 1), borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred).reshape(x.shape)
