"""What the service and its workers say to each other, over one socket each.

A message is a head (JSON) and any number of bodies (bytes): the lengths of the head and of all bodies together as two
little-endian 32-bit numbers, then the head, then the bodies. Nothing is ever unpickled.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any

import msgspec

__all__ = ["LARGEST", "Channel", "Message", "encode", "read_message"]

LARGEST = 64 << 20  # bytes of one message; a worker that says more is broken
_LENGTHS = struct.Struct("<II")


class Message(msgspec.Struct, omit_defaults=True):
    """One message.

    Attributes:
        do: what it is about.
        ticket: of a question and of its answer; 0 for what needs none.
        args: plain values.
        sizes: of the bodies, bytes.
        bodies: pictures, JSON that is passed on as it is, arrays.
    """

    do: str
    ticket: int = 0
    args: dict[str, Any] = msgspec.field(default_factory=dict)
    sizes: list[int] = msgspec.field(default_factory=list)
    bodies: tuple[bytes, ...] = ()


class _Head(msgspec.Struct, omit_defaults=True):
    do: str
    ticket: int = 0
    args: dict[str, Any] = msgspec.field(default_factory=dict)
    sizes: list[int] = msgspec.field(default_factory=list)


_encoder, _decoder = msgspec.json.Encoder(), msgspec.json.Decoder(_Head)


def encode(do: str, /, *bodies: bytes, ticket: int = 0, **args: Any) -> bytes:
    """A message as bytes."""
    sizes = [len(body) for body in bodies]
    head = _encoder.encode(_Head(do, ticket, args, sizes))
    return b"".join([_LENGTHS.pack(len(head), sum(sizes)), head, *bodies])


def _decode(head: bytes, rest: bytes) -> Message:
    said = _decoder.decode(head)
    ends = [0]
    for size in said.sizes:
        ends.append(ends[-1] + size)
    if ends[-1] != len(rest):
        raise ValueError(f"a message of {len(rest)} bytes says it has {ends[-1]}")
    bodies = tuple(rest[a:b] for a, b in itertools.pairwise(ends))
    return Message(said.do, said.ticket, said.args, said.sizes, bodies)


def _lengths(raw: bytes) -> tuple[int, int]:
    head, rest = _LENGTHS.unpack(raw)
    if head + rest > LARGEST:
        raise ValueError(f"a message of {head + rest} bytes; expected at most {LARGEST}")
    return head, rest


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """The next message; None when the other side has gone.

    Raises:
        ValueError: what comes is no message.
    """
    try:
        head, rest = _lengths(await reader.readexactly(_LENGTHS.size))
        return _decode(await reader.readexactly(head), await reader.readexactly(rest) if rest else b"")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


class Channel:
    """A worker's end: blocking, may be written to from several threads, read from by one.

    Args:
        line: a connected stream socket.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line, self._turn = line, threading.Lock()

    def send(self, do: str, /, *bodies: bytes, ticket: int = 0, **args: Any) -> None:
        """Say something.

        Raises:
            OSError: the service has gone.
        """
        data = encode(do, *bodies, ticket=ticket, **args)
        with self._turn:
            self._line.sendall(data)

    def __iter__(self) -> Iterator[Message]:
        """What the service says, until it has gone."""
        while True:
            raw = self._exactly(_LENGTHS.size)
            if raw is None:
                return
            head, rest = _lengths(raw)
            said, bodies = self._exactly(head), self._exactly(rest)
            if said is None or bodies is None:
                return
            yield _decode(said, bodies)

    def _exactly(self, count: int) -> bytes | None:
        data = bytearray(count)
        view, at = memoryview(data), 0
        while at < count:
            try:
                got = self._line.recv_into(view[at:])
            except ConnectionError:
                return None
            if not got:
                return None
            at += got
        return bytes(data)
