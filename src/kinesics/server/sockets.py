"""The WebSockets: a browser's camera, a stream as it is seen now, events as they are stored."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import struct
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from ..errors import KinesicsError, UsageError
from .answers import said
from .service import Service, held
from .settings import BROWSER, StreamSettings

if TYPE_CHECKING:
    from .messages import Message
    from .supervisor import Stream, Subscription

__all__ = ["Line", "camera", "events_live", "stream_live"]

_log = logging.getLogger("kinesics.server")
_encoder = msgspec.json.Encoder()
_FRAME = struct.Struct("<Id")  # number, milliseconds
ASKS = ("teach", "coach", "change", "watch")
AT_ONCE = 8  # questions of one socket that may wait for their answers


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
        async with self._turn:
            await self._websocket.send_text(data.decode())

    async def picture(self, head: dict[str, Any], data: bytes) -> None:
        """One binary message: the length of its head, the head, the picture."""
        words = _encoder.encode(head)
        async with self._turn:
            await self._websocket.send_bytes(b"".join([struct.pack("<I", len(words)), words, data]))

    async def heard(self) -> str | bytes:
        """The next message of the other side.

        Raises:
            WebSocketDisconnect: it has gone.
        """
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text = message.get("text")
        return text if text is not None else message["bytes"]

    async def close(self, code: int, reason: str = "") -> None:
        """Close it, whoever waits for it; again: nothing happens."""
        if self._websocket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError, OSError, WebSocketDisconnect):
                await self._websocket.close(code, reason)


async def _held_open(websocket: WebSocket, talk: Callable[[Line], Awaitable[None]]) -> None:
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
    with contextlib.suppress(RuntimeError, OSError, WebSocketDisconnect):
        await line.say("error", **said(error))
    await line.close(1008 if known else 1011)


async def _first_of(*jobs: Awaitable[None]) -> None:
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


# ------------------------------------------------------------------------------------------------------------- a stream
async def stream_live(websocket: WebSocket) -> None:
    """`/v1/streams/{id}/live`: what is seen of a stream, and questions about it."""

    async def talk(line: Line) -> None:
        stream = line.service.stream(websocket.path_params["id"])
        asked = {name: websocket.query_params.get(name, "0") in ("1", "true") for name in ("pictures", "figure")}
        await _Talk(line, stream, stream.subscribe(**asked)).run()

    await _held_open(websocket, talk)


async def camera(websocket: WebSocket) -> None:
    """`/v1/camera`: frames of a browser come in, what is seen in them goes out; the stream lives as long as the socket."""

    async def talk(line: Line) -> None:
        supervisor = line.service.supervisor
        stream = await supervisor.add(_camera_settings(await asyncio.wait_for(line.heard(), 10)))
        try:
            await line.say("stream", id=stream.id, settings=stream.state()["settings"])
            await _Talk(line, stream, stream.subscribe()).run()
        finally:
            await asyncio.shield(_removed(line.service, stream.id))

    await _held_open(websocket, talk)


async def _removed(service: Service, name: str) -> None:
    with contextlib.suppress(KinesicsError):
        await service.supervisor.remove(name)


def _camera_settings(heard: str | bytes) -> StreamSettings:
    try:
        wanted = msgspec.json.decode(heard)["settings"]
        return msgspec.convert({"name": "camera", **wanted, "source": BROWSER, "keep": False}, StreamSettings)
    except (msgspec.ValidationError, msgspec.DecodeError, TypeError, KeyError) as error:
        raise UsageError(f'expected {{"settings": {{…}}}} as the first message: {error}') from None


class _Talk:
    """One socket about one stream: scenes go down, frames and questions come up, nothing waits for anything else."""

    def __init__(self, line: Line, stream: Stream, seeing: Subscription) -> None:
        self._line, self._stream, self._seeing = line, stream, seeing
        self._answering: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until one side has gone, or the stream has."""
        try:
            await _first_of(self._down(), self._up())
        finally:
            self._seeing.close()
            for task in self._answering:
                task.cancel()
            await asyncio.gather(*self._answering, return_exceptions=True)

    # ------------------------------------------------------------------------------------------------------------- down
    async def _down(self) -> None:
        async for message in self._seeing:
            await self._pass_on(message)

    async def _pass_on(self, message: Message) -> None:
        args = message.args
        if message.do == "scene":
            age = max(0.0, time.monotonic() - args["arrived"]) if "arrived" in args else None
            told = {"number": args.get("number"), "age": age, "took": args.get("took"), "dropped": args.get("dropped", {})}
            values = {name: value for name, value in told.items() if value is not None}
            await self._line.say("scene", **values, scene=msgspec.Raw(message.bodies[0]))
            place = {"index": args.get("index"), "time": args.get("time")}
            for kind, data in zip(args.get("parts", ()), message.bodies[1:], strict=False):
                await self._line.picture({"kind": kind, **place}, data)
        else:
            await self._line.say(message.do, **args)

    # --------------------------------------------------------------------------------------------------------------- up
    async def _up(self) -> None:
        while True:
            heard = await self._line.heard()
            if isinstance(heard, bytes):
                await self._frame(heard)
            else:
                await self._question(heard)

    async def _frame(self, data: bytes) -> None:
        number = _FRAME.unpack_from(data)[0] if len(data) >= _FRAME.size else -1
        try:
            if self._stream.settings.source != BROWSER:
                raise UsageError("this stream has pictures of its own; /v1/camera takes those of a browser")
            if len(data) <= _FRAME.size:
                raise UsageError("expected a number (u32), milliseconds (f64) and a JPEG in each binary message")
            self._check(data[_FRAME.size :])
        except KinesicsError as error:
            await self._line.say("bad", number=number, error=str(error))
            return
        self._stream.push(data[_FRAME.size :], number, _FRAME.unpack_from(data)[1] / 1000)

    def _check(self, jpeg: bytes) -> None:
        from .picture_header import checked_picture

        if self._line.service.ending:
            raise UsageError("the service is ending")
        checked_picture(jpeg, self._line.service.config.limits.frame_pixels)

    async def _question(self, text: str) -> None:
        try:
            asked = msgspec.json.decode(text, type=_Asked)
            if asked.ask not in ASKS:
                raise UsageError(f"expected one of {', '.join(ASKS)}, got {asked.ask[:40]!r}")
            if len(self._answering) >= AT_ONCE:
                raise UsageError(f"{AT_ONCE} questions wait already; wait for an answer before you ask more")
        except msgspec.DecodeError as error:
            await self._line.say("error", error=f'expected {{"ask": …, "ticket": n, "args": {{…}}}}: {error}')
        except UsageError as error:
            await self._line.say("answer", ticket=asked.ticket, **said(error))
        else:
            task = asyncio.ensure_future(self._answer(asked))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _answer(self, asked: _Asked) -> None:
        try:
            answer = await self._done(asked)
        except Exception as error:
            if not isinstance(error, KinesicsError):
                _log.error("a fault in an answer: %s: %s", type(error).__name__, error, exc_info=error)
            answer = said(error)
        with contextlib.suppress(RuntimeError, OSError, WebSocketDisconnect):
            await self._line.say("answer", ticket=asked.ticket, **answer)

    async def _done(self, asked: _Asked) -> dict[str, Any]:
        if asked.ask == "watch":
            return self._watch(asked.args)
        if asked.ask == "change":
            await self._line.service.supervisor.change(self._stream.id, asked.args)
            return {"settings": self._stream.state()["settings"]}
        return (await self._stream.ask(asked.ask, **asked.args)).args

    def _watch(self, wanted: dict[str, Any]) -> dict[str, Any]:
        now = {"pictures": self._seeing.pictures, "figure": self._seeing.figure}
        if not set(wanted) <= set(now) or not all(isinstance(value, bool) for value in wanted.values()):
            raise UsageError('expected {"pictures": true or false, "figure": true or false}')
        self._seeing.watch(**{**now, **wanted})
        return {**now, **wanted}


class _Asked(msgspec.Struct):
    ask: str
    ticket: int = 0
    args: dict[str, Any] = msgspec.field(default_factory=dict)


# --------------------------------------------------------------------------------------------------------------- events
async def events_live(websocket: WebSocket) -> None:
    """`/v1/events/live`: each event once it is stored; with `after`, first those that were stored after that one."""

    async def talk(line: Line) -> None:
        await _first_of(_events_down(line, websocket.query_params.get("after")), _until_gone(line))

    await _held_open(websocket, talk)


async def _events_down(line: Line, after: str | None) -> None:
    listening = line.service.news.listen()
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
