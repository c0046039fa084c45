"""What a drawn person is laid over: what was there, a colour, a picture, or nothing."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np

from ..errors import UsageError
from ..types import Array
from ..video import load_image

__all__ = ["PLAIN", "backdrop", "laid_over", "stacked", "straight"]

PLAIN = (222, 224, 228)
"""The colour behind a person of whom no background is known."""


def backdrop(background: str | Path, size: tuple[int, int]) -> Array | None:
    """What "#rrggbb" or a picture's path asks for.

    Args:
        background: a colour, or the path of a picture, which is made to cover the size; "keep" or "transparent" for none.
        size: (width, height).

    Returns:
        (height, width, 3) uint8, or None.

    Raises:
        UsageError: no colour and no file.
        SourceError: the picture cannot be read.
    """
    text = str(background)
    if text in ("keep", "transparent"):
        return None
    width, height = size
    if text.startswith("#"):
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
            raise UsageError(f"--background {text}: expected a colour such as #20c040")
        colour = np.array([int(text[k : k + 2], 16) for k in (1, 3, 5)], np.uint8)
        return np.broadcast_to(colour, (height, width, 3)).copy()
    if not Path(text).exists():
        raise UsageError(f"--background {text}: expected keep, transparent, a colour such as #20c040, or a picture's path")
    picture = load_image(text)
    zoom = max(width / picture.shape[1], height / picture.shape[0])
    scaled = (max(round(picture.shape[1] * zoom), width), max(round(picture.shape[0] * zoom), height))
    grown = cv2.resize(picture, scaled, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC)
    x, y = (scaled[0] - width) // 2, (scaled[1] - height) // 2
    return np.ascontiguousarray(grown[y : y + height, x : x + width])


def laid_over(picture: Array, behind: Array | None) -> Array:
    """A premultiplied (h, w, 4) picture over (h, w, 3); over nothing it becomes straight RGBA."""
    from ..viewer.composing import over

    return straight(picture) if behind is None else over(picture, behind)


def stacked(top: Array, under: Array) -> Array:
    """One premultiplied (h, w, 4) uint8 picture over another."""
    through = 255 - top[..., 3:].astype(np.uint16)
    return np.asarray(np.minimum(top + (under * through + 127) // 255, 255).astype(np.uint8))


def straight(picture: Array) -> Array:
    """(h, w, 4) uint8 premultiplied to straight RGBA."""
    alpha = picture[..., 3:].astype(np.uint16)
    colour = np.minimum((picture[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1), 255)
    return np.concatenate([colour.astype(np.uint8), picture[..., 3:]], 2)
