"""Live depth cameras: the newest picture wins, and a lost connection is made again for as long as somebody reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np

from ..errors import SourceError, UsageError
from ..types import Array, Frame
from ..types.camera import Camera
from .settling import Settler
from .shots import Shot, checked_kind
from .source import DepthSource

__all__ = ["DepthCamera", "open_live"]

FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0  # seconds between attempts to connect, doubling
ENDED = "the stream ended"


class DepthCamera(Protocol):
    """What a live camera must have; `camera` (a `Camera`) and `close()` are used where they are."""

    def read(self) -> Array | None:
        """Wait for the next (h, w) picture: whole millimetres or fractions in metres; None when the stream has ended."""


def open_live(
    src: DepthCamera | Callable[[], DepthCamera],
    *,
    name: str = "depth camera",
    camera: Camera | None = None,
    fps: float | None = None,
    units: str | float | None = None,
    mirrored: bool = False,
    max_wait: float | None = None,
) -> DepthSource:
    """A source of the newest pictures of a camera.

    A thread reads all that comes and keeps one picture for the reader. When `read` fails or ends, a function `src` is called
    again, after 0.1 s, then twice as long each time up to 5 s, and the epoch of the frames rises; an object cannot be opened
    again: its end ends the source.

    Args:
        src: the camera, or a function that opens it.
        name: what to call it.
        camera: goes before the camera's own `camera`.
        fps: nominal; times are those of arrival.
        units: see `open_depth`.
        mirrored: see `open_depth`.
        max_wait: seconds without a picture after which the source ends with status "timeout"; None: it never gives up.

    Raises:
        SourceError: it cannot be opened, or ends before its first picture.
        UsageError: it has no `read`.
    """
    if not callable(getattr(src, "read", None)) and not callable(src):
        raise UsageError(f"{type(src).__name__}: expected a path, a camera with read(), or a function that opens one")
    line = _Line(src, name, Settler(camera, fps or 30.0, units, mirrored), max_wait)
    taken = line.start()
    return DepthSource(name, line.feed, camera=taken, fps=fps or 30.0, live=True, release=line.stop)


class _Line:
    """A connection that is made again and again, and the one picture that waits for the reader."""

    def __init__(self, src: Any, name: str, settler: Settler, max_wait: float | None) -> None:
        self.src, self.name, self.settler, self.max_wait = src, name, settler, max_wait
        self.turn = threading.Condition()
        self.newest: tuple[Frame, Camera] | None = None
        self.failed: str | None = None
        self.stopped = threading.Event()
        self.began = time.monotonic()
        self.index, self.missed = 0, 0
        self.thread = threading.Thread(target=self._run, name="kinesics-depth", daemon=True)

    def start(self) -> Camera:
        """The camera of the first picture, which waits for the reader."""
        self.thread.start()
        with self.turn:
            self.turn.wait_for(lambda: self.newest is not None or self.failed is not None)
            if self.newest is None:
                raise SourceError(f"{self.name}: {self.failed}")
            return self.newest[1]

    # ---------------------------------------------------------------------------------------------------- the thread's side
    def _run(self) -> None:
        wait = FIRST_WAIT
        while not self.stopped.is_set():
            before = self.index
            why = self._read()
            if self.index == 0 or hasattr(self.src, "read"):  # never came, or cannot be opened again
                with self.turn:
                    self.failed = why
                    self.turn.notify_all()
                return
            if self.index > before:
                wait = FIRST_WAIT
                with self.turn:
                    self.settler.note(f"connection lost after picture {self.index - 1} ({why})")
                    self.settler.renew()
            self.stopped.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def _read(self) -> str:
        """Connect once and pass on pictures until it ends; returns why it did."""
        camera: Any = None
        try:
            camera = self.src if hasattr(self.src, "read") else self.src()
            while not self.stopped.is_set():
                picture = camera.read()
                if picture is None:
                    return ENDED
                self._put(picture, getattr(camera, "camera", None))
        except Exception as error:  # a driver raises what it likes; none of it may end the thread without a word
            return str(error) or type(error).__name__
        finally:
            if camera is not None and callable(getattr(camera, "close", None)):
                camera.close()
        return "closed"

    def _put(self, picture: Any, camera: Camera | None) -> None:
        picture = np.asarray(picture)
        if picture.ndim != 2 or not picture.size:
            raise SourceError(f"expected pictures of (height, width), got {picture.shape}")
        checked_kind(picture.dtype, self.name)
        with self.turn:  # the settler's notes are read on the other side
            frame, taken = self.settler.frame(Shot(picture, self.index, time.monotonic() - self.began, camera))
            self.missed += self.newest is not None
            self.newest = frame, taken
            self.index += 1
            self.turn.notify_all()

    # ---------------------------------------------------------------------------------------------------- the reader's side
    def feed(self, source: DepthSource) -> Iterator[Frame]:
        while True:
            with self.turn:
                self.turn.wait_for(self._something, self.max_wait)
                held, self.newest = self.newest, None
                self.settler.tell(source.note)
                source.dropped = self.missed
            if self.stopped.is_set():
                return
            if held is None:
                self._end(source)
                return
            frame, source.camera = held
            yield frame

    def _something(self) -> bool:
        return self.newest is not None or self.failed is not None or self.stopped.is_set()

    def _end(self, source: DepthSource) -> None:
        if self.failed is None:
            source.status = "timeout"
            source.note(f"no picture for {self.max_wait:g} s: given up")
        else:
            source.status = "ok" if self.failed == ENDED else "damaged"
            source.note(self.failed)
        self.stop()

    def stop(self) -> None:
        with self.turn:
            self.stopped.set()
            self.turn.notify_all()
        if self.thread is not threading.current_thread():
            self.thread.join(1.0)
