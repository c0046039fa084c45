"""Pictures into an animated PNG: exact colours and alpha, exact times."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import SinkError
from ..types import Array
from .beside import Beside
from .canvas import Canvas
from .marks import SIGNATURE, comment_text, png_chunk, png_chunks, png_comment
from .paths import shown
from .pictures import encode_png

TICKS = 60_000  # a second: exact for 24, 25, 30, 50 and 60 pictures a second; in 16 bits up to 1.09 s
COUNT_AT = 8 + 25  # where acTL stands, which holds the number of pictures: behind the signature and IHDR


class ApngWriter:
    """Write pictures with their times to an .apng (or .png) that repeats for ever; nothing is lost but its size.

    Of each picture only the part that changed is kept. Sizes may be odd. The last picture is seen as long as the one before, or
    1 / `fps_hint` seconds. The file appears when it is closed (until then: NAME.partial).

    Args:
        path: where to.
        source: refuse to write over this file.
        alpha: pictures may be RGBA and keep their transparency.
        generated: the file says that its pictures were made and not filmed.
        comment: what else the file says of itself.
        fps_hint: pictures a second, for how long the last one is seen.

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
        self.written = 0
        self._canvas, self._beside = Canvas(self.path, alpha), Beside(self.path, source)
        self._step = 1 / fps_hint if fps_hint else None
        self._waiting: tuple[float, Array] | None = None
        self._shown: Array | None = None
        self._passed = 0.0  # seconds, the sum of the delays that were written
        self._pictures = self._chunks = 0
        self._closed = False

    def write(self, picture: Array, time: float) -> None:
        """Add one picture, (h, w, 3) RGB or with alpha (h, w, 4) straight RGBA, uint8; `time` in seconds, rising.

        One that comes not later than the one before (by 1/60000 s) replaces it.
        """
        if self._closed:
            raise SinkError(f"{shown(self.path)}: the writer is closed")
        image, moment = self._canvas.picture(picture), self._canvas.seconds(time)
        self.written += 1
        if self._waiting is not None:
            before = self._waiting[0]
            if moment < before + 1 / TICKS:
                self._waiting = (before, image)
                return
            self._send(moment)
        self._waiting = (moment, image.copy())

    def close(self) -> None:
        """Finish the file; twice is fine. Without a picture there is no file."""
        if self._closed:
            return
        if self._waiting is not None:
            last = self._step or (self._waiting[0] / self._pictures if self._pictures else 0.1)
            self._send(self._waiting[0] + last)
            self._beside.write(png_chunk(b"IEND", b""))
            self._beside.rewrite(COUNT_AT, png_chunk(b"acTL", struct.pack(">II", self._pictures, 0)))
            self._beside.finish()
        self._closed = True

    def discard(self) -> None:
        """Close and remove what was written; an older file of that name stays."""
        self._closed = True
        self._beside.discard()

    def __enter__(self) -> ApngWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.discard()
        self.close()

    def _send(self, until: float) -> None:
        """Write the picture that waits; it is seen from now on `until` that second."""
        assert self._waiting is not None
        image = self._waiting[1]
        left, top, right, bottom = _changed(self._shown, image)
        head, data = _coded(image[top:bottom, left:right])
        if not self._pictures:
            self._begin(head)
        control = struct.pack(">IIII", right - left, bottom - top, left, top) + self._delay(until) + b"\0\0"
        self._put(b"fcTL", control)
        for block in data:
            if self._pictures:
                self._put(b"fdAT", block)
            else:
                self._beside.write(png_chunk(b"IDAT", block))
        self._pictures, self._shown = self._pictures + 1, image

    def _begin(self, head: bytes) -> None:
        counted = png_chunk(b"acTL", struct.pack(">II", 1, 0))
        self._beside.write(SIGNATURE + png_chunk(b"IHDR", head) + counted + png_comment(self.comment))

    def _put(self, kind: bytes, data: bytes) -> None:
        """A chunk of the animation, which carries its number."""
        self._beside.write(png_chunk(kind, struct.pack(">I", self._chunks) + data))
        self._chunks += 1

    def _delay(self, until: float) -> bytes:
        """Numerator and denominator of the seconds; what rounding leaves is made up by the next one."""
        wanted = until - self._passed
        unit = next((unit for unit in (TICKS, 10_000, 1000, 100, 1) if round(wanted * unit) < 1 << 16), 1)
        count = min(max(round(wanted * unit), 0), (1 << 16) - 1)
        self._passed += count / unit
        return struct.pack(">HH", count, unit)


def _changed(before: Array | None, image: Array) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what differs from the picture before; one pixel where nothing does."""
    if before is None:
        return 0, 0, image.shape[1], image.shape[0]
    apart = (before != image).any(axis=2)
    rows, columns = np.flatnonzero(apart.any(axis=1)), np.flatnonzero(apart.any(axis=0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _coded(image: Array) -> tuple[bytes, list[bytes]]:
    """The head and the data blocks of a picture's PNG."""
    file = io.BytesIO(encode_png(image))
    head, data = b"", list[bytes]()
    for kind, block in _blocks(file):
        if kind == b"IHDR":
            head = block
        elif kind == b"IDAT":
            data.append(block)
    return head, data


def _blocks(file: io.BytesIO) -> Iterator[tuple[bytes, bytes]]:
    raw = file.getvalue()
    for kind, at, length in png_chunks(file):
        yield kind, raw[at : at + length]
