"""A still picture as a small copy that is always there, and the whole of it for when small things must be seen."""

from __future__ import annotations

from pathlib import Path

from ..types import Array
from ..video import load_image, load_scaled
from ..video.scaled import scaled_down

__all__ = ["BigPicture"]


class BigPicture:
    """One picture, however large.

    Args:
        picture: (h, w, 3) uint8 RGB, or a path; of a file only what is asked for is decoded.
        longest: pixels of the longer side of the small copy.
        pixel_limit: refuse a file with more pixels; None: 50 million.

    Attributes:
        small: (h, w, 3) uint8 RGB.
        size: (width, height) of the whole picture.

    Raises:
        SourceError: the file cannot be read.
    """

    def __init__(self, picture: Array | str | Path, longest: int, pixel_limit: int | None = None) -> None:
        self._given, self._limit = picture, pixel_limit
        if isinstance(picture, str | Path):
            self.small, self.size = load_scaled(picture, longest, pixel_limit=pixel_limit)
        else:
            self.small, self.size = scaled_down(picture, longest), (picture.shape[1], picture.shape[0])

    @property
    def scale(self) -> float:
        """Pixels of the small copy per pixel of the whole."""
        return float(max(self.small.shape[:2]) / max(self.size))

    def whole(self) -> Array:
        """(h, w, 3) uint8 RGB: all pixels, three bytes each, for as long as the caller holds them."""
        if self.small.shape[1::-1] == self.size:
            return self.small
        return load_image(self._given, pixel_limit=self._limit) if isinstance(self._given, str | Path) else self._given
