"""WebSockets that break the rules: handshakes, frames, words and pictures that are not what they should be."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable
from random import Random

from .rude_client import BadRequest

__all__ = ["SOCKET_KINDS", "frame", "handshake"]


def handshake(host: str, path: str, *headers: str) -> bytes:
    """The head that opens a WebSocket."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: Upgrade", "Upgrade: websocket", *headers]
    if not any(line.startswith("Sec-WebSocket-Key") for line in headers):
        lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogatepass")


def frame(
    data: bytes, opcode: int = 1, *, fin: bool = True, rsv: int = 0, masked: bool = True, size: int | None = None
) -> bytes:
    """A frame of a client; its mask changes nothing."""
    size = len(data) if size is None else size
    short = size if size < 126 else 126 if size < 65536 else 127
    length = b"" if short < 126 else size.to_bytes(2 if short == 126 else 8, "big")
    return bytes([fin << 7 | rsv << 4 | opcode, masked << 7 | short]) + length + (bytes(4) if masked else b"") + data


_BYE = frame(struct.pack(">H", 1000), 8)


def _bad_handshake(chance: Random, host: str) -> BadRequest:
    odd = (("Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13"), ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
           "Sec-WebSocket-Version: 99"),
           ("Origin: http://evil.example",), ("Origin: null",), ("Sec-Fetch-Mode: websocket",),
           ("Sec-WebSocket-Protocol: " + "a," * 3000,),
           ("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=999",), ("Content-Length: 5",),
           ("Transfer-Encoding: chunked",),
           ("Sec-WebSocket-Key: \0", "Sec-WebSocket-Version: 13"), ("Sec-WebSocket-Extensions: " + ";" * 500,))  # fmt: skip
    raw = handshake(host, chance.choice(("/v1/camera", "/v1/events/live", "/v1/nothing", "/")), *chance.choice(odd))
    return BadRequest("handshake", (raw.replace(b"GET", b"POST", 1) if chance.random() < 0.2 else raw, _BYE))


def _talk(chance: Random, host: str, kind: str, *frames: bytes, path: str | None = None) -> BadRequest:
    path = path or chance.choice(
        ("/v1/camera", "/v1/camera", "/v1/events/live", "/v1/events/live?after=x", "/v1/streams/none/live?pictures=9")
    )
    return BadRequest(kind, (handshake(host, path), b"".join(frames) + _BYE))


def _frames(chance: Random, host: str) -> BadRequest:
    a = b"a"
    odd = (frame(a, rsv=4), frame(zlib.compress(bytes(5_000_000))[2:-4], 2, rsv=4), frame(a, 3), frame(a, 11), frame(a * 126,
           9), frame(a, 9, fin=False),
           frame(a, 0), frame(a, fin=False) + frame(a), frame(b"\xff\xfe"), frame(a, masked=False), frame(a, 2,
           size=1 << 40), frame(a, 2, size=(1 << 64) - 1),
           b"\x81\xfe\0\x01" + bytes(4) + a, b"\x81\xff" + (1).to_bytes(8, "big") + bytes(4) + a, frame(b"", 9) * 400,
           frame(b"", 10) * 50,
           frame(b"", fin=False) + frame(b"", 0, fin=False) * 3000, frame(b"\x03", 8), *(frame(struct.pack(">H", code),
           8) for code in (0, 999, 1005, 1006, 5000)),
           frame(struct.pack(">H", 1000) + b"\xff", 8), frame(bytes(3 << 20), 2), chance.randbytes(500),
           frame(a) * 2000)  # fmt: skip
    return _talk(chance, host, "frames", chance.choice(odd))


def _words(chance: Random, host: str) -> BadRequest:
    odd = (b"", b"{", b"NaN", b"[" * 100_000, b"null", b"[]", b'{"ask": 5}', b'{"ask": "teach"}',
           b'{"ask": "nothing", "ticket": 1}',
           b'{"ask": "change", "ticket": -1, "args": 7}', b'{"settings": 5}', b'{"settings": {"fps": NaN}}',
           b'{"settings": {"source": "/etc/passwd"}}',
           b'{"settings": {"unknown": 1}}', b'{"ask": "watch", "ticket": 1e99, "args": {}}', "\u202e\0".encode())  # fmt: skip
    return _talk(chance, host, "words over a WebSocket", *(frame(chance.choice(odd)) for _ in range(chance.randint(1, 4))))


def _pictures(chance: Random, host: str) -> BadRequest:
    time = chance.choice((math.nan, math.inf, -1.0, 1e308, 0.0))
    head = struct.pack("<Id", chance.choice((0, 1, 2**32 - 1)), time)
    odd = (
        b"",
        b"\0",
        head[:5],
        head,
        head + b"\xff\xd8\xff",
        head + chance.randbytes(5000),
        head + b"\x89PNG\r\n\x1a\n" + bytes(40),
        head + b"BM" + bytes(60),
    )
    opened = [frame(b'{"settings": {"source": "browser", "pose": "fast"}}')] if chance.random() < 0.3 else []
    frames = [frame(chance.choice(odd), 2) for _ in range(chance.randint(1, 5))]
    return _talk(chance, host, "pictures over a WebSocket", *opened, *frames, path="/v1/camera")


def _leaves(chance: Random, host: str) -> BadRequest:
    raw = frame(chance.randbytes(2000), 2)
    return BadRequest("leaves in a frame", (handshake(host, "/v1/camera"), raw[: chance.randrange(1, len(raw))]), leaves=True)


SOCKET_KINDS: dict[str, Callable[[Random, str], BadRequest]] = {
    "handshake": _bad_handshake,
    "frames": _frames,
    "words over a WebSocket": _words,
    "pictures over a WebSocket": _pictures,
    "leaves in a frame": _leaves,
}
"""What can be wrong: chance and "name:port" in, the bytes out."""
