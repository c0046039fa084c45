"""What is said over a socket about a stream: scenes go down, frames and questions come up, none waits for another."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import struct
import time
from typing import TYPE_CHECKING, Any

import msgspec

from ...errors import KinesicsError, UsageError
from ..guard.picture_header import checked_picture
from ..settings import BROWSER
from .answers import said
from .line import GONE, Line, first_of

if TYPE_CHECKING:
    from ..crew.supervisor import Stream, Subscription
    from ..messages import Message

__all__ = ["Talk"]

_log = logging.getLogger("kinesics.server")
_FRAME = struct.Struct("<Id")  # number, milliseconds
ASKS = ("teach", "coach", "change", "watch")
AT_ONCE = 8  # questions of one socket that may wait for their answers


class Talk:
    """One socket about one stream.

    Args:
        line: the socket.
        stream: it is about.
        seeing: what is heard of the stream; closed at the end.
    """

    def __init__(self, line: Line, stream: Stream, seeing: Subscription) -> None:
        self._line, self._stream, self._seeing = line, stream, seeing
        self._answering: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until one side has gone, or the stream has."""
        try:
            await first_of(self._down(), self._up())
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
        except (msgspec.DecodeError, RecursionError) as error:
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
        with contextlib.suppress(*GONE):
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
