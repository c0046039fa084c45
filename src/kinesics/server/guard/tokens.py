"""Who knows the token may ask: as `Authorization: Bearer`, or as a cookie that the page gets by saying it once."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections import deque

from starlette.types import ASGIApp, Receive, Scope, Send

from ..config import ServiceConfig
from .origins import is_page
from .refusing import header, refuse

__all__ = ["COOKIE", "TokenHolders"]

COOKIE = "kinesics"
_MINUTE = 60.0
_ADDRESSES = 10_000  # so many are remembered
_WEEK = 7 * 24 * 3600


class TokenHolders:
    """Refuses who shows neither the token nor its cookie (401), and who guesses (429). `POST /v1/login` is answered here.

    The cookie is made from the token and a key that is drawn at each start: it is worth nothing elsewhere or later. The page's
    own files and `/healthz` are open, so that somebody can be asked for the token.

    Args:
        app: what is guarded.
        config: of the service.
    """

    def __init__(self, app: ASGIApp, config: ServiceConfig) -> None:
        self.app, self.limits = app, config.limits
        self.token = None if config.token is None else config.token.encode()
        self.pass_ = hmac.new(secrets.token_bytes(32), self.token or b"", hashlib.sha256).hexdigest()
        self.wrong: dict[str, deque[float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or not."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == "/v1/login":
            await self._login(scope, receive, send)
        elif self.token is None or is_page(scope) or self._has_cookie(scope):
            await self.app(scope, receive, send)
        else:
            await self._check(scope, receive, send)

    async def _check(self, scope: Scope, receive: Receive, send: Send) -> None:
        word, _, said = header(scope, b"authorization").partition(" ")
        status = 401
        if said:
            status = self._judged(scope, said.strip() if word.lower() == "bearer" else "")
        if status == 200:
            await self.app(scope, receive, send)
        else:
            await self._refuse(scope, receive, send, status)

    async def _login(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await refuse(scope, receive, send, 405, "expected POST", more=[("allow", "POST")])
            return
        if self.token is not None:
            try:
                said = json.loads(await _body(receive))["token"]
            except (ValueError, TypeError, KeyError, RecursionError):
                await refuse(scope, receive, send, 400, 'expected {"token": "..."}', read=True)
                return
            status = self._judged(scope, said if isinstance(said, str) else "")
            if status != 200:
                await self._refuse(scope, receive, send, status, read=True)
                return
        await self._welcome(scope, send)

    async def _welcome(self, scope: Scope, send: Send) -> None:
        secure = "; Secure" if scope["scheme"] == "https" else ""
        cookie = f"{COOKIE}={self.pass_}; Path=/; HttpOnly; SameSite=Strict; Max-Age={_WEEK}{secure}"
        body = json.dumps({"needed": self.token is not None}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        if self.token is not None:
            headers.append((b"set-cookie", cookie.encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, status: int, *, read: bool = False) -> None:
        if status == 429:
            error, more = "too many wrong tokens from this address; wait a minute", [("retry-after", "60")]
        else:
            error, more = "this service wants its token", [("www-authenticate", "Bearer")]
        await refuse(scope, receive, send, status, error, more=more, read=read)

    def _has_cookie(self, scope: Scope) -> bool:
        pairs = (part.strip().partition("=") for part in header(scope, b"cookie").split(";"))
        return any(name == COOKIE and hmac.compare_digest(value.encode(), self.pass_.encode()) for name, _, value in pairs)

    def _judged(self, scope: Scope, said: str) -> int:
        """200, 401 or 429 for a token that somebody shows; who guessed too often is not even told when it is right."""
        now, address = time.monotonic(), (scope.get("client") or ("", 0))[0]
        times = self.wrong.get(address, deque[float]())
        while times and now - times[0] > _MINUTE:
            times.popleft()
        if len(times) >= self.limits.wrong_tokens:
            return 429
        if self.token is not None and hmac.compare_digest(said.encode("utf-8", "surrogatepass"), self.token):
            return 200
        times.append(now)
        self.wrong[address] = times
        if len(self.wrong) > _ADDRESSES:
            del self.wrong[next(iter(self.wrong))]
        return 401


async def _body(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)
