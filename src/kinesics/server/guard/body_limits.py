"""How many bytes a request may hold, how slowly they may come, and of what type they must say they are."""

from __future__ import annotations

import asyncio
import re
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..config import Limits, ServiceConfig
from .refusing import header, headers_of, refuse

__all__ = ["BodyLimits", "kind_of_body"]

_BINARY = (
    ("picture", re.compile(r"POST /v1/pictures/?")),
    ("clip", re.compile(r"POST /v1/clips/?")),
    ("bundle", re.compile(r"PUT /v1/(models|persons)/[^/]+/?")),
)
_OF_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
_HEADERS = 100  # of a request


def kind_of_body(method: str, path: str) -> str:
    """What the body of a request is: "picture", "clip", "bundle" or "json"."""
    asked = f"{method} {path}"
    return next((kind for kind, pattern in _BINARY if pattern.fullmatch(asked)), "json")


class BodyLimits:
    """Refuses bodies that are too large (413), too slow (408) or of a type that a foreign page's form could send (415).

    Bytes are counted as they come, whatever the headers claim; when there are too many the answer goes out at once, and to the
    app it looks as if the other side had gone.

    Args:
        app: what is guarded.
        config: of the service.
    """

    def __init__(self, app: ASGIApp, config: ServiceConfig) -> None:
        self.app, self.limits = app, config.limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or not."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if _is_overloaded(scope, self.limits):
            why = f"headers: expected at most {self.limits.head_bytes} bytes and {_HEADERS} lines"
            await refuse(scope, receive, send, 431, why, more=[("connection", "close")])
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            await self._request(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = kind_of_body(scope["method"], scope["path"])
        most: int = getattr(self.limits, f"{kind}_bytes")
        lengths = headers_of(scope, b"content-length")
        length = int(lengths[0]) if lengths and lengths[0].isdecimal() else 0
        has_body = length > 0 or bool(header(scope, b"transfer-encoding"))
        if length > most:
            await refuse(scope, receive, send, 413, _too_large(kind, most))
            return
        why = _wrong_type(scope, kind) if has_body else None
        if why is not None:
            await refuse(scope, receive, send, 415, why)
            return
        if not has_body:
            await self.app(scope, receive, send)
            return
        counted = _Counted(scope, receive, send, self.limits, kind, most)
        try:
            await self.app(scope, counted.receive, counted.send)
        except Exception:
            if not counted.refused:  # else it is what the app makes of a request that has gone
                raise


class _Counted:
    """One request whose body is counted and timed."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limits: Limits, kind: str, most: int) -> None:
        self.scope, self._receive, self._send = scope, receive, send
        self.limits, self.kind, self.most = limits, kind, most
        self.count, self.waited = 0, 0.0
        self.complete = self.started = self.refused = False

    async def receive(self) -> Message:
        if self.refused:
            return {"type": "http.disconnect"}
        if self.complete:
            return await self._receive()
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.limits.silence_seconds):
                message = await self._receive()
        except TimeoutError:
            return await self._refuse(408, f"the body stopped: nothing came for {self.limits.silence_seconds:g} s")
        self.waited += time.monotonic() - began
        if message["type"] != "http.request":
            return message
        self.count += len(message.get("body", b""))
        self.complete = not message.get("more_body", False)
        if self.count > self.most:
            return await self._refuse(413, _too_large(self.kind, self.most))
        late = self.waited - self.limits.silence_seconds
        if late > 0 and not self.complete and self.count < self.limits.body_rate * self.waited:
            return await self._refuse(
                408, f"the body comes too slowly: expected at least {self.limits.body_rate:g} bytes a second"
            )
        return message

    async def send(self, message: Message) -> None:
        self.started = self.started or message["type"] == "http.response.start"
        if not self.refused:
            await self._send(message)

    async def _refuse(self, status: int, error: str) -> Message:
        self.refused = True
        if not self.started:
            await refuse(self.scope, self._receive, self._send, status, error, more=[("connection", "close")])
        return {"type": "http.disconnect"}


def _is_overloaded(scope: Scope, limits: Limits) -> bool:
    size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    size += sum(len(key) + len(value) + 4 for key, value in scope["headers"])
    return size > limits.head_bytes or len(scope["headers"]) > _HEADERS


def _wrong_type(scope: Scope, kind: str) -> str | None:
    said = header(scope, b"content-type").partition(";")[0].strip().lower()
    if header(scope, b"content-encoding").strip().lower() not in ("", "identity"):
        return "a compressed body: send it as it is, without Content-Encoding"
    if kind == "json":
        return None if said == "application/json" else "expected a body of application/json; say so in the header Content-Type"
    if said in _OF_FORMS:
        return f"expected the bytes of a {kind} themselves, got a form or text; say application/octet-stream in Content-Type"
    return None


def _too_large(kind: str, most: int) -> str:
    return (
        f"the body is too large: expected at most {most >> 20} MB of {kind}" if most >> 20 else f"expected at most {most} bytes"
    )
