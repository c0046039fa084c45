"""Streams kept over a restart: their settings, and the epoch they had reached, so that no id of a person is used twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from ...errors import KinesicsError
from ..settings import StreamSettings

if TYPE_CHECKING:
    from ..store.store import Store
    from .stream import Stream

__all__ = ["Keeping"]

PREFIX = "stream/"


class Keeping:
    """Writes streams to the store, one after the other, beside the event loop.

    Args:
        store: of the service.
        say: takes a line when something cannot be kept.
    """

    def __init__(self, store: Store, say: Callable[[str], None]) -> None:
        self._store, self._say = store, say
        self._turn = asyncio.Lock()
        self._due: dict[str, Stream] = {}
        self._task: asyncio.Task[None] | None = None

    def restored(self) -> list[tuple[str, StreamSettings, int]]:
        """Id, settings and the next epoch of each stream that was kept; what cannot be read is said and left out."""
        found = []
        for key, value in self._store.kept(PREFIX).items():
            name = key.removeprefix(PREFIX)
            try:
                settings = msgspec.convert(value.get("settings"), StreamSettings)
            except (msgspec.ValidationError, KinesicsError) as error:
                self._say(f"stream {name}: what was kept of it cannot be read ({error}); it is left out")
            else:
                found.append((name, settings, int(value.get("epoch", -1)) + 1))
        return found

    async def keep(self, stream: Stream) -> None:
        """Keep it, or no longer if it is not to be kept; done when this returns.

        Raises:
            SinkError: the store cannot be written.
        """
        self._due.pop(stream.id, None)
        key = PREFIX + stream.id
        async with self._turn:
            if stream.settings.keep:
                value: dict[str, Any] = {"settings": msgspec.to_builtins(stream.settings), "epoch": stream.epoch}
                await asyncio.to_thread(self._store.keep, key, value)
            else:
                await asyncio.to_thread(self._store.drop, key)

    async def forget(self, stream: Stream) -> None:
        """It was removed.

        Raises:
            SinkError: the store cannot be written.
        """
        self._due.pop(stream.id, None)
        if stream.settings.keep:
            async with self._turn:
                await asyncio.to_thread(self._store.drop, PREFIX + stream.id)

    def soon(self, stream: Stream) -> None:
        """Keep what has changed by itself, when there is time."""
        if stream.settings.keep:
            self._due[stream.id] = stream
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while self._due:
            stream = self._due.pop(next(iter(self._due)))
            try:
                await self.keep(stream)
            except KinesicsError as error:
                self._say(f"stream {stream.id}: {error}")

    async def close(self) -> None:
        """Wait for what is under way."""
        if self._task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
