"""What a file says of itself: a comment, and whether its pictures were generated and not filmed."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import SourceError
from .paths import check_file, picture_paths, shown

__all__ = ["GENERATED", "Marks", "comment_text", "png_chunk", "png_chunks", "png_comment", "read_marks"]

GENERATED = "Generated video: these pictures were made by a program (kinesics), nobody was filmed doing this."
SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Marks:
    """What a picture or video file says of itself.

    Attributes:
        generated: it says that it was made and not filmed.
        comment: what else it says.
    """

    generated: bool
    comment: str


def comment_text(generated: bool, comment: str) -> str:
    """The comment to write into a file; "" for none."""
    return " ".join(part for part in (GENERATED if generated else "", " ".join(comment.split())) if part)


def read_marks(path: str | Path) -> Marks:
    """The marks of a video, a GIF, a PNG or a folder of PNG pictures (those of the first one).

    Raises:
        SourceError: there is no such file, or it is neither a video nor a picture.
    """
    text = str(path)
    paths = picture_paths(text)
    place = text if paths is None else str(paths[0])
    check_file(place)
    with open(place, "rb") as file:
        comment = _of_png(file) if file.read(8) == SIGNATURE else _of_container(place)
    generated = comment.startswith(GENERATED)
    return Marks(generated, comment.removeprefix(GENERATED).strip())


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file: length, kind, data, checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_comment(comment: str) -> bytes:
    """The chunk that holds a comment; nothing for none."""
    if not comment:
        return b""
    try:
        return png_chunk(b"tEXt", b"Comment\0" + comment.encode("latin-1"))
    except UnicodeEncodeError:
        return png_chunk(b"iTXt", b"Comment\0\0\0\0\0" + comment.encode("utf-8", "replace"))


def png_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Kind, place and length of each chunk's data, from byte 8 on."""
    at = 8
    while True:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        yield kind, at + 8, length
        at += 12 + length


def _of_png(file: BinaryIO) -> str:
    for kind, at, length in png_chunks(file):
        if kind == b"IDAT":
            break
        if kind in (b"iTXt", b"tEXt") and length < 1 << 16:
            file.seek(at)
            word, _, rest = file.read(length).partition(b"\0")
            if word == b"Comment":
                return rest.decode("latin-1") if kind == b"tEXt" else rest[2:].split(b"\0", 2)[-1].decode("utf-8", "replace")
    return ""


def _of_container(path: str) -> str:
    from av.error import FFmpegError

    from .reel import Reel, reason

    try:
        reel = Reel("file:" + os.path.abspath(path), name=shown(path), pixel_limit=None, threads=1, protocols="file")
    except (FFmpegError, OSError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"{shown(path)}: not a video or picture that can be read ({reason(error)})") from None
    found = {str(key).lower(): str(value) for key, value in reel.container.metadata.items()}
    reel.close()
    return found.get("comment", "")
