"""Outlines found in a small copy of a picture, in the picture itself."""

from __future__ import annotations

import math

import cv2
import numpy as np

from ..types import Array, Masks

__all__ = ["enlarged"]

SOFT = 0.8  # cells over which an edge is rounded before it is drawn larger
ROOM = 3  # cells round a window that its soft edge needs
HALF = 129  # of 255; above a half by what rounding can add, so that outlines that do not meet never do


def enlarged(masks: Masks, size: tuple[int, int], origin: Array | None = None, pitch: Array | None = None) -> Masks:
    """The same outlines in a larger picture, edges smooth: what is resized is a soft window, not its bits.

    Outlines without a common pixel have none afterwards. Nothing of the picture's size is made.

    Args:
        masks: of a small copy of the picture, or of a part of it.
        size: (width, height) of the large one.
        origin: (2,) x, y in the large one of the small one's left upper border; None: 0, 0.
        pitch: (2,) large pixels a small one; None: the small one shows all of the large one.
    """
    if size == masks.size and origin is None:
        return masks
    pitch = np.array(size) / np.maximum(masks.size, 1) if pitch is None else pitch
    start = np.zeros(2) if origin is None else origin
    done = [_enlarged(*masks.window(row), masks.size, size, start, pitch) for row in range(len(masks))]
    return Masks(size, [corner for corner, _ in done], [window for _, window in done])


def _enlarged(
    x: int, y: int, window: Array, old: tuple[int, int], new: tuple[int, int], origin: Array, pitch: Array
) -> tuple[tuple[int, int], Array]:
    if not window.any():
        return (0, 0), np.zeros((0, 0), bool)
    high, wide = window.shape
    soft = _soft(window, (y == 0, y + high == old[1], x == 0, x + wide == old[0]))  # where the part ends, the outline goes on
    low = np.clip(np.floor(origin + (np.array([x, y]) - 1) * pitch), 0, np.array(new) - 1).astype(int)
    end = np.clip(np.ceil(origin + (np.array([x + wide, y + high]) + 1) * pitch), low + 1, new).astype(int)
    offset = (low + 0.5 - origin) / pitch - 0.5 - (x - ROOM, y - ROOM)  # of the first new pixel in the soft window
    there = np.array([[1 / pitch[0], 0, offset[0]], [0, 1 / pitch[1], offset[1]]])
    span = (int(end[0] - low[0]), int(end[1] - low[1]))
    large = cv2.warpAffine(soft, there, span, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)
    return (int(low[0]), int(low[1])), np.asarray(large) > HALF


def _soft(window: Array, sides: tuple[bool, bool, bool, bool]) -> Array:
    """(h + 2 ROOM, w + 2 ROOM) uint8 0 to 255; `sides`: top, bottom, left and right edge of the picture."""
    plain = [0 if edge else ROOM for edge in sides]
    grown = [ROOM - room for room in plain]
    cells = np.pad(window.view(np.uint8) * np.uint8(255), (plain[:2], plain[2:]))
    cells = np.pad(cells, (grown[:2], grown[2:]), mode="edge")
    width = 2 * math.ceil(2 * SOFT) + 1
    return np.asarray(cv2.GaussianBlur(cells, (width, width), SOFT, borderType=cv2.BORDER_REPLICATE))
