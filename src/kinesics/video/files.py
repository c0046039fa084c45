"""Video files and standard input: every frame once, in order; what can be decoded is kept."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator
from typing import Any

import av
from av.error import FFmpegError

from ..errors import SourceError
from ..types import Frame
from .clock import Clock
from .framer import Framer
from .paths import shown
from .reel import REFUSED, Reel, reason
from .source import Source


def open_file(path: str, *, pixel_limit: int | None, threads: int) -> Source:
    """A source of the frames of one regular file (`paths.check_file` has passed it)."""
    hint = _refuse(path)
    where = "file:" + os.path.abspath(path)
    return _open(
        where,
        shown(path),
        hint,
        protocols="file",
        pixel_limit=pixel_limit,
        threads=threads,
        options={"format_whitelist": _readers()},
    )


def open_stdin(*, pixel_limit: int | None, threads: int) -> Source:
    """A source of the video that comes through standard input."""
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        raise SourceError("-: nothing is piped into standard input; use: kinesics … - < video.mp4")
    options = {"format_whitelist": _readers()}
    hint = " (an mp4 that comes through a pipe must have its index in front: faststart)"
    return _open(_Piped(), "-", hint, protocols="none", pixel_limit=pixel_limit, threads=threads, options=options)


def _open(where: Any, name: str, hint: str, **options: Any) -> Source:
    try:
        reel = Reel(where, name=name, **options)
    except (FFmpegError, OSError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"{name}: not a video or picture that can be read{hint} ({reason(error)})") from None
    return film(reel, name, hint)


def film(reel: Reel, name: str, hint: str = "") -> Source:
    """A source of all frames of an open container; its first frame is decoded here, so that one without any fails at once."""
    frames = _Film(reel, hint)
    source = Source(
        name, frames.feed, release=reel.close, fps=reel.fps, duration=reel.duration, frames=reel.stream.frames or None
    )
    try:
        source.size = frames.first(source).size
    except BaseException:
        source.close()
        raise
    return source


class _Film:
    """The frames of a file, and at its end the account of what was promised and what came."""

    def __init__(self, reel: Reel, hint: str) -> None:
        self.reel, self.hint = reel, hint
        self.shown = 0
        self.ahead: Frame | None = None

    def first(self, source: Source) -> Frame:
        self.framer = Framer(Clock(1 / (self.reel.fps or 25.0), source.note), source.note)
        if self.reel.others:
            source.note(f"{self.reel.others + 1} video streams; stream {self.reel.stream.index} is read")
        self.pictures = self.reel.pictures()
        try:
            self.ahead = self._next()
        except (FFmpegError, OSError) as error:
            raise SourceError(f"{source.name}: no frame could be decoded{self.hint} ({reason(error)})") from None
        if self.ahead is None:
            what = f"{self.reel.faults} damaged packets" if self.reel.faults else f"{self.reel.packets} packets"
            raise SourceError(f"{source.name}: no frame could be decoded{self.hint} ({what} of video in it)")
        return self.ahead

    def _next(self) -> Frame | None:
        picture = next(self.pictures, None)
        if picture is None:
            return None
        if picture.width * picture.height > self.reel.limit:
            raise SourceError(f"{self.reel.name}: grows to {picture.width}x{picture.height}; raise pixel_limit if you trust it")
        return self.framer(picture)

    def feed(self, source: Source) -> Iterator[Frame]:
        try:
            while self.ahead is not None:
                frame, self.ahead = self.ahead, None
                self.shown += 1
                yield frame
                self.ahead = self._next()
        except FFmpegError as error:
            self.reel.cut = reason(error)
        source.status = self._account(source)
        self.reel.close()

    def _account(self, source: Source) -> str:
        reel = self.reel
        if reel.faults:
            source.note(f"{reel.faults} packets could not be decoded")
        if reel.corrupt:
            source.note(f"{reel.corrupt} frames are damaged")
        claimed = source.frames or 0
        if reel.packets < claimed:
            source.note(f"truncated: the file promises {claimed} frames, {self.shown} could be read")
            return "truncated"
        if not claimed and self._short(source):
            source.note(f"truncated: the file promises {source.duration:.2f} s, {self.framer.clock.time:.2f} s could be read")
            return "truncated"
        if reel.cut:
            source.note(f"truncated: {self.shown} frames could be read, then: {reel.cut}")
            return "truncated"
        return "damaged" if reel.faults else "ok"

    def _short(self, source: Source) -> bool:
        """Whether the last packet ends well before the promised end (for containers that do not count frames)."""
        if source.duration is None or self.reel.end is None:
            return False
        start = self.reel.container.start_time
        end = self.reel.end - (start / av.time_base if start else 0.0)
        return end < source.duration - max(1.0, 3 * self.framer.clock.step)


class _Piped:
    """Standard input as PyAV wants it: raw reads that come back with what is there, seeking only where it works."""

    def __init__(self) -> None:
        self.number = sys.stdin.fileno()
        if os.path.exists("/dev/stdin") and self._seekable():
            self.seek, self.tell = self._seek, lambda: os.lseek(self.number, 0, os.SEEK_CUR)

    def _seekable(self) -> bool:
        try:
            os.lseek(self.number, 0, os.SEEK_CUR)
        except OSError:
            return False
        return True

    def _seek(self, offset: int, whence: int = 0) -> int:
        return os.lseek(self.number, offset, whence)

    def read(self, size: int) -> bytes:
        return os.read(self.number, size)


@functools.cache
def _readers() -> str:
    """All container formats but those that open further files, as a list for the library."""
    return ",".join(sorted(set(",".join(av.formats_available).split(",")) - REFUSED))


def _refuse(path: str) -> str:
    """Refuse playlists; for a recording without an index return a hint at what happened."""
    with open(path, "rb") as file:
        head = file.read(512)
        text = head.lstrip(b"\xef\xbb\xbf \r\n\t")
        if text.startswith((b"#EXTM3U", b"ffconcat", b"v=0\r\n", b"v=0\n")) or b"<MPD" in head:
            raise SourceError(f"{shown(path)}: a playlist, not a video; open the files or addresses it names")
        if head[4:8] == b"ftyp" and not _has_index(file):
            return ": its index (moov) is missing, the recording was cut off before it was finished"
    return ""


def _has_index(file: Any) -> bool:
    """Whether an mp4 file has a moov box among its outermost boxes."""
    at, end = 0, file.seek(0, os.SEEK_END)
    while at + 8 <= end:
        file.seek(at)
        box = file.read(16)
        size = int.from_bytes(box[:4], "big")
        if box[4:8] == b"moov":
            return True
        if size == 1:
            size = int.from_bytes(box[8:16], "big")
        if size < 8:
            return False
        at += size
    return False
