"""A zip file whose end is missing: its members are found one after the other, and read as far as they go.

After PKWARE's application note on the zip format (local file headers, zip64).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cut", "Member", "find_members", "open_member"]

HEADER = struct.Struct("<4sHHHHHIIIHH")
CHUNK = 1 << 16


@dataclass(frozen=True)
class Member:
    """One file in the zip: its name, where its bytes begin, how it is packed (0 stored, 8 deflated), packed and plain size."""

    name: str
    start: int
    method: int
    packed: int
    plain: int


def find_members(path: Path) -> list[Member]:
    """The members whose beginning is there, in order.

    Raises:
        OSError: the file cannot be read.
    """
    found: list[Member] = []
    size = path.stat().st_size
    with open(path, "rb") as file:
        while True:
            at = file.tell()
            head = file.read(HEADER.size)
            if len(head) < HEADER.size or head[:4] != b"PK\3\4":
                return found
            _, _, flags, method, _, _, _, packed, plain, named, extra = HEADER.unpack(head)
            name, more = file.read(named), file.read(extra)
            if len(more) < extra or method not in (0, 8):
                return found
            plain, packed = _large(more, plain, packed)
            start = at + HEADER.size + named + extra
            found.append(Member(name.decode("utf-8", "replace"), start, method, packed, plain))
            if flags & 8 or packed <= 0 or start + packed > size:  # the size is not known, or nothing comes any more
                return found
            file.seek(start + packed)


def _large(extra: bytes, plain: int, packed: int) -> tuple[int, int]:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == 1 and size >= 16 and 0xFFFFFFFF in (plain, packed):
            return struct.unpack_from("<QQ", extra, at + 4)
        at += 4 + size
    return plain, packed


class Cut:
    """The plain bytes of a member, for as long as there are any."""

    def __init__(self, path: Path, member: Member) -> None:
        self.file = open(path, "rb")
        self.file.seek(member.start)
        self.left = member.packed if member.packed > 0 else 1 << 62
        self.unpack = zlib.decompressobj(-15) if member.method == 8 else None
        self.held = bytearray()

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; fewer only at the end."""
        while size < 0 or len(self.held) < size:
            raw = self.file.read(min(CHUNK, self.left))
            self.left -= len(raw)
            if not raw or (self.unpack is not None and self.unpack.eof):
                break
            try:
                self.held += raw if self.unpack is None else self.unpack.decompress(raw)
            except zlib.error:
                self.left = 0
        size = len(self.held) if size < 0 else size
        out = bytes(self.held[:size])
        del self.held[:size]
        return out

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    def __enter__(self) -> Cut:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_member(path: Path, member: Member) -> Cut:
    """Open one member for reading."""
    return Cut(path, member)
