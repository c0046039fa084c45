"""Events that were stored, passed on to those who listen."""

from __future__ import annotations

import asyncio
from collections import deque

from ..events import Event

__all__ = ["Listening", "News"]

MOST = 1000  # events that wait for one who listens slowly; the oldest are dropped then, and counted


class Listening:
    """One who listens: iterate over it.

    Attributes:
        missed: events that were dropped since the last one, because they were not fetched in time.
    """

    def __init__(self, news: News) -> None:
        self._news, self._waiting, self._call = news, deque[Event](), asyncio.Event()
        self.missed = 0

    def put(self, event: Event) -> None:
        """Called by `News`."""
        if len(self._waiting) >= MOST:
            self._waiting.popleft()
            self.missed += 1
        self._waiting.append(event)
        self._call.set()

    def __aiter__(self) -> Listening:
        return self

    async def __anext__(self) -> Event:
        while not self._waiting:
            self._call.clear()
            await self._call.wait()
        return self._waiting.popleft()

    def close(self) -> None:
        """Listen no more."""
        self._news.leave(self)


class News:
    """Passes events on. Made and listened to in the event loop; published from any thread, after the commit."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._listening = loop, set[Listening]()

    def publish(self, events: list[Event]) -> None:
        """From any thread: these are stored."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._pass_on, list(events))

    def _pass_on(self, events: list[Event]) -> None:
        for one in self._listening:
            for event in events:
                one.put(event)

    def listen(self) -> Listening:
        """Hear of whatever is stored from now on."""
        one = Listening(self)
        self._listening.add(one)
        return one

    def leave(self, one: Listening) -> None:
        """Called by `Listening`."""
        self._listening.discard(one)
