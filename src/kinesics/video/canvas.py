"""What all writers of pictures ask of a picture and of its time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ShapeError, UsageError
from ..types import Array
from . import colour
from .paths import shown


class Canvas:
    """Pictures of one size and one number of channels, at seconds from the first.

    The first picture fixes the size; later ones of another size are fitted into it between bars, black or transparent.

    Args:
        path: of the file, for what errors say.
        alpha: pictures come out as RGBA, else as RGB.
    """

    def __init__(self, path: Path, alpha: bool) -> None:
        self.path, self.alpha = path, alpha
        self.size: tuple[int, int] | None = None
        self._start: float | None = None

    def picture(self, picture: Any) -> Array:
        """(h, w, 3) RGB or, with alpha, (h, w, 4) straight RGBA, uint8, of the canvas's size.

        Raises:
            ShapeError: `picture` is no such array.
        """
        image = opaque(check_picture(picture, self.alpha)) if self.alpha else check_picture(picture, self.alpha)
        here = (image.shape[1], image.shape[0])
        self.size = self.size or here
        return np.ascontiguousarray(image if here == self.size else colour.fit(image, self.size))

    def seconds(self, time: float) -> float:
        """Seconds since the first picture.

        Raises:
            UsageError: it is no number of seconds.
        """
        if not abs(time) < 1e9:
            raise UsageError(f"{shown(self.path)}: expected a time in seconds, got {time}")
        self._start = time if self._start is None else self._start
        return time - self._start


def check_picture(image: Any, alpha: bool) -> Array:
    """The picture, if it is (h, w, 3) or, where `alpha`, also (h, w, 4) uint8.

    Raises:
        ShapeError: it is not.
    """
    fine = isinstance(image, np.ndarray) and image.dtype == np.uint8 and image.ndim == 3 and bool(image.size)
    if fine and (image.shape[2] == 3 or (alpha and image.shape[2] == 4)):
        return np.asarray(image)
    got = f"{image.shape} {image.dtype}" if isinstance(image, np.ndarray) else type(image).__name__
    wanted = "(height, width, 3) uint8 RGB" + (" or (height, width, 4) RGBA" if alpha else "")
    more = "; for transparent pictures open the writer with alpha=True" if fine and image.shape[2] == 4 else ""
    raise ShapeError(f"write: expected {wanted}, got {got}{more}")


def opaque(image: Array) -> Array:
    """(h, w, 4) of (h, w, 3) or (h, w, 4): RGB is seen everywhere."""
    if image.shape[2] == 4:
        return image
    return np.concatenate([image, np.full((*image.shape[:2], 1), 255, np.uint8)], axis=2)
