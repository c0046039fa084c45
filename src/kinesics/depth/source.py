"""What every source of depth pictures looks like: frames of float32 metres, and the camera that took them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from ..errors import SourceError
from ..types import Array, Frame
from ..types.camera import Camera

__all__ = ["DepthSource"]

NOTES = 100  # so many remarks are kept


class DepthSource:
    """Depth pictures one after the other, and what is known of them. Iterate once; close it, or use `with`.

    Attributes:
        name: what to call it.
        camera: of the picture given last; of the first one before that. It changes only where the epoch rises.
        gravity: (3,) which way things fall, x right, y down, z away, of the picture given last; None when nobody says.
        live: it does not wait for its reader: pictures that are not taken in time are dropped.
        fps: pictures a second of what has no times of its own.
        frames: number of pictures, as the container claims, or None.
        status: "open"; at the end "ok", "damaged" (some could not be read), "timeout" (a live source was silent for too long)
            or "closed" (before its end).
        notes: what was odd, one line each; kept to the last 100.
        dropped: pictures of a live source that nobody took in time.
    """

    def __init__(
        self,
        name: str,
        feed: Callable[[DepthSource], Iterator[Frame]],
        *,
        camera: Camera,
        fps: float,
        frames: int | None = None,
        live: bool = False,
        release: Callable[[], None] | None = None,
    ) -> None:
        self.name, self.camera, self.fps, self.frames, self.live = name, camera, fps, frames, live
        self.gravity: Array | None = None
        self.status = "open"
        self.notes: list[str] = []
        self.dropped = 0
        self.closed = False
        self._turn = threading.Lock()
        self._release = release
        self._feed = feed(self)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the picture given last."""
        return self.camera.width, self.camera.height

    def note(self, text: str) -> None:
        """Keep one line about what was odd."""
        self.notes.append(text)
        del self.notes[:-NOTES]

    def __iter__(self) -> DepthSource:
        return self

    def __next__(self) -> Frame:
        with self._turn:
            if self.closed:
                raise SourceError(f"{self.name}: the source is closed; open it again to read on")
            return next(self._feed)

    def close(self) -> None:
        """Let go of the file or the device; twice is fine."""
        self.closed = True
        if self.live and self._release is not None:
            self._release()  # wakes up a reader that waits
        with self._turn:
            if self._release is not None:
                self._release()
            self._feed, self._release = iter(()), None
            if self.status == "open":
                self.status = "closed"

    def __enter__(self) -> DepthSource:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        width, height = self.size
        return f"DepthSource({self.name!r}, {width}x{height}, {'live' if self.live else 'file'}, {self.status})"
