"""What every source of frames looks like, and the one door to all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from ..errors import SourceError, UsageError
from ..types import Frame

NOTES = 100  # so many remarks are kept; a camera that reconnects for weeks must not fill the memory


class Source:
    """Frames one after the other, and what is known of where they come from. Iterate once; close it, or use `with`.

    Attributes:
        name: what to call it; never holds a password.
        live: it does not wait for its reader: frames that are not taken in time are dropped.
        size: displayed (width, height) of the first frame, or None when not known yet.
        fps: nominal frames per second, or None. Never compute times with it; each frame has its own.
        duration: seconds, as the container claims, or None.
        frames: number of frames, as the container claims, or None.
        status: "open"; at the end "ok", "truncated" (the container promised more), "damaged" (some frames could not be
            decoded and are left out; those marked corrupt are not), "timeout" (a live source was silent for
            too long) or "closed" (before its end).
        notes: what was odd, one line each; kept to the last 100.
        dropped: frames of a live source that nobody took in time.
        trouble: why a live source has no connection at present; empty while it has.
    """

    def __init__(
        self,
        name: str,
        feed: Callable[[Source], Iterator[Frame]],
        *,
        release: Callable[[], None] | None = None,
        live: bool = False,
        size: tuple[int, int] | None = None,
        fps: float | None = None,
        duration: float | None = None,
        frames: int | None = None,
    ) -> None:
        self.name, self.live, self.size = name, live, size
        self.fps, self.duration, self.frames = fps, duration, frames
        self.status = "open"
        self.notes: list[str] = []
        self.dropped = 0
        self.trouble = ""
        self.closed = False
        self._turn = threading.Lock()
        self._release = release
        self._feed = feed(self)

    def note(self, text: str) -> None:
        """Keep one line about what was odd."""
        self.notes.append(text)
        del self.notes[:-NOTES]

    def __iter__(self) -> Source:
        return self

    def __next__(self) -> Frame:
        with self._turn:
            if self.closed:
                raise SourceError(f"{self.name}: the source is closed; open it again to read on")
            return next(self._feed)

    def close(self) -> None:
        """Let go of the file, the device or the connection; twice is fine."""
        self.closed = True
        if self.live and self._release is not None:
            self._release()  # wakes up a reader that waits
        if not self._turn.acquire(timeout=5.0):  # somebody is in the middle of a read that does not come back
            return
        try:
            if self._release is not None:
                self._release()
            self._feed, self._release = iter(()), None
            if self.status == "open":
                self.status = "closed"
        finally:
            self._turn.release()

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        size = "size unknown" if self.size is None else f"{self.size[0]}x{self.size[1]}"
        return f"Source({self.name!r}, {size}, {'live' if self.live else 'file'}, {self.status})"


SOURCES: dict[str, Callable[..., Source]] = {}
"""Sources that others add: the word before `://` -> a function with the arguments of `open_source`."""


def register_source(scheme: str, build: Callable[..., Source]) -> None:
    """Make `open_source("scheme://…")` call `build(src, **options)`."""
    SOURCES[scheme] = build


def _registered(scheme: str) -> Callable[..., Source] | None:
    """The source others added for this scheme: in `SOURCES`, or an entry point of the group `kinesics.sources`."""
    if scheme in SOURCES:
        return SOURCES[scheme]
    offered = [point for point in metadata.entry_points(group="kinesics.sources") if point.name == scheme]
    return offered[0].load() if offered else None


def open_source(
    src: str | Path | int,
    *,
    live: bool | None = None,
    pixel_limit: int | None = None,
    threads: int = 1,
    picture_rate: float = 25.0,
    timeout: float = 2.0,
    max_wait: float | None = None,
    patient: bool = False,
    seed: int = 0,
) -> Source:
    """Open whatever holds frames.

    Args:
        src: a video or picture file, a folder of pictures, a glob, "-" for standard input, the number of a camera, or an
            address (rtsp, rtmp, http, https, udp, tcp, srt).
        live: the newest frame wins and a lost connection is made again. None decides: cameras and streams are live, files,
            also those behind http, are not.
        pixel_limit: refuse pictures with more pixels than this, from the header, before decoding. None: 50 million for
            pictures, 36 million (8K) for video.
        threads: of the decoder. One costs the least CPU in all and always gives the same frames, also for damaged files.
        picture_rate: frames per second of a folder of pictures, which has no timestamps.
        timeout: seconds without any data after which a connection counts as lost; opening may take five times as long.
        max_wait: seconds without a frame after which a live source ends with status "timeout". None: it never gives up.
        patient: keep trying when a live source cannot be opened at first, instead of raising.
        seed: of the jitter of the reconnects.

    Raises:
        SourceError: it cannot be read; one line says why and what to do. The first frame has been decoded when this returns,
            so a file without one fails here.
        UsageError: an option has a value that makes no sense.
    """
    if threads < 1 or picture_rate <= 0 or timeout <= 0 or (pixel_limit is not None and pixel_limit < 1):
        raise UsageError("open_source: threads, picture_rate, timeout and pixel_limit must be above 0")
    file_options: dict[str, Any] = {"pixel_limit": pixel_limit, "threads": threads}
    live_options: dict[str, Any] = {**file_options, "timeout": timeout, "max_wait": max_wait, "patient": patient, "seed": seed}
    if isinstance(src, int) or (isinstance(src, str) and src.isdecimal() and not Path(src).exists()):
        from .camera import open_camera

        return open_camera(int(src), **live_options)
    text = str(src)
    scheme = text.partition("://")[0] if "://" in text else ""
    if scheme and isinstance(src, str):
        build = _registered(scheme)
        if build is not None:
            return build(text, live=live, **live_options)
        from .network import open_address

        return open_address(text, live=live, **live_options)
    if text == "-":
        from .files import open_stdin

        return open_stdin(**file_options)
    return _open_path(text, picture_rate, file_options)


def _open_path(text: str, picture_rate: float, options: dict[str, Any]) -> Source:
    from .files import open_file
    from .paths import check_file, picture_paths
    from .pictures import open_pictures

    found = picture_paths(text)
    if found is None:
        check_file(text)
        from .headers import picture_size

        if picture_size(text) is None:
            return open_file(text, **options)
        found = [Path(text)]
    return open_pictures(found, name=text, rate=picture_rate, pixel_limit=options["pixel_limit"])
