"""How many WebSockets one address may hold open, and how fast one may talk."""

from __future__ import annotations

import time
from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..config import ServiceConfig
from .refusing import refuse

__all__ = ["SocketLimits"]

_TOO_FAST = 1008  # policy violation


class SocketLimits:
    """Refuses an address its next WebSocket when it has too many (429), and closes (1008) one that sends too often.

    Args:
        app: what is guarded.
        config: of the service.
    """

    def __init__(self, app: ASGIApp, config: ServiceConfig) -> None:
        self.app, self.limits = app, config.limits
        self.open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or not."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        address = (scope.get("client") or ("", 0))[0]
        if self.open[address] >= self.limits.websockets:
            await refuse(scope, receive, send, 429, f"expected at most {self.limits.websockets} WebSockets from one address")
            return
        self.open[address] += 1
        paced = _Paced(receive, send, self.limits.messages_per_second)
        try:
            await self.app(scope, paced.receive, paced.send)
        finally:
            self.open[address] -= 1
            if not self.open[address]:
                del self.open[address]


class _Paced:
    """One WebSocket whose messages are counted, a second at a time."""

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive, self._send, self.most = receive, send, most
        self.began, self.count, self.closed = time.monotonic(), 0, False

    async def receive(self) -> Message:
        if self.closed:
            return {"type": "websocket.disconnect", "code": _TOO_FAST}
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        now = time.monotonic()
        if now - self.began >= 1:
            self.began, self.count = now, 0
        self.count += 1
        if self.count <= self.most:
            return message
        self.closed = True
        await self._send({"type": "websocket.close", "code": _TOO_FAST, "reason": f"more than {self.most} messages a second"})
        return {"type": "websocket.disconnect", "code": _TOO_FAST}

    async def send(self, message: Message) -> None:
        if self.closed:
            raise ConnectionError("the WebSocket was closed for sending too often")
        await self._send(message)
