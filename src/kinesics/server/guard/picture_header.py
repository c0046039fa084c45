"""Kind and size of a picture that somebody sends, from its first bytes, before anything is decoded.

`video.headers` does this for files that are opened; here nothing of the room `video` may be loaded, the bytes come from a
stranger, and what moves or is rare is refused.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from ...errors import SourceError, UsageError

__all__ = ["checked_picture", "picture_kind"]

_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # JPEG markers that hold the size
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # and those without a length
_NOT_FILL = re.compile(rb"[^\xff]", re.DOTALL)  # a marker is any number of ff and what it is
_SEGMENTS = 2000  # of a JPEG before its size is told
_LONGEST = 65_535  # of a side
_KINDS = ("jpeg", "png", "webp", "bmp")


def picture_kind(data: bytes) -> str | None:
    """What the content is: "jpeg", "png", "webp", "bmp" or None."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    starts = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "bmp": b"BM"}
    return next((kind for kind, start in starts.items() if data.startswith(start)), None)


def checked_picture(data: bytes, most_pixels: int) -> tuple[int, int, str]:
    """Width, height (as stored, not turned) and kind of a picture that may be decoded.

    Args:
        data: the whole file.
        most_pixels: width x height.

    Raises:
        SourceError: no picture of a kind that is taken, or its header is damaged.
        UsageError: too large.
    """
    kind = picture_kind(data)
    if kind is None:
        raise SourceError(f"expected a picture ({', '.join(_KINDS)}), got {len(data)} bytes of something else")
    try:
        size = _READERS[kind](data)
    except (struct.error, IndexError):
        size = None
    if size is None or not 0 < size[0] <= _LONGEST or not 0 < size[1] <= _LONGEST:
        raise SourceError(f"the header of this {kind} is damaged or cut off; send the whole picture")
    if size[0] * size[1] > most_pixels:
        most = f"{most_pixels / 1e6:g} million pixels"
        raise UsageError(f"a picture of {size[0]}x{size[1]}; expected at most {most}: send a smaller one")
    return (*size, kind)


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(_SEGMENTS):
        at = data.find(b"\xff", at)
        found = None if at < 0 else _NOT_FILL.search(data, at)
        if found is None:
            return None
        at = found.start()
        mark = data[at]
        if mark in _SIZES:
            _, _, height, width = struct.unpack_from(">HBHH", data, at + 1)
            return width, height
        if mark == 0xDA:  # pixels, and no size yet
            return None
        at += 1
        if mark not in _ALONE:
            (length,) = struct.unpack_from(">H", data, at)
            if length < 2:
                return None
            at += length
    return None


def _png(data: bytes) -> tuple[int, int] | None:
    length, name, width, height = struct.unpack_from(">I4sII", data, 8)
    return (width, height) if (length, name) == (13, b"IHDR") else None


def _bmp(data: bytes) -> tuple[int, int] | None:
    (size,) = struct.unpack_from("<I", data, 14)
    if size == 12:
        old: tuple[int, int] = struct.unpack_from("<HH", data, 18)
        return old
    width, height = struct.unpack_from("<ii", data, 18)
    return width, abs(height)  # below 0: the topmost row comes first


def _webp(data: bytes) -> tuple[int, int] | None:
    name = data[12:16]
    if name == b"VP8X":
        if data[20] & 2:  # it moves
            return None
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30] + b"\0", "little") + 1
    if name == b"VP8L":
        mark, bits = struct.unpack_from("<BI", data, 20)
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1) if mark == 0x2F else None
    if name == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


_READERS: dict[str, Callable[[bytes], tuple[int, int] | None]] = {"jpeg": _jpeg, "png": _png, "webp": _webp, "bmp": _bmp}
