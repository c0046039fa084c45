"""Pictures into an animated GIF: a palette for each picture, times in hundredths of a second that do not drift."""

from __future__ import annotations

import contextlib
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.error import BlockingIOError as NotYet
from av.error import EOFError as AtEnd
from av.error import FFmpegError

from ..errors import SinkError
from ..types import Array
from .beside import Beside, unwritable
from .canvas import Canvas, opaque
from .marks import comment_text
from .paths import shown

TICKS = 100  # a second
SHORTEST = 2  # ticks: players show a picture of one tick for ten
HALF = 128  # of 255: from here on a point is seen
PALETTE_SIDE = 192  # pixels; the colours are chosen from a picture made about so small, for a third of the time


class GifWriter:
    """Write pictures with their times to a .gif that repeats for ever.

    Each picture has 256 colours of its own, mixed by error diffusion; with alpha a point is seen or not (from half on), and one
    corner of a picture is always left out. A picture's moment is its own time rounded to 1/100 s, so that roundings never add
    up; one that comes less than 2/100 s after the one before replaces it. Sizes may be odd. The file appears when it is closed
    (until then: NAME.partial).

    Args:
        path: where to.
        source: refuse to write over this file.
        alpha: pictures may be RGBA and keep what is transparent.
        generated: the file says that its pictures were made and not filmed.
        comment: what else the file says of itself.
        fps_hint: pictures a second, for how long the last one is seen; else as long as the one before.

    Raises:
        SinkError: it cannot be written there.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        source: str | Path | int | None = None,
        alpha: bool = False,
        generated: bool = False,
        comment: str = "",
        fps_hint: float | None = None,
    ) -> None:
        self.path, self.alpha = Path(path), alpha
        self.comment = comment_text(generated, comment)
        self.written = self.replaced = 0
        self._canvas, self._beside = Canvas(self.path, alpha), Beside(self.path, source)
        self._last_ticks = max(SHORTEST, round(TICKS / fps_hint)) if fps_hint else -1
        self._waiting: tuple[int, Array] | None = None
        self._file: Any = None
        self._closed = False

    def write(self, picture: Array, time: float) -> None:
        """Add one picture, (h, w, 3) RGB or with alpha (h, w, 4) straight RGBA, uint8; `time` in seconds, rising."""
        if self._closed:
            raise SinkError(f"{shown(self.path)}: the writer is closed")
        image = opaque(self._canvas.picture(picture))
        if self.alpha and image[:, :, 3].min() >= HALF:  # a GIF's picture is cleared away only if it has a transparent point
            image = image.copy()
            image[0, 0] = 0
        tick = round(self._canvas.seconds(time) * TICKS)
        self.written += 1
        if self._waiting is not None:
            before = self._waiting[0]
            if tick < before + SHORTEST:
                self.replaced += 1
                self._waiting = (before, image)
                return
            self._send(*self._waiting)
        self._waiting = (tick, image)

    def close(self) -> None:
        """Finish the file; twice is fine. Without a picture there is no file."""
        if self._closed:
            return
        if self._waiting is not None:
            self._send(*self._waiting)
            try:
                self._graph.push(None)
                self._take()
                self._file.mux(self._stream.encode(None))
                self._file.close()
            except (FFmpegError, OSError) as error:
                raise self._failed(error) from None
            self._beside.finish()
        self._closed = True

    def discard(self) -> None:
        """Close and remove what was written; an older file of that name stays."""
        self._closed = True
        self._beside.discard()
        if self._file is not None:
            with contextlib.suppress(FFmpegError, OSError):
                self._file.close()

    def __enter__(self) -> GifWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.discard()
        self.close()

    def _send(self, tick: int, image: Array) -> None:
        try:
            if self._file is None:
                self._open(image.shape[1], image.shape[0])
            frame = av.VideoFrame.from_ndarray(image, format="rgba")
            frame.pts, frame.time_base = tick, Fraction(1, TICKS)
            self._graph.push(frame)
            self._take()
        except (FFmpegError, OSError) as error:
            raise self._failed(error) from None

    def _take(self) -> None:
        """What the palette graph has ready, into the file."""
        while True:
            try:
                frame = self._graph.pull()
            except (NotYet, AtEnd):
                return
            frame.time_base = Fraction(1, TICKS)
            self._file.mux(self._stream.encode(frame))

    def _open(self, width: int, height: int) -> None:
        self._graph = _palettes(width, height)
        sink = _Commented(self._beside, self.comment)
        self._file = av.open(sink, "w", format="gif", options={"final_delay": str(self._last_ticks)})
        self._stream: Any = self._file.add_stream("gif", rate=TICKS)
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "pal8"
        self._stream.time_base = self._stream.codec_context.time_base = Fraction(1, TICKS)

    def _failed(self, error: Exception) -> SinkError:
        self.discard()
        return error if isinstance(error, SinkError) else unwritable(self.path, error)


def _palettes(width: int, height: int) -> Any:
    """A filter graph: RGBA in, 256 colours with their own palette out."""
    graph = av.filter.Graph()
    pictures = graph.add_buffer(width=width, height=height, format=av.VideoFormat("rgba"), time_base=Fraction(1, TICKS))
    part = max(1, min(width, height) // PALETTE_SIDE)
    split, small = graph.add("split"), graph.add("scale", f"{max(1, width // part)}:{max(1, height // part)}:flags=neighbor")
    choose = graph.add("palettegen", "stats_mode=single:reserve_transparent=1:max_colors=256")
    use, sink = graph.add("paletteuse", f"new=1:alpha_threshold={HALF}:dither=sierra2_4a"), graph.add("buffersink")
    pictures.link_to(split)
    split.link_to(small, 0, 0)
    small.link_to(choose)
    split.link_to(use, 1, 0)
    choose.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    return graph


class _Commented:
    """A place for the GIF's bytes that puts the comment behind its head, where all readers look for it."""

    def __init__(self, beside: Beside, comment: str) -> None:
        self.beside, self.block = beside, _comment_block(comment)
        self.head = b""

    def write(self, data: bytes) -> int:
        """Append bytes."""
        data = bytes(data)
        if not self.block:
            self.beside.write(data)
            return len(data)
        self.head += data
        at = _head_length(self.head)
        if at is not None:
            self.beside.write(self.head[:at] + self.block + self.head[at:])
            self.head = self.block = b""
        return len(data)


def _head_length(data: bytes) -> int | None:
    """Bytes of signature, screen, palette and the note that it repeats; None while they are not all there."""
    if len(data) < 13:
        return None
    end = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    if len(data) < end + 14:
        return None
    loop = data[end : end + 14] == b"\x21\xff\x0bNETSCAPE2.0"
    end += 19 if loop else 0
    return end if len(data) >= end else None


def _comment_block(comment: str) -> bytes:
    """The comment extension: pieces of at most 255 bytes, each with its length before it; nothing for no comment."""
    text = comment.encode("utf-8", "replace")
    pieces = [text[at : at + 255] for at in range(0, len(text), 255)]
    return b"\x21\xfe" + b"".join(struct.pack("B", len(p)) + p for p in pieces) + b"\0" if text else b""
