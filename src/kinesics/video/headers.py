"""Kind and size of a still picture from its first bytes, before anything is decoded."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import BinaryIO

HEAD = 32
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def picture_size(path: str) -> tuple[int, int] | None:
    """Stored (width, height) of a PNG, JPEG, BMP, WebP or TIFF file; None when it is none of these, or moves (APNG, WebP)."""
    with open(path, "rb") as file:
        return size_in(file)


def size_in(file: BinaryIO) -> tuple[int, int] | None:
    """The same of an open file, from its start on."""
    head = file.read(HEAD)
    for magic, read in _READERS:
        if head.startswith(magic):
            try:
                return read(head, file)
            except (struct.error, ValueError, IndexError, OverflowError, OSError):
                return None
    return None


def is_damaged_png(data: bytes) -> bool:
    """Whether this is a PNG with a wrong checksum or without its end; asked first, since its decoder writes to stderr."""
    if not data.startswith(b"\x89PNG"):
        return False
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        body, check = data[at + 4 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        if zlib.crc32(body).to_bytes(4, "big") != check:
            return True
        if body == b"IEND":
            return False
        at += 12 + length
    return True


def _png(head: bytes, file: BinaryIO) -> tuple[int, int] | None:
    width, height = struct.unpack(">II", head[16:24])
    file.seek(8)
    for _ in range(64):  # an animation says so before its first picture
        length, name = struct.unpack(">I4s", file.read(8))
        if name == b"acTL":
            return None
        if name == b"IDAT":
            break
        file.seek(length + 4, 1)
    return width, height


def _jpeg(head: bytes, file: BinaryIO) -> tuple[int, int] | None:
    file.seek(2)
    for _ in range(10_000):
        (mark,) = file.read(1)
        if mark != 0xFF:
            continue
        while mark == 0xFF:
            (mark,) = file.read(1)
        if mark in _JPEG_SIZES:
            _, _, height, width = struct.unpack(">HBHH", file.read(7))
            return width, height
        if mark not in (0x01, *range(0xD0, 0xD9)):
            (length,) = struct.unpack(">H", file.read(2))
            file.seek(length - 2, 1)
    return None


def _bmp(head: bytes, file: BinaryIO) -> tuple[int, int] | None:
    (size,) = struct.unpack("<I", head[14:18])
    if size == 12:
        width, height = struct.unpack("<HH", head[18:22])
    else:
        width, height = struct.unpack("<ii", head[18:26])
    return abs(width), abs(height)


def _webp(head: bytes, file: BinaryIO) -> tuple[int, int] | None:
    if head[8:12] != b"WEBP":
        return None
    if head[12:16] == b"VP8X":
        if head[20] & 2:
            return None
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if head[12:16] == b"VP8L":
        (bits,) = struct.unpack("<I", head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _tiff(head: bytes, file: BinaryIO) -> tuple[int, int] | None:
    order = "<" if head[:2] == b"II" else ">"
    (start,) = struct.unpack(order + "I", head[4:8])
    file.seek(start)
    (count,) = struct.unpack(order + "H", file.read(2))
    found: dict[int, int] = {}
    for _ in range(count):
        tag, kind, _, raw = struct.unpack(order + "HHI4s", file.read(12))
        if tag in (256, 257):
            found[tag] = struct.unpack(order + ("H" if kind == 3 else "I"), raw[: 2 if kind == 3 else 4])[0]
    return (found[256], found[257]) if len(found) == 2 else None


_READERS: tuple[tuple[bytes, Callable[[bytes, BinaryIO], tuple[int, int] | None]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"BM", _bmp),
    (b"RIFF", _webp),
    (b"II*\x00", _tiff),
    (b"MM\x00*", _tiff),
)
