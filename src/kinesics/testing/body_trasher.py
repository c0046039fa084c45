"""Bodies, addresses and queries that are not what they should be, in requests that are."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from random import Random

from .rude_client import request_bytes

__all__ = ["BODY_KINDS"]

_JSON = "Content-Type: application/json"
_TEXTS = (
    "\0",
    "\ud800",
    "\u202e",
    "😀",
    "ａ",
    "é" * 3000,
    "../../etc/passwd",
    "a/b",
    "%2e%2e%2f",
    "-rf",
    "' OR 1=1 --",
    "{{7*7}}",
    "",
)
_SOURCES = ("file:///etc/passwd", "/etc/passwd", "/dev/zero", "-", "-i", "concat:a|b", "subfile,,start,0:a", "pipe:0",
            "a\nb", "rtsp://",
            "http://u:p/w@h/", "../../x.mp4", "\0", "gopher://h/", "x" * 5000)  # fmt: skip
_PATHS = ("/../../etc/passwd", "/page/../../pyproject.toml", "/page/%2e%2e/%2e%2e/errors.py", "/page/%00",
          "/page//etc/passwd", "/%c0%ae%c0%ae/",
          "//evil.example/", "/v1/models/..%2f..%2fx", "/v1/models/%00", "/v1/models/" + "x" * 3000,
          "/v1/streams/%F0%9F%98%80", "/v1/models/a/examples/-1",
          "/v1/models/a/examples/9" + "9" * 30, "/v1/persons/.", "/v1/exercises/~", "/v1/" + "a/" * 500,
          "/v1/streams/%ff%fe", "/*", "/v1;a=b", "/\\..\\x")  # fmt: skip
_QUERIES = ("since=nan", "until=inf", "since=-1e999", "limit=-1", "limit=1e9", "limit=" + "9" * 40, "after=x", "format=exe",
            "since=1&since=2",
            "person=%00", "kind=%ff", "stream=" + "x" * 3000, "label=%27%3Bdrop%20table%20events", "%00=%00", "&&&===",
            "since=0x10", "after=1_0")  # fmt: skip


def _json(chance: Random, host: str) -> bytes:
    odd = (b"", b"{", b"nonsense", b"[" * 100_000, b'{"a":' * 50_000, b"NaN", b'{"fps": NaN, "source": "demo"}',
           b'{"fps": Infinity, "source": "demo"}',
           b'{"fps": 1e999, "source": "demo"}', b'{"fps": -5, "source": "demo"}',
           b'{"fps": ' + b"9" * 5000 + b', "source": "demo"}', b'{"source": 5}',
           b'{"source": null}', b'{"source": ["demo"]}', b'{"source": {"source": "demo"}}', b"[]", b"null", b"5", b'"x"',
           b"\xff\xfe{}", b"\xef\xbb\xbf{}",
           b'{"source": "\xff"}', b'{"source": "\\ud800", "x": 1}', b'{"source": "demo", "unknown": 1}',
           b'{"source":"demo","source":"/etc/passwd"}',
           "{}".encode("utf-16"), b"{}" * 1000, b'{"source": "demo", "budget": 0}', b'{"source": "demo", "redact": "me"}',
           b"{" + b" " * 900_000)  # fmt: skip
    path = chance.choice(("POST /v1/streams", "POST /v1/login", "PATCH /v1/streams/none", "POST /v1/streams/none/ask/teach",
    "POST /v1/models/none/rename",
                          "PUT /v1/exercises/none", "POST /v1/models/none/undo"))  # fmt: skip
    return request_bytes(host, f"{path} HTTP/1.1", _JSON, body=chance.choice(odd))


def _source(chance: Random, host: str) -> bytes:
    return request_bytes(
        host, "POST /v1/streams HTTP/1.1", _JSON, body=json.dumps({"source": chance.choice(_SOURCES)}).encode()
    )


def _field(chance: Random, host: str) -> bytes:
    field = chance.choice(("name", "pose", "model", "coach", "person", "redact", "live", "loop", "fps", "budget", "keep"))
    value: object = chance.choice((*_TEXTS, -1, 0, 2**70, [], {}, [[]], {"a": {}}, True))
    return request_bytes(host, "POST /v1/streams HTTP/1.1", _JSON, body=json.dumps({"source": "-", field: value}).encode())


def _type(chance: Random, host: str) -> bytes:
    kind = chance.choice(
        (
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=",
            "",
            "\0",
            "application/json; charset=utf-7",
        )
    )
    return request_bytes(
        host,
        f"POST {chance.choice(('/v1/streams', '/v1/pictures', '/v1/login'))} HTTP/1.1",
        f"Content-Type: {kind}",
        body=b"{}=",
    )


def _packed(chance: Random, host: str) -> bytes:
    bomb = zlib.compress(bytes(10_000_000))
    path = chance.choice(("/v1/streams", "/v1/pictures", "/v1/clips"))
    return request_bytes(
        host, f"POST {path} HTTP/1.1", _JSON, f"Content-Encoding: {chance.choice(('gzip', 'deflate', 'br'))}", body=bomb
    )


def _file(chance: Random, host: str) -> bytes:
    header = struct.pack(">IIBBBBB", *chance.choice(((20_000, 20_000), (0, 0), (2**31, 1), (70_000, 1))), 8, 2, 0, 0, 0)
    odd = (b"", chance.randbytes(3000), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + header + struct.pack(">I",
           zlib.crc32(b"IHDR" + header)), b"\xff\xd8\xff" * 50,
           b"#EXTM3U\n#EXTINF:1\n/etc/passwd\n", b"ffconcat version 1.0\nfile '/etc/passwd'\n", b"PK\x03\x04" + bytes(300),
           b"PK\x05\x06" + bytes(18),
           b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>", b"%!PS",
           b"RIFF\xff\xff\xff\xffWEBPVP8X" + bytes(30),
           b"\0\0\0\x18ftypmp42" + bytes(200), b"\x80\x04cos\nsystem\n(S'true'\ntR.",
           b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>")  # fmt: skip
    path = chance.choice(("POST /v1/pictures", "POST /v1/pictures?pose=nope", "POST /v1/pictures?masks=2&x=y",
    "POST /v1/clips", "PUT /v1/models/bad",
                          "PUT /v1/persons/bad", "PUT /v1/models/..%2fbad"))  # fmt: skip
    return request_bytes(host, f"{path} HTTP/1.1", "Content-Type: application/octet-stream", body=chance.choice(odd))


def _path(chance: Random, host: str) -> bytes:
    word = chance.choice(("GET", "GET", "DELETE", "PUT"))
    return request_bytes(host, f"{word} {chance.choice(_PATHS)} HTTP/1.1", "Content-Type: application/octet-stream")


def _query(chance: Random, host: str) -> bytes:
    return request_bytes(host, f"GET /v1/events?{chance.choice(_QUERIES)} HTTP/1.1")


BODY_KINDS: dict[str, Callable[[Random, str], bytes]] = {
    "JSON": _json,
    "source": _source,
    "field": _field,
    "type": _type,
    "packed": _packed,
    "file": _file,
    "path": _path,
    "query": _query,
}
"""What can be wrong: chance and "name:port" in, the bytes out."""
