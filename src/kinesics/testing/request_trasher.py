"""Bad requests without end, from a seed: heads and lengths that are not what they should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from .body_trasher import BODY_KINDS
from .rude_client import BadRequest, request_bytes
from .socket_trasher import SOCKET_KINDS

__all__ = ["bad_requests"]

_JSON = "Content-Type: application/json"


def bad_requests(seed: int, host: str) -> Iterator[BadRequest]:
    """Bad requests of some thirty kinds in turn, without end.

    Args:
        seed: of all chance.
        host: "name:port" as the service is addressed, so that most of them get past the first check.
    """
    chance = Random(seed)
    kinds = list(_KINDS.items())
    while True:
        chance.shuffle(kinds)
        for kind, make in kinds:
            made = make(chance, host)
            yield made if isinstance(made, BadRequest) else BadRequest(kind, (made,))


# ------------------------------------------------------------------------------------------------------------------- heads
def _half_head(chance: Random, host: str) -> BadRequest:
    whole = request_bytes(host, "GET /v1/status HTTP/1.1", "Accept: */*")
    return BadRequest("half a head", (whole[: chance.randrange(1, len(whole) - 2)],), leaves=True)


def _noise(chance: Random, host: str) -> bytes:
    return chance.randbytes(chance.randint(20, 2000)) + b"\r\n\r\n"


def _first_line(chance: Random, host: str) -> bytes:
    lines = ("GET /", "GET / HTTP/9.9", "get / HTTP/1.1", "GET  / HTTP/1.1", "G\0T / HTTP/1.1", "GET / HTTP/1.1 x",
             "PRI * HTTP/2.0", "GET /\u00e9 HTTP/1.1",
             "GET / HTTP/0.9", "X" * 9000 + " / HTTP/1.1", "GET /" + "a" * 100_000 + " HTTP/1.1",
             "GET http://evil.example/ HTTP/1.1", "GET ? HTTP/1.1",
             "OPTIONS * HTTP/1.1", "CONNECT evil.example:443 HTTP/1.1", "\x16\x03\x01\x02\0\x01")  # fmt: skip
    return request_bytes(host, chance.choice(lines))


def _method(chance: Random, host: str) -> bytes:
    word = chance.choice(("TRACE", "OPTIONS", "CONNECT", "BREW", "DELETE", "PUT", "PATCH", "POST", "HEAD", "PROPFIND"))
    return request_bytes(
        host, f"{word} {chance.choice(('/', '/healthz', '/metrics', '/v1/status', '/v1/events/live', '/page/x'))} HTTP/1.1"
    )


def _header(chance: Random, host: str) -> bytes:
    odd = ("no colon", ": nothing", "a b: c", "x: a\0b", "x: " + "y" * 100_000, " folded: x", "x\u00e9: y", "x: \u00e9",
           "x:\r y", "Cookie: " + "a=b; " * 2000,
           "Cookie: kinesics=" + "\u00ff" * 50, "Authorization: Bearer", "Authorization: Basic AAAA", "Range: bytes=-1-",
           "Expect: 200-magic",
           "If-None-Match: " + '"' * 500, "Accept-Encoding: " + "gzip," * 1000, "Origin: null",
           "Origin: http://evil.example", "Origin: \0",
           "Sec-Fetch-Site: cross-site", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: evil.example", "Upgrade: h2c",
           "Connection: upgrade")  # fmt: skip
    return request_bytes(host, "GET /v1/status HTTP/1.1", chance.choice(odd))


def _many_headers(chance: Random, host: str) -> bytes:
    return request_bytes(host, "GET / HTTP/1.1", *(f"x{n}: {n}" for n in range(chance.choice((150, 5000)))))


def _host(chance: Random, host: str) -> bytes:
    odd = (
        "",
        "evil.example",
        "127.0.0.1:1",
        "[::1",
        "a b",
        f"{host}\r\nHost: {host}",
        f"{host}@evil.example",
        "\u00e9",
        "x" * 5000,
    )
    return request_bytes(chance.choice(odd), "GET /v1/status HTTP/1.1") if chance.random() < 0.9 else b"GET / HTTP/1.1\r\n\r\n"


# ------------------------------------------------------------------------------------------------------------------ lengths
def _length(chance: Random, host: str) -> bytes:
    odd = (
        "-1",
        "1e3",
        "0x10",
        "+5",
        " ",
        "5, 6",
        "5\r\nContent-Length: 6",
        "99999999999999999999",
        "9" * 400,
        "4294967296",
        "\u0665",
    )
    path = chance.choice(("/v1/streams", "/v1/pictures", "/v1/clips", "/v1/login"))
    return request_bytes(
        host, f"POST {path} HTTP/1.1", _JSON, f"Content-Length: {chance.choice(odd)}", body=b"12345", sized=False
    )


def _short_body(chance: Random, host: str) -> BadRequest:
    path = chance.choice(("/v1/streams", "/v1/pictures", "/v1/clips", "/v1/nothing"))
    kind = _JSON if path == "/v1/streams" else "Content-Type: image/jpeg"
    raw = request_bytes(host, f"POST {path} HTTP/1.1", kind, "Content-Length: 5000", body=b"123", sized=False)
    return BadRequest("a body cut off", (raw,), leaves=True)


def _long_body(chance: Random, host: str) -> bytes:
    return request_bytes(
        host, "POST /v1/streams HTTP/1.1", _JSON, "Content-Length: 2", body=b"{}" + chance.randbytes(500), sized=False
    )


def _chunks(chance: Random, host: str) -> BadRequest:
    odd = (b"zz\r\nab\r\n0\r\n\r\n", b"-1\r\n\r\n", b"f" * 40 + b"\r\n", b"5\r\nab\r\n0\r\n\r\n", b"2\r\nabc\r\n0\r\n\r\n",
           b"2;" + b"x" * 9000 + b"\r\nab\r\n",
           b"2\nab\n0\n\n", b"0\r\n" + b"x: y\r\n" * 5000 + b"\r\n", b"0\r\nno colon\r\n\r\n", b"\r\n\r\n",
           b"2\r\nab")  # fmt: skip
    both = ["Content-Length: 5"] if chance.random() < 0.3 else []
    coding = chance.choice(("chunked", "chunked", "gzip, chunked", "chunked, chunked", "x", "Chunked\x0b"))
    head = request_bytes(host, "POST /v1/streams HTTP/1.1", _JSON, f"Transfer-Encoding: {coding}", *both, sized=False)
    return BadRequest("chunks that lie", (head + chance.choice(odd),), leaves=True)


def _pipelined(chance: Random, host: str) -> bytes:
    one = request_bytes(host, "GET /healthz HTTP/1.1").replace(b"Connection: close" + b"\r\n", b"")
    return one * chance.randint(2, 50) + chance.randbytes(200) + b"\r\n\r\n"


_KINDS: dict[str, Callable[[Random, str], bytes | BadRequest]] = {
    "half a head": _half_head,
    "noise": _noise,
    "first line": _first_line,
    "method": _method,
    "header": _header,
    "many headers": _many_headers,
    "host": _host,
    "length": _length,
    "a body cut off": _short_body,
    "a body too long": _long_body,
    "chunks that lie": _chunks,
    "pipelined": _pipelined,
    **BODY_KINDS,
    **SOCKET_KINDS,
}
