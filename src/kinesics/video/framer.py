"""Decoded pictures become frames: time, index, epoch and orientation are settled here, pixels only when asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import av

from ..types import Frame
from . import colour
from .clock import Clock
from .orient import UPRIGHT, Orientation


class Framer:
    """Turns decoded pictures into frames: times, indices, epochs, orientation.

    Args:
        clock: gives the times.
        note: told when the size changes.
    """

    def __init__(self, clock: Clock, note: Callable[[str], None]) -> None:
        self.clock, self.note = clock, note
        self.index, self.epoch = -1, 0
        self.size: tuple[int, int] | None = None
        self._stored: tuple[int, int] | None = None
        self._orientation = UPRIGHT

    def __call__(self, picture: av.VideoFrame, came: float | None = None) -> Frame:
        """The frame of the next picture; `came`: seconds that stand in for a time of its own, which it does not have."""
        self.index += 1
        if (picture.width, picture.height) != self._stored:
            self._turn_to(picture)
        raw = picture.pts if picture.pts is not None else picture.dts
        own = None if raw is None or not picture.time_base else float(raw * picture.time_base)
        time = self.clock(own if came is None else came)
        orientation = self._orientation
        return Frame(
            lambda: colour.rgb(picture, orientation),
            index=self.index,
            time=time,
            size=self.size,
            epoch=self.epoch,
            corrupt=picture.is_corrupt,
            planes=lambda: colour.planes(picture, orientation),
        )

    def reconnect(self, gap: float) -> None:
        """The next picture comes from a new connection, `gap` seconds after the last one: a new epoch."""
        self.epoch += 1
        self.size = self._stored = None
        self.clock.resume(gap)

    def _turn_to(self, picture: av.VideoFrame) -> None:
        self._stored = (picture.width, picture.height)
        self._orientation = _orientation(picture)
        size = self._orientation.size(*self._stored)
        if self.size is not None:
            self.epoch += 1
            self.note(f"the size changes from {self.size[0]}x{self.size[1]} to {size[0]}x{size[1]} at frame {self.index}")
        self.size = size


def _orientation(picture: av.VideoFrame) -> Orientation:
    """Which way up it is to be shown.

    PyAV ties a picture that was asked for its side data to itself, and so keeps it until Python looks for circles, which may be
    after hours of video: a tiny copy is asked.
    """
    try:
        matrix: Any = picture.reformat(width=16, height=16, format="gray", threads=1).side_data.get("DISPLAYMATRIX")
    except ValueError:  # other side data, of a kind that PyAV does not know, hides it: the angle alone is still told
        return Orientation.from_angle(picture.rotation)
    return UPRIGHT if matrix is None else Orientation.from_matrix(memoryview(bytes(matrix)).cast("i").tolist())
