"""Soft outlines become masks: fitted to the picture's edges, each pixel to one person, without crumbs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from ..sights import Turned
from ..types import Array, Masks
from .guided import guided

__all__ = ["Soft", "borne_out", "owned", "refined", "spread"]

CRUMB = 0.02  # share of the largest part below which a part is a crumb
AREA = 64  # pixels that somebody doubtful has at least …
CLEAR = 0.75  # … how sure they are on average …
APART = 0.5  # … and what share of them others may have, too
EPS = 3e-4  # variance of colour below which the guided filter sees no edge


@dataclass(frozen=True)
class Soft:
    """How much pixels are a person, in the part of the picture where they may be.

    Attributes:
        x, y: upper left pixel of the part.
        share: (h, w) float32 0 to 1.
        cell: pixels that the outline may be off by.
    """

    x: int
    y: int
    share: Array
    cell: float


def spread(cells: Array, square: Turned, size: tuple[int, int]) -> Soft:
    """A square of cells (k, k), 0 to 1, as pixels of a picture of `size` (width, height)."""
    count = len(cells)
    c, s = abs(math.cos(square.angle)), abs(math.sin(square.angle))
    reach = square.side * (c + s) / 2
    limits = []
    for middle, length in ((square.x, size[0]), (square.y, size[1])):
        limits += [min(max(math.floor(middle - reach), 0), length), min(max(math.ceil(middle + reach) + 1, 0), length)]
    left, right, top, bottom = limits
    if right - left < 1 or bottom - top < 1:
        return Soft(0, 0, np.zeros((0, 0), np.float32), 1.0)
    matrix = square.matrix(count)
    matrix[:, 2] += matrix[:, :2] @ np.array([left, top])
    source = np.asarray(cells, np.float32)
    if (shrink := count / square.side) > 1.5:
        source = cv2.blur(source, (round(shrink), round(shrink)))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    share = cv2.warpAffine(source, matrix, (right - left, bottom - top), flags=flags)
    return Soft(left, top, np.asarray(share), square.side / count)


def refined(image: Array, soft: Soft) -> Soft:
    """The same, its edges moved to those of the picture (h, w, 3) uint8 RGB where they are near."""
    if min(soft.share.shape) < 4 or not (soft.share > 0.5).any():
        return soft
    h, w = soft.share.shape
    part = image[soft.y : soft.y + h, soft.x : soft.x + w].astype(np.float32) / 255
    fine = guided(part, soft.share, max(round(2 * soft.cell), 2), EPS)
    width = 2 * max(round(1.5 * soft.cell), 1) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    share = np.clip(fine, cv2.erode(soft.share, kernel), cv2.dilate(soft.share, kernel))
    return Soft(soft.x, soft.y, np.asarray(share, np.float32), soft.cell)


def owned(soft: list[Soft], size: tuple[int, int]) -> Masks:
    """Masks in a picture of `size` (width, height): where several claim a pixel, it goes to who claims it most."""
    best = np.full((size[1], size[0]), 0.5, np.float32)
    for each in soft:
        h, w = each.share.shape
        part = best[each.y : each.y + h, each.x : each.x + w]
        np.maximum(part, each.share, out=part)
    corners, windows = [], []
    taken = np.zeros((size[1], size[0]), bool)
    for each in soft:
        h, w = each.share.shape
        where = (slice(each.y, each.y + h), slice(each.x, each.x + w))
        own = (each.share >= best[where]) & (each.share > 0.5) & ~taken[where]
        own = _whole(own)
        taken[where] |= own
        x, y, window = _trimmed(each.x, each.y, own)
        corners.append((x, y))
        windows.append(window)
    return Masks(size, np.array(corners, int).reshape(-1, 2), windows)


def borne_out(soft: list[Soft], row: int, doubtful: Array) -> bool:
    """Whether there is somebody where a doubtful person was said to be, who is none of the others.

    Args:
        soft: of everybody.
        row: whom.
        doubtful: (n,) bool; of two doubtful ones the earlier counts.
    """
    own = soft[row]
    body = own.share > 0.5
    area = int(body.sum())
    if area < AREA or float(own.share[body].mean()) < CLEAR:
        return False
    taken = np.zeros_like(body)
    for other, each in enumerate(soft):
        if other != row and (not doubtful[other] or other < row):
            left, top = max(each.x, own.x), max(each.y, own.y)
            right = min(each.x + each.share.shape[1], own.x + own.share.shape[1])
            bottom = min(each.y + each.share.shape[0], own.y + own.share.shape[0])
            if right > left and bottom > top:
                theirs = each.share[top - each.y : bottom - each.y, left - each.x : right - each.x] > 0.5
                taken[top - own.y : bottom - own.y, left - own.x : right - own.x] |= theirs
    return int((body & taken).sum()) < APART * area


def _whole(mask: Array) -> Array:
    """Without crumbs."""
    if not mask.any():
        return mask
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count < 3:
        return mask
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return np.asarray((areas >= CRUMB * areas.max())[labels])


def _trimmed(x: int, y: int, mask: Array) -> tuple[int, int, Array]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return 0, 0, np.zeros((0, 0), bool)
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return x + int(columns[0]), y + int(rows[0]), part.copy()
