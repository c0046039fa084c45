"""The place of a stream's worker: filled with a spare, and filled again when the worker dies."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from .hired import Hired

__all__ = ["Seat"]

DEATHS, WITHIN = 5, 60.0  # so many deaths in so many seconds are too many
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before it is tried again then, doubling


class Seat:
    """Keeps a worker in a place.

    Args:
        take: a warm worker.
        seated: called with each worker that takes the place.
        left: called when one has died, with the words why and the seconds until another takes the place.

    Attributes:
        worker: who sits here, or None.
        deaths: how many have died here.
    """

    def __init__(
        self, take: Callable[[], Awaitable[Hired]], seated: Callable[[Hired], None], left: Callable[[str, float], None]
    ) -> None:
        self._take, self._seated, self._left = take, seated, left
        self.worker: Hired | None = None
        self.deaths = 0
        self._recent: deque[float] = deque(maxlen=DEATHS)
        self._pause, self._since, self._open = 0.0, 0.0, False
        self._task: asyncio.Task[None] | None = None
        self._arrived = asyncio.Event()
        self._leaving: set[asyncio.Task[None]] = set()

    async def present(self, seconds: float) -> Hired | None:
        """Who sits here; waited for, at most so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                while self.worker is None and self._open:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            return None
        return self.worker

    def fill(self, after: float = 0.0) -> None:
        """Put a worker here, at once or after some seconds; whoever sits here already is sent away."""
        self.empty()
        self._open = True
        self._task = asyncio.create_task(self._fill(after))

    async def _fill(self, after: float) -> None:
        await asyncio.sleep(after)
        worker = await self._take()
        if not self._open:
            worker.kill("nobody needs it any more")
            return
        self.worker, self._since = worker, time.monotonic()
        worker.lost = lambda: self._lost(worker)
        self._seated(worker)
        self._arrived.set()

    def _lost(self, worker: Hired) -> None:
        if worker is not self.worker:
            return
        self.worker, self._task = None, None
        self.deaths += 1
        self.again(worker.why)

    def again(self, why: str, *, slowly: bool = False) -> None:
        """It went wrong here: another worker is put here, later and later when that happens often, or with `slowly`."""
        now = time.monotonic()
        self._recent.append(now)
        often = len(self._recent) == DEATHS and now - self._recent[0] < WITHIN
        if slowly or often or (self._pause and now - self._since < WITHIN):
            self._pause = min(max(2 * self._pause, FIRST_PAUSE), LONGEST_PAUSE)
        else:
            self._pause = 0.0
        self._left(why, self._pause)
        if self._open:
            self.fill(self._pause)

    def retire(self, seconds: float = 5.0) -> None:
        """Whoever sits here has done its work: it is told to stop, and nobody follows."""
        self._open = False
        self._arrived.set()
        worker, self.worker = self.worker, None
        if worker is not None:
            worker.lost = lambda: None
            task = asyncio.create_task(worker.end(seconds))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    def empty(self, seconds: float = 5.0) -> None:
        """Whoever sits here is sent away, and who was to come does not."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
        self._task = None
        self.retire(seconds)

    async def close(self, seconds: float) -> None:
        """Send away whoever sits here within so many seconds and wait until nothing of it is left."""
        task = self._task
        self.empty(seconds)
        if task is not None:
            await asyncio.gather(task, return_exceptions=True)
        await asyncio.gather(*self._leaving, return_exceptions=True)
