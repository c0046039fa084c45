"""MoveNet Thunder: the joints of one person in a square crop, more exact than MultiPose's (optional set "accurate")."""

from __future__ import annotations

import numpy as np

from ..types import Array, skeleton
from ..weights import Net, load
from .merge import average, side
from .view import View

__all__ = ["Thunder", "blend", "squares"]

SIDE = 256
MARGIN = 1.25  # side of the crop per longer side of the person
SHIFT = 0.3  # crop pixels that joints lie too far left and up, measured as for MultiPose
SHARE = 0.45  # how much a joint of MultiPose counts beside one of Thunder with the same score, where they agree


class Thunder:
    """The bare net: crops of persons go in, several at once.

    Args:
        threads: how many threads the net may use.

    Raises:
        WeightsError: the optional set is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 2) -> None:
        self.net: Net = load("movenet_thunder", threads=threads)

    def see(self, view: View, boxes: Array) -> tuple[Array, Array]:
        """Joints in square boxes (n, 4), whole pixels, of a picture: points (n, 17, 2) pixels, scores (n, 17)."""
        if not len(boxes):
            return np.zeros((0, 17, 2)), np.zeros((0, 17))
        crops = np.stack([_crop(view, box) for box in boxes]).astype(np.int32)
        found = np.asarray(self.net.run(crops)[0], np.float64)[:, 0]  # (n, 17, 3): y, x, score
        length = (boxes[:, 2:] - boxes[:, :2])[:, None]
        points = boxes[:, None, :2] + (found[..., 1::-1] + SHIFT / SIDE) * length - 0.5  # to the centres of pixels
        return points, np.clip(found[..., 2], 1e-6, 1)


def squares(boxes: Array, margin: float = MARGIN) -> Array:
    """Square boxes (n, 4), whole pixels, round boxes (n, 4), `margin` times their longer side."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    length = np.round(np.maximum((boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True), 4) * margin)
    corner = np.round(centre - length / 2)
    return np.concatenate([corner, corner + length], axis=1).astype(int)


def blend(points: tuple[Array, Array], scores: tuple[Array, Array], boxes: Array) -> tuple[Array, Array]:
    """Thunder's joints moved towards MultiPose's where both agree, else the more trusted of the two.

    Args:
        points: of Thunder and of MultiPose, (n, 17, 2) each.
        scores: (n, 17) each.
        boxes: (n, 4).

    Returns:
        points (n, 17, 2), scores (n, 17).
    """
    sigmas, weight = np.array(skeleton("coco17").sigmas), np.array([1, SHARE])
    rows = [
        average(np.stack([a, b]), np.stack([s, t]), weight, 1.4 * sigmas * length)
        for a, b, s, t, length in zip(*points, *scores, side(boxes), strict=True)
    ]
    return np.stack([row[0] for row in rows]), np.stack([row[1] for row in rows])


def _crop(view: View, square: Array) -> Array:
    """(256, 256, 3) of a square in whole pixels; black beyond the picture."""
    x1, y1, x2, y2 = square.tolist()
    canvas = np.zeros((SIDE, SIDE, 3), np.uint8)
    left, top, right, bottom = max(x1, 0), max(y1, 0), min(x2, view.width), min(y2, view.height)
    if left < right and top < bottom:
        scale = SIDE / (x2 - x1)
        a, b = min(round((left - x1) * scale), SIDE - 1), min(round((top - y1) * scale), SIDE - 1)
        c, d = max(round((right - x1) * scale), a + 1), max(round((bottom - y1) * scale), b + 1)
        canvas[b:d, a:c] = view.part((left, top, right, bottom), (c - a, d - b))
    return canvas
