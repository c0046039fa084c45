"""One picture of a source."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..errors import ShapeError
from .arrays import Array, locked


def is_bt709(width: int, height: int) -> bool:
    """Whether players take video of this size, when it does not say, for BT.709 (HD) and not for BT.601."""
    return max(width, height) >= 1280 or min(width, height) > 576


class Frame:
    """One picture of a source, in the displayed orientation.

    Args:
        image: (h, w, 3) uint8 RGB, or a function without arguments that makes it when it is first asked for.
        size: (width, height); needed only with a function.
        index: 0, 1, 2 … in the order the source gave them, gaps where frames were dropped.
        time: seconds from the first frame, from the container's timestamps.
        epoch: rises when a live source reconnects or the picture's size changes; trackers start anew.
        corrupt: the decoder reported damage.
        depth: (h, w) float32 metres, 0 or NaN where nothing was measured.
        planes: a function that gives the picture's own (y, u, v) planes (4:2:0, video range) or None; saves conversions.
    """

    __slots__ = ("_image", "_planes", "corrupt", "depth", "epoch", "index", "size", "time")

    def __init__(
        self,
        image: Array | Callable[[], Array] | None = None,
        *,
        index: int = 0,
        time: float = 0.0,
        size: tuple[int, int] | None = None,
        epoch: int = 0,
        corrupt: bool = False,
        depth: Array | None = None,
        planes: Callable[[], tuple[Array, Array, Array] | None] | None = None,
    ) -> None:
        if image is None and depth is None:
            raise ShapeError("Frame: expected an image or a depth picture, got neither")
        if isinstance(image, np.ndarray):
            if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
                raise ShapeError(f"Frame.image: expected (height, width, 3) uint8 RGB, got {image.shape} {image.dtype}")
            size = image.shape[1], image.shape[0]
            image = locked(image)
        if depth is not None:
            if depth.ndim != 2 or not depth.size:
                raise ShapeError(f"Frame.depth: expected (height, width) metres, got {depth.shape}")
            depth = locked(np.asarray(depth, np.float32))
            size = size or (depth.shape[1], depth.shape[0])
        if size is None:
            raise ShapeError("Frame: give size=(width, height) with a function that makes the image")
        self.size, self.index, self.time, self.epoch, self.corrupt = size, int(index), float(time), int(epoch), bool(corrupt)
        self.depth, self._image, self._planes = depth, image, planes

    @property
    def image(self) -> Array:
        """(h, w, 3) uint8 RGB, read-only; converted on first use."""
        if self._image is None:
            raise ShapeError("Frame.image: this frame holds depth only")
        if not isinstance(self._image, np.ndarray):
            self._image = locked(self._image())
        return self._image

    @property
    def planes(self) -> tuple[Array, Array, Array] | None:
        """The decoder's (y, u, v) planes if the picture is 4:2:0 video of even size, else None; read-only."""
        return self._planes() if self._planes else None

    @property
    def matrix(self) -> Array:
        """(3, 4) that makes RGB of the planes' (y, u, v, 1): BT.709 where `is_bt709`, else BT.601; video range."""
        red, green_u, green_v, blue = (
            (1.7927, -0.2132, -0.5329, 2.1124) if is_bt709(*self.size) else (1.5960, -0.3918, -0.8130, 2.0172)
        )
        linear = np.array([[1.1644, 0, red], [1.1644, green_u, green_v], [1.1644, blue, 0]])
        return np.column_stack([linear, linear @ [-16, -128, -128]])

    def __repr__(self) -> str:
        return f"Frame({self.index}, {self.time:.3f} s, {self.size[0]}x{self.size[1]}{', corrupt' * self.corrupt})"
