"""Saying no, in one line, to a request or to a WebSocket that is not open yet."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from starlette.types import Receive, Scope, Send

__all__ = ["header", "headers_of", "refuse"]

_LINGER, _SPILL = 1.0, 16 << 20  # seconds and bytes for which a body that nobody wants is still taken, so that the no is read


def headers_of(scope: Scope, name: bytes) -> list[str]:
    """All values of a header, its name in lower case."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def header(scope: Scope, name: bytes) -> str:
    """The first value of a header; empty when there is none."""
    return next(iter(headers_of(scope, name)), "")


async def refuse(
    scope: Scope,
    receive: Receive,
    send: Send,
    status: int,
    error: str,
    *,
    kind: str = "UsageError",
    more: Sequence[tuple[str, str]] = (),
    read: bool = False,
) -> None:
    """Answer {"error", "kind"} and close the connection when the rest of a body would still come.

    Args:
        scope: of a request, or of a WebSocket before it is accepted.
        receive: of the request.
        send: of the request.
        status: of HTTP.
        error: one line.
        kind: name of the error's class.
        more: further headers.
        read: the whole body has been taken.
    """
    body = json.dumps({"error": error, "kind": kind}).encode()
    said = [("content-type", "application/json"), ("content-length", str(len(body))), *more]
    if scope["type"] == "websocket":
        await _refuse_socket(scope, send, status, body, said)
        return
    rest = not read and (header(scope, b"content-length") not in ("", "0") or bool(header(scope, b"transfer-encoding")))
    if rest and ("connection", "close") not in said:
        said.append(("connection", "close"))
    raw = [(name.encode(), value.encode("latin-1")) for name, value in said]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    if rest and not header(scope, b"expect"):
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await _spill(receive)
        body = b""
    await send({"type": "http.response.body", "body": body})


async def _refuse_socket(scope: Scope, send: Send, status: int, body: bytes, said: list[tuple[str, str]]) -> None:
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    raw = [(name.encode(), value.encode("latin-1")) for name, value in said]
    await send({"type": "websocket.http.response.start", "status": status, "headers": raw})
    await send({"type": "websocket.http.response.body", "body": body})


async def _spill(receive: Receive) -> None:
    """Take what still comes and forget it: to close at once would throw away the answer before it is read."""
    left = _SPILL
    try:
        async with asyncio.timeout(_LINGER):
            while left > 0:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
                left -= len(message.get("body", b""))
    except TimeoutError:
        pass
