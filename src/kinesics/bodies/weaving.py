"""Small things that painting a sheet needs: smooth noise, and putting colours on a page."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array
from .unwrapping import Page


def noise(rng: np.random.Generator, height: int, width: int, grain: float, stretch: float = 1.0) -> Array:
    """(height, width) float32 smooth noise of mean 0 and spread 1, going round left to right.

    Args:
        rng: of all chance.
        height: rows.
        width: columns.
        grain: pixels between independent values across.
        stretch: how many times as far apart they are along the rows' direction downwards.
    """
    columns = max(round(width / grain), 2)
    rows = max(round(height / (grain * stretch)), 2)
    small = rng.normal(0, 1, (rows + 2, columns)).astype(np.float32)
    around = np.concatenate([small[:, -2:], small, small[:, :2]], axis=1)
    scale = width / columns
    large = cv2.resize(
        around, (round(width / columns * (columns + 4)), int(height * (rows + 2) / rows)), interpolation=cv2.INTER_CUBIC
    )
    start = round(2 * scale)
    return np.asarray(large[:height, start : start + width] * 1.3)


def put(sheet: Array, page: Page, colour: Array, kind: int) -> None:
    """Fill a page with colours (h, w, 3), 0 to 255, of one kind of surface."""
    area = sheet[page.y : page.y + page.height, page.x : page.x + page.width]
    area[..., :3] = np.clip(colour + 0.5, 0, 255)
    area[..., 3] = kind
