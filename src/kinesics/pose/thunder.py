"""MoveNet Thunder: the joints of one person in a square crop, more exact than MultiPose's (optional set "accurate")."""

from __future__ import annotations

import numpy as np

from ..types import Array
from ..weights import Net, load

__all__ = ["Thunder", "squares"]

SIDE = 256
MARGIN = 1.25  # side of the crop per longer side of the person


class Thunder:
    """The bare net: crops of persons go in, several at once.

    Args:
        threads: how many threads the net may use.

    Raises:
        WeightsError: the optional set is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 2) -> None:
        self.net: Net = load("movenet_thunder", threads=threads)

    def see(self, image: Array, boxes: Array) -> tuple[Array, Array]:
        """Joints in square boxes (n, 4) of a picture: points (n, 17, 2) pixels, scores (n, 17)."""
        if not len(boxes):
            return np.zeros((0, 17, 2)), np.zeros((0, 17))
        crops = np.stack([_crop(image, box) for box in boxes]).astype(np.int32)
        found = np.asarray(self.net.run(crops)[0], np.float64)[:, 0]  # (n, 17, 3): y, x, score
        side = (boxes[:, 2] - boxes[:, 0])[:, None, None]
        return boxes[:, None, :2] + found[..., 1::-1] * side, np.clip(found[..., 2], 1e-6, 1)


def squares(boxes: Array, margin: float = MARGIN) -> Array:
    """Square boxes (n, 4) round boxes (n, 4), `margin` times their longer side."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = np.maximum((boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True), 2) * margin / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def _crop(image: Array, box: Array) -> Array:
    """(256, 256, 3) of a square box; black beyond the picture."""
    import cv2

    scale = SIDE / (box[2] - box[0])
    if scale >= 0.5:
        matrix = np.array([[scale, 0, (0.5 - box[0]) * scale - 0.5], [0, scale, (0.5 - box[1]) * scale - 0.5]])
        x1, y1 = np.maximum(np.floor(box[:2]).astype(int) - 1, 0)
        x2, y2 = np.ceil(box[2:]).astype(int) + 1
        part = image[y1:y2, x1:x2]
        if not part.size:
            return np.zeros((SIDE, SIDE, 3), np.uint8)
        matrix[:, 2] += scale * np.array([x1, y1])
        return np.asarray(cv2.warpAffine(part, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR))
    x1, y1, x2, y2 = np.round(box).astype(int)
    canvas = np.zeros((SIDE, SIDE, 3), np.uint8)
    left, top, right, bottom = max(x1, 0), max(y1, 0), min(x2, image.shape[1]), min(y2, image.shape[0])
    if left < right and top < bottom:
        a, b = np.clip(np.round((np.array([left, top]) - [x1, y1]) * scale).astype(int), 0, SIDE - 1)
        c, d = np.clip(np.round((np.array([right, bottom]) - [x1, y1]) * scale).astype(int), [a + 1, b + 1], SIDE)
        canvas[b:d, a:c] = cv2.resize(image[top:bottom, left:right], (int(c - a), int(d - b)), interpolation=cv2.INTER_AREA)
    return canvas
