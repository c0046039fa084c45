"""One person's outline in a picture, soft at the edges."""

from __future__ import annotations

import cv2
import numpy as np

from ..errors import ShapeError
from ..types import Array
from ..weights import load
from .guided import guided
from .plate import against

__all__ = ["PersonMask"]

SIDE = 256  # of the pictures the nets take
ROOM = 1.25  # side of the square looked at per longer side of the person's box
CLOSE = 1.05  # … and of a second look at the mirrored picture: where both err, they seldom agree
BODY = 0.6  # how much the whole-body net counts for people who are wholly in the picture
EDGE = 12  # rows at the picture's lower edge in which the selfie net is not to be trusted, of its 256
BEYOND = 0.15  # how far, in shares of the box's longer side, a person may reach beyond the box


class PersonMask:
    """Cuts one person out.

    MediaPipe's selfie net sees people who are close and cut off by the picture's edge; for people who are wholly in the
    picture BlazePose's outline is better, so both are asked and joined. Their 256 pixels are then fitted to the picture's own
    edges by a guided filter (He et al. 2010).

    Args:
        threads: how many the nets may use.

    Raises:
        WeightsError: a net is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1) -> None:
        self._selfie = load("selfie_segmentation", threads=threads)
        self._body = load("pose_landmark_full", threads=threads)

    def mask(self, image: Array, box: Array | None = None, background: Array | None = None) -> Array:
        """How much of each pixel is the person.

        Args:
            image: (h, w, 3) uint8 RGB; it is not changed.
            box: x1 y1 x2 y2 of the person, pixels; None: whoever is in the picture.
            background: (h, w, 3) uint8, what a camera that stands still sees without the person; (h, w, 4) says in its last
                channel where that is known (255).

        Returns:
            (h, w) float32, 0 to 1.

        Raises:
            ShapeError: the picture is none, or the background has another size.
        """
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
            raise ShapeError(f"expected a picture (h, w, 3) uint8, got {image.shape} {image.dtype}")
        if background is not None and background.shape[:2] != image.shape[:2]:
            raise ShapeError(f"expected a background of the picture's size {image.shape[:2]}, got {background.shape[:2]}")
        if box is None:
            box = _extent(self._ask(image, _square(np.array([0, 0, image.shape[1], image.shape[0]]), 1.0), False, alone=True))
        if box is None or not np.isfinite(box).all():
            return np.zeros(image.shape[:2], np.float32)
        box = np.asarray(box, float)
        looks = [self._ask(image, _square(box, room), mirrored) for room, mirrored in ((ROOM, False), (CLOSE, True))]
        return _finish(image, (looks[0] + looks[1]) / 2, box, background)

    def _ask(self, image: Array, square: tuple[float, float, float], mirrored: bool, alone: bool = False) -> Array:
        """(h, w) float32 what the nets, or the selfie net alone, say of a square (left, top, side)."""
        left, top, side = square
        scale = SIDE / side
        there = np.array([[scale, 0, scale * (0.5 - left) - 0.5], [0, scale, scale * (0.5 - top) - 0.5]])
        cut = _warp(image, there, (SIDE, SIDE))[None].astype(np.float32) / 255
        cut = np.ascontiguousarray(cut[:, :, ::-1]) if mirrored else cut
        close = self._selfie.run(cut)[0][0, :, :, 0]
        end = round((image.shape[0] - top) * SIDE / side)  # row of the cut where the picture ends
        if EDGE < end <= SIDE and float((close[end - EDGE] > 0.5).mean()) > 0.04:  # the person goes on below
            close[end - EDGE : end] = np.maximum(close[end - EDGE : end], close[end - EDGE])
        elif not alone:
            logit = self._body.run(cut)[2][0, :, :, 0]
            close = (1 - BODY) * close + BODY / (1 + np.exp(-np.clip(logit, -30, 30)))
        close = close[:, ::-1] if mirrored else close
        flags, size = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, (image.shape[1], image.shape[0])
        return np.asarray(np.clip(cv2.warpAffine(close.astype(np.float32), there, size, flags=flags), 0, 1))


def _square(box: Array, room: float) -> tuple[float, float, float]:
    """Left, top and side of the square round a box."""
    side = max(float((box[2:] - box[:2]).max()), 8.0) * room
    return float(box[0] + box[2] - side) / 2, float(box[1] + box[3] - side) / 2, side


def _warp(image: Array, matrix: Array, size: tuple[int, int]) -> Array:
    """A warp that averages where it makes smaller."""
    if (shrink := int(1 / matrix[0, 0])) > 1:
        wide, high = max(image.shape[1] // shrink, 1), max(image.shape[0] // shrink, 1)
        small = cv2.resize(image, (wide, high), interpolation=cv2.INTER_AREA)
        fx, fy = image.shape[1] / wide, image.shape[0] / high
        matrix = matrix @ np.array([[fx, 0, (fx - 1) / 2], [0, fy, (fy - 1) / 2], [0, 0, 1]])
        image = small
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR))


def _extent(coarse: Array) -> Array | None:
    rows, columns = np.flatnonzero((coarse > 0.5).any(axis=1)), np.flatnonzero((coarse > 0.5).any(axis=0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) if len(rows) else None


def _finish(image: Array, coarse: Array, box: Array, background: Array | None) -> Array:
    """From what the nets say to the mask: one person, whole, with the picture's edges."""
    cell = max(ROOM * max(box[2] - box[0], box[3] - box[1]) / SIDE, 0.5)  # pixels a cell of the nets
    side = max(box[2] - box[0], box[3] - box[1])
    low = np.maximum(np.floor(box[:2] - BEYOND * side), 0).astype(int)
    high = np.minimum(np.ceil(box[2:] + BEYOND * side), [image.shape[1], image.shape[0]]).astype(int)
    whole = np.zeros(image.shape[:2], np.float32)
    if (high - low < 2).any():
        return whole
    window = (slice(low[1], high[1]), slice(low[0], high[0]))
    part, mask = image[window], coarse[window] * _near(box, side, low, high)
    if background is not None:
        mask = against(part, mask, background[window], cell)
    mask = _whole(_step(mask, 0.25, 0.8))
    fine = guided(part.astype(np.float32) / 255, mask, max(round(2 * cell), 2), 3e-4)
    whole[window] = _step(_kept(fine, mask, cell), 0.2, 0.95)
    return whole


