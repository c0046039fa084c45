"""The WebSockets: a browser's camera, a stream as it is seen now, events as they are stored."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
from starlette.websockets import WebSocket

from ...errors import KinesicsError, UsageError
from ..service import Service
from ..settings import BROWSER, StreamSettings
from .line import Line, first_of, held_open
from .talk import Talk

__all__ = ["camera", "events_live", "stream_live"]

PATIENCE = 10.0  # seconds until a camera's first message


# ------------------------------------------------------------------------------------------------------------- a stream
async def stream_live(websocket: WebSocket) -> None:
    """`/v1/streams/{id}/live`: what is seen of a stream, and questions about it."""

    async def talk(line: Line) -> None:
        stream = line.service.stream(websocket.path_params["id"])
        asked = {name: websocket.query_params.get(name, "0") in ("1", "true") for name in ("pictures", "figure")}
        await Talk(line, stream, stream.subscribe(**asked)).run()

    await held_open(websocket, talk)


async def camera(websocket: WebSocket) -> None:
    """`/v1/camera`: frames of a browser come in, what is seen in them goes out; the stream lives as long as the socket."""

    async def talk(line: Line) -> None:
        supervisor = line.service.supervisor
        stream = await supervisor.add(_camera_settings(await _first_message(line)))
        try:
            await line.say("stream", id=stream.id, settings=stream.state()["settings"])
            await Talk(line, stream, stream.subscribe()).run()
        finally:
            await asyncio.shield(_removed(line.service, stream.id))

    await held_open(websocket, talk)


async def _first_message(line: Line) -> str | bytes:
    try:
        async with asyncio.timeout(PATIENCE):
            return await line.heard()
    except TimeoutError:
        raise UsageError(f'expected {{"settings": {{…}}}} as the first message, within {PATIENCE:g} s') from None


async def _removed(service: Service, name: str) -> None:
    with contextlib.suppress(KinesicsError):
        await service.supervisor.remove(name)


def _camera_settings(heard: str | bytes) -> StreamSettings:
    try:
        wanted = msgspec.json.decode(heard)["settings"]
        return msgspec.convert({"name": "camera", **wanted, "source": BROWSER, "keep": False}, StreamSettings)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError, KeyError) as error:
        raise UsageError(f'expected {{"settings": {{…}}}} as the first message: {error}') from None


# --------------------------------------------------------------------------------------------------------------- events
async def events_live(websocket: WebSocket) -> None:
    """`/v1/events/live`: each event once it is stored; with `after`, first those that were stored after that one."""

    async def talk(line: Line) -> None:
        await first_of(_events_down(line, websocket.query_params.get("after")), _until_gone(line))

    await held_open(websocket, talk)


async def _events_down(line: Line, after: str | None) -> None:
    listening = line.service.onward.news.listen()
    try:
        last = 0
        if after is not None:
            last = await _caught_up(line, after)
        async for event in listening:
            if listening.missed:
                missed, listening.missed = listening.missed, 0
                await line.say("missed", events=missed)
            if event.id > last:
                await line.say("event", event=event)
    finally:
        listening.close()


async def _caught_up(line: Line, after: str) -> int:
    """Say what was stored after that event; the id of the last one."""
    if not after.isdigit():
        raise UsageError(f"after: expected the id of an event, got {after[:40]!r}")
    last = int(after)
    while True:
        events = await asyncio.to_thread(line.service.store.events, after=last, limit=500)
        for event in events:
            await line.say("event", event=event)
            last = max(last, event.id)
        if not events:
            return last


async def _until_gone(line: Line) -> None:
    while True:
        await line.heard()
