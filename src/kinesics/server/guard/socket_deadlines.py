"""WebSockets whose other side does not read, pings without end or sends endless crumbs are closed.

What a WebSocket says to the app is limited in `floods`; this is about what never gets there.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from ..config import Limits, ServiceConfig

__all__ = ["socket_protocol"]

_UNREAD = 16 << 20  # bytes that may wait for the other side
_CRUMBS = 1024  # pieces of one message
_GOODBYE = 2.0  # seconds for which an answer to our close is awaited
_FAILED = 1008


def socket_protocol(config: ServiceConfig) -> type[WebSocketsSansIOProtocol]:
    """The class that uvicorn makes one of for each WebSocket; give it as `ws`."""
    limits = config.limits

    class SocketDeadlines(_SocketDeadlines):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(limits, *args, **kwargs)

    return SocketDeadlines


class _SocketDeadlines(WebSocketsSansIOProtocol):
    def __init__(self, limits: Limits, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits, self.close_timeout = limits, _GOODBYE
        self.reader_timer: asyncio.TimerHandle | None = None
        self.pings, self.second = 0, 0.0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.handshake_initiated:  # the whole head has come and is no handshake
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    def handle_ping(self) -> None:
        now = self.loop.time()
        if now - self.second >= 1:
            self.pings, self.second = 0, now
        self.pings += 1
        super().handle_ping()
        if self.pings > self.limits.messages_per_second or self.transport.get_write_buffer_size() > _UNREAD:
            self._fail("too many pings")

    def handle_cont(self, event: Frame) -> None:
        super().handle_cont(event)
        if len(self.frames) > _CRUMBS:
            self._fail("too many pieces of a message")

    def send_receive_event_to_app(self) -> None:
        """A whole message has come; text that is none fails the connection, and what follows it is not looked at."""
        if self.close_sent:
            self.frames = []
            return
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self._fail("not UTF-8", 1007)
                return
        super().send_receive_event_to_app()

    async def send(self, message: Any) -> None:
        """Also tells uvicorn that a handshake which was answered with a refusal is over."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True

    def handle_parser_exception(self) -> None:
        """The other side broke the protocol; before the handshake is through there is no code to say."""
        if self.conn.close_sent is None:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006})
            self.handshake_complete = self.close_sent = True
            self.transport.close()
        else:
            super().handle_parser_exception()
        self._end_soon()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._end_soon()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.reader_timer is None:
            self.reader_timer = self.loop.call_later(self.limits.reader_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        if self.reader_timer is not None:
            self.reader_timer.cancel()
            self.reader_timer = None
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self.resume_writing()
        super().connection_lost(exc)

    def _fail(self, why: str, code: int = _FAILED) -> None:
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.fail(code, why)
        self.handle_parser_exception()

    def _end_soon(self) -> None:
        self.loop.call_later(_GOODBYE, self.transport.abort)