def _near(box: Array, side: float, low: Array, high: Array) -> Array:
    """(high - low) float32: 1 up to a third of the way that a person may reach beyond the box, then falling to 0."""
    falls = []
    for axis in (1, 0):
        at = np.arange(low[axis], high[axis]) + 0.5
        gap = np.maximum(np.maximum(box[axis] - at, at - box[axis + 2]), 0) / (BEYOND * side)
        falls.append(np.clip(1.5 - 1.5 * gap, 0, 1).astype(np.float32))
    return np.asarray(np.minimum.outer(falls[0], falls[1]))


def _step(mask: Array, low: float, high: float) -> Array:
    t = np.clip((mask - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _kept(fine: Array, mask: Array, cell: float) -> Array:
    """The filter has its say near the edge only: neither holes inside nor mist outside."""
    width = 2 * max(round(1.5 * cell), 1) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    return np.clip(fine, cv2.erode(mask, kernel), cv2.dilate(mask, kernel))


def _whole(mask: Array) -> Array:
    """Small holes closed, crumbs taken away."""
    seen = (mask > 0.5).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(seen, connectivity=8)
    if count < 2:
        return mask
    areas = stats[:, cv2.CC_STAT_AREA]
    largest = areas[1:].max()
    mask = mask.copy()
    for crumb in np.flatnonzero(areas < 0.01 * largest):
        mask[cv2.dilate((labels == crumb).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0] *= 0.1
    count, labels, stats, _ = cv2.connectedComponentsWithStats(1 - seen, connectivity=4)
    for hole in range(1, count):
        x, y, wide, high, area = stats[hole].tolist()
        inner = x > 0 and y > 0 and x + wide < mask.shape[1] and y + high < mask.shape[0]
        if inner and (area < 0.002 * largest or (area < 0.03 * largest and mask[labels == hole].mean() > 0.25)):
            mask[labels == hole] = 1
    return mask
