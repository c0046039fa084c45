"""One open WebSocket: what it says and hears, and that it is closed whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import struct
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from ...errors import KinesicsError
from ..service import Service, held
from .answers import said

__all__ = ["GONE", "Line", "first_of", "held_open"]

_log = logging.getLogger("kinesics.server")
_encoder = msgspec.json.Encoder()
T = TypeVar("T")
CLOSING = 1.0  # seconds in which the other side hears that it is closed
GONE = (RuntimeError, OSError, WebSocketDisconnect)  # what happens when something is said to who has left


class Line:
    """One open socket: says things one after the other, from several tasks.

    Args:
        websocket: accepted already.
        service: it belongs to.
    """

    def __init__(self, websocket: WebSocket, service: Service) -> None:
        self._websocket, self._turn, self.service = websocket, asyncio.Lock(), service

    async def say(self, kind: str, /, **values: Any) -> None:
        """One text message."""
        await self.text(_encoder.encode({"type": kind, **values}))

    async def text(self, data: bytes) -> None:
        """JSON that is encoded already."""
        await self._send(self._websocket.send_text, data.decode())

    async def picture(self, head: dict[str, Any], data: bytes) -> None:
        """One binary message: the length of its head, the head, the picture."""
        words = _encoder.encode(head)
        await self._send(self._websocket.send_bytes, b"".join([struct.pack("<I", len(words)), words, data]))

    async def _send(self, send: Callable[[T], Awaitable[None]], data: T) -> None:
        async with self._turn:
            if self._websocket.application_state is not WebSocketState.CONNECTED:
                raise WebSocketDisconnect(1006)
            try:
                await send(data)
            except RuntimeError:  # it was closed beneath us while we waited
                raise WebSocketDisconnect(1006) from None

    async def heard(self) -> str | bytes:
        """The next message of the other side.

        Raises:
            WebSocketDisconnect: it has gone.
        """
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        heard: str | bytes = message["bytes"] if message.get("text") is None else message["text"]
        return heard

    async def close(self, code: int, reason: str = "") -> None:
        """Close it, whoever waits for it; again: nothing happens."""
        if self._websocket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(*GONE):  # TimeoutError among them: who does not read cannot be told
                async with asyncio.timeout(CLOSING):
                    await self._websocket.close(code, reason)


async def held_open(websocket: WebSocket, talk: Callable[[Line], Awaitable[None]]) -> None:
    """Accept a socket, talk, and close it, whatever happens."""
    service = held(websocket)
    if service.ending:
        await websocket.close(1001)
        return
    await websocket.accept()
    line = Line(websocket, service)
    service.lines.add(line)
    try:
        await talk(line)
    except (WebSocketDisconnect, OSError):
        pass  # the other side has gone
    except Exception as error:
        await _told_off(line, error)
    finally:
        service.lines.discard(line)
        await line.close(1001 if service.ending else 1000)


async def _told_off(line: Line, error: Exception) -> None:
    """Say what is wrong as the last message."""
    known = isinstance(error, KinesicsError)
    if not known:
        _log.error("a fault in a socket: %s: %s", type(error).__name__, error, exc_info=error)
    with contextlib.suppress(*GONE):
        await line.say("error", **said(error))
    await line.close(1008 if known else 1011)


async def first_of(*jobs: Awaitable[None]) -> None:
    """Run these until one of them is over, then end the others; what went wrong in it is raised."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
