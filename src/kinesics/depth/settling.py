"""Pictures of a container become frames: metres, times that do not fall, epochs, cameras."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ..errors import SourceError
from ..types import Array, Frame
from ..types.camera import Camera
from .camera_file import fitted
from .shots import Reel, Shot
from .units import claimed, settled, to_metres

__all__ = ["Settler"]


class Settler:
    """Settles what a container leaves open. The unit is decided once, at the first picture with something in it.

    Args:
        camera: goes before what the container says; None to believe that.
        fps: pictures a second where there are no times.
        units: see `open_depth`.
        mirrored: see `open_depth`.
    """

    def __init__(self, camera: Camera | None, fps: float, units: str | float | None, mirrored: bool = False) -> None:
        self.given, self.fps, self.units, self.mirrored = camera, fps, units, mirrored
        claimed(units, "f")  # an unknown unit fails here, before anything is opened
        self.camera: Camera | None = None
        self.gravity: Array | None = None
        self.epoch = 0
        self._reel: Reel | None = None
        self._told = 0
        self._lines: list[str] = []
        self._step: float | None = None
        self._sure = False
        self._words = ""
        self._said: Camera | None = None
        self._begin: float | None = None
        self._time = 0.0

    def frames(self, reel: Reel) -> Iterator[tuple[Frame, Camera]]:
        """The frames of a container, one after the other, each with its camera."""
        self._reel = reel
        for shot in reel.shots:
            try:
                pair = self.frame(shot)
            except SourceError as error:
                reel.problems.append(f"picture {shot.index}: {error}")
                return
            yield pair

    def note(self, line: str) -> None:
        """Keep a line for `tell`."""
        self._lines.append(line)

    def tell(self, note: Callable[[str], None]) -> None:
        """Pass on what was noted since the last call."""
        problems = self._reel.problems if self._reel else []
        for line in [*self._lines, *problems[self._told :]]:
            note(line)
        self._told = len(problems)
        self._lines.clear()

    def renew(self) -> None:
        """What comes next is from a new connection: a new epoch."""
        self.epoch += 1
        self.camera = None

    def frame(self, shot: Shot) -> tuple[Frame, Camera]:
        """The frame of one picture, and its camera.

        Raises:
            SourceError: its numbers are no depth.
        """
        camera = self._camera_of(shot)
        self.gravity = shot.gravity
        depth = to_metres(shot.picture, self._unit(shot.picture))
        if self.mirrored:
            depth = np.ascontiguousarray(depth[:, ::-1])
            camera = replace(camera, cx=camera.width - 1 - camera.cx)
            self.gravity = None if shot.gravity is None else shot.gravity * (-1, 1, 1)
        return Frame(depth=depth, index=shot.index, time=self._when(shot), epoch=self.epoch), camera

    def _camera_of(self, shot: Shot) -> Camera:
        height, width = shot.picture.shape
        before = self.camera
        same_size = before is not None and (before.width, before.height) == (width, height)
        if before is not None and same_size and shot.camera == self._said:
            return before
        self._said = shot.camera
        self.camera = now = fitted(self.given or shot.camera, width, height, self._lines.append)
        if before is not None and not same_size:
            self.epoch += 1
            self._lines.append(
                f"the size changes from {before.width}x{before.height} to {width}x{height} at picture {shot.index}"
            )
        return now

    def _unit(self, picture: Array) -> float:
        if self._step is None:
            stated = self._reel.unit if self._reel and self.units is None else self.units
            self._step = claimed(stated, picture.dtype.kind)
        if not self._sure:
            step, words = settled(picture, self._step)
            if step is not None:
                self._step, self._sure = step, True
            if words and words != self._words:
                self._lines.append(words)
                self._words = words
        return self._step

    def _when(self, shot: Shot) -> float:
        if shot.time is None:
            return shot.index / self.fps
        if self._begin is None:
            self._begin = shot.time
        time = shot.time - self._begin
        if time < self._time:
            self._lines.append(f"time falls by {self._time - time:.3f} s at picture {shot.index}: held")
            time = self._time
        self._time = time
        return time
