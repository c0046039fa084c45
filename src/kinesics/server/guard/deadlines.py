"""Connections that do not get on are closed: uvicorn's HTTP protocol with deadlines, and with few connections of one address.

uvicorn itself waits for ever for the rest of a request's headers, for a body that it has refused, and for a reader that does
not read.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..config import Limits, ServiceConfig
from .page_headers import fixed_headers
from .socket_deadlines import socket_protocol

__all__ = ["protocol", "uvicorn_options"]


def uvicorn_options(config: ServiceConfig) -> dict[str, Any]:
    """Arguments of `uvicorn.Config` that go with the guards; host, port and how to end are left to the caller."""
    limits = config.limits
    return {
        "http": protocol(config),
        "ws": socket_protocol(config),
        "ws_max_size": limits.message_bytes,
        "ws_max_queue": 4,
        "ws_ping_interval": limits.ping_seconds,
        "ws_ping_timeout": limits.ping_seconds,
        "ws_per_message_deflate": False,
        "timeout_keep_alive": limits.keep_alive,
        "h11_max_incomplete_event_size": limits.head_bytes,
        "proxy_headers": False,  # who asks is whoever is connected, whatever a header claims
        "server_header": False,
        "date_header": True,
        "access_log": False,
    }


def protocol(config: ServiceConfig) -> type[H11Protocol]:
    """The class that uvicorn makes one of for each connection; give it as `http`."""
    limits = config.limits

    class Deadlines(_Deadlines):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(limits, *args, **kwargs)

    return Deadlines


class _Deadlines(H11Protocol):
    def __init__(self, limits: Limits, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits = limits
        self.head_timer: asyncio.TimerHandle | None = None
        self.reader_timer: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------------------------------------------------- how many
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        mine = self.client[0] if self.client else ""
        others = [other for other in self.connections if _address(other) == mine]
        if len(others) > self.limits.connections or len(self.connections) > self.limits.all_connections:
            transport.write(
                _plain(b"503 Service Unavailable", f"expected at most {self.limits.connections} connections of one address")
            )
            transport.close()
            return
        self._arm(self.limits.head_seconds)

    # ------------------------------------------------------------------------------------------------------- how slow
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        self._disarm()
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self.resume_writing()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._disarm()
        super().handle_websocket_upgrade(event)

    def _look(self) -> None:
        """A timer runs whenever the other side is to say something; bytes that trickle do not set it anew."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._disarm()
        elif self.head_timer is None and not self.transport.is_closing() and self.transport.get_protocol() is self:
            self._arm(self.limits.head_seconds if self.cycle is None else self.limits.keep_alive + self.limits.head_seconds)

    def _arm(self, seconds: float) -> None:
        self.head_timer = self.loop.call_later(seconds, self._too_late)

    def _disarm(self) -> None:
        if self.head_timer is not None:
            self.head_timer.cancel()
            self.head_timer = None

    def _too_late(self) -> None:
        self.head_timer = None
        if self.transport.is_closing():
            return
        if self.conn.trailing_data[0] and self.conn.our_state is h11.IDLE:
            self.transport.write(_plain(b"408 Request Timeout", "the headers of the request did not come in time"))
        self.transport.close()
        self.loop.call_later(1, self.transport.abort)  # what is still unread is not waited for

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.reader_timer is None:
            self.reader_timer = self.loop.call_later(self.limits.reader_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        if self.reader_timer is not None:
            self.reader_timer.cancel()
            self.reader_timer = None
        super().resume_writing()

    # -------------------------------------------------------------------------------------------------------- how odd
    def _should_upgrade(self) -> bool:
        """Only what can be a WebSocket's handshake is treated as one; anything else is a request like any other."""
        if self.scope["method"] != "GET" or self._get_upgrade() != b"websocket":
            return False
        names = {name for name, _ in self.headers}
        return b"sec-websocket-key" in names and not names & {b"content-length", b"transfer-encoding"}

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP. When an answer is under way there is nothing to say any more."""
        self._disarm()
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            quiet = not cycle.response_started
            cycle.disconnected = True
            cycle.message_event.set()
        else:
            quiet = True
        if quiet:
            self.transport.write(_plain(b"400 Bad Request", "this is not HTTP as it should be"))
        self.transport.close()


def _address(other: Any) -> str:
    client = getattr(other, "client", None)
    return client[0] if client else ""


def _plain(status: bytes, error: str) -> bytes:
    """A whole answer, for connections that cannot be answered in the usual way."""
    body = json.dumps({"error": error, "kind": "UsageError"}).encode()
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        **fixed_headers(),
    }
    lines = [f"{name}: {value}".encode() for name, value in headers.items()]
    return b"\r\n".join([b"HTTP/1.1 " + status, *lines, b"Connection: close", b"", body])
