"""A picture that is seen part by part: RGB, or a video frame's own planes, of which only what is looked at is converted."""

from __future__ import annotations

import numpy as np

from ..types import Array, Frame


class View:
    """Cuts parts out of a picture and scales them.

    Args:
        picture: (h, w, 3) uint8 RGB, or a frame; converting a whole large frame would cost more than a look at it.
    """

    def __init__(self, picture: Array | Frame) -> None:
        self.planes = picture.planes if isinstance(picture, Frame) else None
        self.matrix = picture.matrix if isinstance(picture, Frame) else None
        self.rgb = None if self.planes is not None else picture.image if isinstance(picture, Frame) else picture
        height, width = self.planes[0].shape if self.planes is not None else self.rgb.shape[:2]  # type: ignore[union-attr]
        self.width, self.height = width, height

    def part(self, box: tuple[int, int, int, int], size: tuple[int, int]) -> Array:
        """(height, width, 3) uint8 RGB of `size` (width, height): the part x1 y1 x2 y2 (whole pixels, inside the picture)."""
        import cv2

        x1, y1, x2, y2 = box
        scale = min(size[0] / (x2 - x1), size[1] / (y2 - y1))
        smaller = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR  # linear reads only 2x2 pixels: it would skip some
        if self.planes is None:
            return np.asarray(cv2.resize(self.rgb[y1:y2, x1:x2], size, interpolation=smaller))  # type: ignore[index]
        luma, *chroma = self.planes
        channels = [cv2.resize(luma[y1:y2, x1:x2], size, interpolation=smaller)]
        half = (x1 // 2, y1 // 2, (x2 + 1) // 2, (y2 + 1) // 2)
        smaller = cv2.INTER_AREA if scale < 0.25 else cv2.INTER_LINEAR
        for plane in chroma:
            channels.append(cv2.resize(plane[half[1] : half[3], half[0] : half[2]], size, interpolation=smaller))
        return np.asarray(cv2.transform(cv2.merge(channels), self.matrix))
