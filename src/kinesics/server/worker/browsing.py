"""Pictures that a browser sends, as the frames of a stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...errors import KinesicsError
from .feeding import Waiting

if TYPE_CHECKING:
    from ...types import Frame

__all__ = ["Browsing"]

PIXELS = 9_000_000  # of a frame: 4K
BACK = 0.5  # seconds by which time may fall; more is another page's clock
STEP = 1e-3  # seconds between two frames at least


class Browsing:
    """Makes frames of a browser's JPEGs: times from its clock, a new epoch when the size or the clock changes.

    Args:
        bad: called with the number and one line when one is no picture.
    """

    def __init__(self, bad: Callable[[int, str], None]) -> None:
        self._bad = bad
        self._index, self._epoch = -1, 0
        self._size: tuple[int, int] | None = None
        self._time, self._zero = 0.0, 0.0

    def __call__(self, waiting: Waiting) -> Frame | None:
        """The frame of (seconds, JPEG); None if it is none."""
        from ...types import Frame
        from .picture_reading import read_picture

        seconds, data = waiting.frame
        number = -1 if waiting.number is None else waiting.number
        try:
            image, _ = read_picture(data, pixels=PIXELS)
        except KinesicsError as error:
            self._bad(number, str(error))
            return None
        size = image.shape[1], image.shape[0]
        self._settle(seconds, size)
        self._index += 1
        return Frame(image, index=self._index, time=self._time, epoch=self._epoch)

    def _settle(self, seconds: float, size: tuple[int, int]) -> None:
        """The time and epoch of the next frame."""
        first = self._size is None
        back = not first and seconds - self._zero < self._time - BACK
        if not first and (back or size != self._size):
            self._epoch += 1
        if first or back:
            self._zero = seconds - self._time - (0 if first else STEP)
        self._time = self._time if first else max(seconds - self._zero, self._time + STEP)
        self._size = size
