"""Warm workers that stand by: one always, more while more are waited for."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable

from .hired import Hired

__all__ = ["Spares"]

SLOWEST = 120.0  # seconds in which a worker must be warm
REST = 0.3  # seconds after one was taken, which has much to do then, before the next is warmed
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0  # seconds between attempts when workers do not start


class Spares:
    """Keeps one warm worker ready and hands it out.

    Args:
        hire: starts one.
        say: takes a line when one does not start.
        at_once: how many are warmed at the same time while somebody waits; else one is, a little later.

    Attributes:
        trouble: why the last one did not become warm; empty when it did.
    """

    def __init__(self, hire: Callable[[], Awaitable[Hired]], say: Callable[[str], None], at_once: int = 2) -> None:
        self._hire, self._say, self._at_once = hire, say, at_once
        self.warm: list[Hired] = []
        self.trouble = ""
        self._waiting: deque[asyncio.Future[Hired]] = deque()
        self._warming: set[asyncio.Task[None]] = set()
        self.young: set[Hired] = set()
        self._later: asyncio.TimerHandle | None = None
        self._pause, self._closing = 0.0, asyncio.Event()

    @property
    def warming(self) -> int:
        """How many are being warmed."""
        return len(self._warming)

    async def take(self) -> Hired:
        """A warm worker: at once when one stands by, else as soon as one is warm."""
        while self.warm:
            one = self.warm.pop(0)
            if one.alive:
                one.lost = lambda: None
                self.plan()
                return one
        future: asyncio.Future[Hired] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self.plan()
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._welcome(future.result())  # whoever wanted it has gone meanwhile
            elif future in self._waiting:
                self._waiting.remove(future)
            raise

    def plan(self) -> None:
        """Warm as many as are missing: those that are waited for at once, the one that stands by when it disturbs nobody."""
        waiting = sum(not future.done() for future in self._waiting)
        for _ in range(min(waiting, self._at_once) - self.warming):
            self._begin()
        if not waiting and not self.warm and not self.warming and self._later is None and not self._closing.is_set():
            self._later = asyncio.get_running_loop().call_later(REST, self._stand_by)

    def _stand_by(self) -> None:
        self._later = None
        if not self.warm and not self.warming:
            self._begin()

    def _begin(self) -> None:
        if not self._closing.is_set():
            task = asyncio.create_task(self._warm())
            self._warming.add(task)
            task.add_done_callback(self._warmed)

    def _warmed(self, task: asyncio.Task[None]) -> None:
        self._warming.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._say(f"spare: {type(error).__name__}: {error}")
        self.plan()

    async def _warm(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._pause):
                await self._closing.wait()
        if self._closing.is_set():
            return
        try:
            one = await self._hire()
        except OSError as error:
            return self._failed(f"cannot be started ({error})")
        self.young.add(one)
        if self._closing.is_set():
            one.kill("the service ends")
        try:
            async with asyncio.timeout(SLOWEST):
                await one.warm.wait()
        except TimeoutError:
            one.kill(f"not warm within {SLOWEST:g} s")
            await one.gone()
        self.young.discard(one)
        if one.alive:
            return self._welcome(one)
        await one.gone()
        self._failed(one.why)

    def _failed(self, why: str) -> None:
        self.trouble = f"a worker did not become ready: {why}"
        self._pause = min(max(2 * self._pause, FIRST_PAUSE), LONGEST_PAUSE)
        if not self._closing.is_set():
            self._say(f"spare: {why}; tried again in {self._pause:g} s")

    def _welcome(self, one: Hired) -> None:
        self._pause, self.trouble = 0.0, ""
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(one)
                return
        one.lost = lambda: self._lost(one)
        self.warm.append(one)

    def _lost(self, one: Hired) -> None:
        if one in self.warm:
            self.warm.remove(one)
        self.plan()

    async def close(self, seconds: float = 0.0) -> None:
        """End them all; who waits for one waits in vain (`CancelledError`)."""
        self._closing.set()
        if self._later is not None:
            self._later.cancel()
        for future in self._waiting:
            future.cancel()
        for one in self.young:
            one.kill("the service ends")
        await asyncio.gather(*self._warming, return_exceptions=True)
        await asyncio.gather(*(one.end(seconds) for one in self.warm))
