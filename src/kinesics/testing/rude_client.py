"""A client that sends what nobody should send, and looks at what comes back."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass

__all__ = ["BadRequest", "Reply", "request_bytes", "send_rudely"]


@dataclass(frozen=True)
class BadRequest:
    """Something that is no proper request.

    Attributes:
        kind: what is wrong with it, for reports.
        parts: bytes; before each but the first something is waited for, such as the answer to a handshake.
        leaves: the client hangs up when it has sent that much, as one whose network went away.
    """

    kind: str
    parts: tuple[bytes, ...]
    leaves: bool = False


@dataclass(frozen=True)
class Reply:
    """What a service made of a bad request.

    Attributes:
        said: all that came.
        status: of HTTP, 0 when there was no answer.
        seconds: until it was complete or the connection was closed.
        hung: neither happened in time.
    """

    said: bytes
    status: int
    seconds: float
    hung: bool


def request_bytes(host: str, line: str = "GET / HTTP/1.1", *headers: str, body: bytes = b"", sized: bool = True) -> bytes:
    """A request as bytes; it asks for the connection to be closed behind it.

    Args:
        host: "name:port".
        line: the first.
        headers: lines; Host and Content-Length come by themselves.
        body: whatever.
        sized: with Content-Length.
    """
    size = [f"Content-Length: {len(body)}"] if sized and (body or line[:4] in ("POST", "PUT ", "PATC")) else []
    lines = [line, f"Host: {host}", *headers, *size, "Connection: close", "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogatepass") + body


def send_rudely(host: str, port: int, request: BadRequest, seconds: float = 5.0) -> Reply:
    """Send it and read until the answer is complete or the service closes the connection.

    Args:
        host: of the service.
        port: of the service.
        request: what to send.
        seconds: after which it counts as hung.
    """
    began, said, done = time.monotonic(), b"", False
    with socket.create_connection((host, port), seconds) as line:
        for number, part in enumerate(request.parts):
            if number:
                more, done = _until(line, began + seconds, _head_has_come)
                said += more
                if not said.startswith(b"HTTP/1.1 101"):
                    break
            done = _sent(line, part)
        if request.leaves:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_WR)
        wanted = _closed if said.startswith(b"HTTP/1.1 101") else _answer_is_complete
        if not (said and wanted(said)):
            more, done = _until(line, began + seconds, lambda more: wanted(said + more))
            said += more
    took = time.monotonic() - began
    status = int(said[9:12]) if said.startswith(b"HTTP/1.") and said[9:12].isdigit() else 0
    return Reply(said, status, took, hung=not done and took >= seconds)


def _sent(line: socket.socket, part: bytes) -> bool:
    """Send all of it; a service may hang up in the middle, and nobody must be waited for who does not read."""
    try:
        line.sendall(part)
    except OSError:
        return True
    return False


def _until(line: socket.socket, end: float, enough: object) -> tuple[bytes, bool]:
    """What comes until it is enough or the other side closes; whether one of both happened before `end`."""
    said = b""
    while (left := end - time.monotonic()) > 0:
        line.settimeout(left)
        try:
            chunk = line.recv(65536)
        except TimeoutError:
            break
        except OSError:
            return said, True
        said += chunk
        if not chunk or (callable(enough) and enough(said)):
            return said, True
    return said, False


def _head_has_come(said: bytes) -> bool:
    return b"\r\n\r\n" in said


def _closed(said: bytes) -> bool:
    return False


def _answer_is_complete(said: bytes) -> bool:
    head, end, body = said.partition(b"\r\n\r\n")
    if not end:
        return False
    lines = [line.lower() for line in head.split(b"\r\n")]
    sizes = [int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")]
    if sizes:
        return len(body) >= sizes[0]
    return b"transfer-encoding: chunked" in lines and body.endswith(b"0\r\n\r\n")
