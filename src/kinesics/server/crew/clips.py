"""Clips that were uploaded: each is looked at by a spare worker taken for it, which ends soon unless another clip comes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

from ...errors import JobError, KinesicsError
from ..messages import Message
from ..refusals import Busy
from .hired import Died, Hired

__all__ = ["Clips"]

AT_ONCE = 2  # clips
AHEAD = 8  # scenes that may wait for the reader
LONGEST = 3600.0  # seconds for one clip
NICE = 10  # of a clip's worker
KEPT = 5.0  # seconds for which a worker that answered as it should waits for the next clip
SOUND = 600.0  # megabytes and seconds of age that such a worker may have
MEMORY = 4 << 30  # bytes of data (RLIMIT_DATA) that a clip's worker may have; what it occupies is watched besides


class Clips:
    """Looks at clips.

    Args:
        take: a warm worker.

    Attributes:
        jobs: workers by role.
    """

    def __init__(self, take: Callable[[], Awaitable[Hired]]) -> None:
        self._take = take
        self.jobs: dict[str, Hired | None] = {}
        self._count = 0
        self._kept: Hired | None = None
        self._leave: asyncio.TimerHandle | None = None

    async def look(self, path: Path, options: dict[str, Any]) -> AsyncGenerator[bytes]:
        """One scene's JSON after the other; the job ends when the reader leaves.

        Raises:
            Busy: enough clips are being looked at.
            KinesicsError: the clip cannot be read.
        """
        if len(self.jobs) >= AT_ONCE:
            raise Busy(f"{AT_ONCE} clips are being looked at; send this one again when one of them is done")
        self._count += 1
        role = f"clip {self._count}"
        self.jobs[role] = None
        answered = False  # as it should: not died, and not left in the middle
        try:
            worker = self.jobs[role] = self._kept_one() or await self._take()
            worker.role = role
            async with contextlib.aclosing(self._scenes(worker, path, options)) as scenes:
                async for scene in scenes:
                    yield scene
            answered = True
        except KinesicsError as error:
            answered = not isinstance(error, JobError)
            raise
        finally:
            await self._over(role, answered)

    async def _scenes(self, worker: Hired, path: Path, options: dict[str, Any]) -> AsyncGenerator[bytes]:
        _humble(worker.pid)
        line: asyncio.Queue[bytes | None] = asyncio.Queue(AHEAD)

        async def hear(message: Message) -> None:
            if message.do == "answer":
                worker.patient = True  # as long as the reader does not read, nobody listens to it
                await line.put(message.bodies[0])
                worker.patient, worker.heard_at = False, time.monotonic()

        worker.hear = hear
        answer = asyncio.create_task(worker.ask("clip", timeout=LONGEST, path=str(path), options=options))
        answer.add_done_callback(lambda _: line.put_nowait(None) if not line.full() else None)
        try:
            while not (answer.done() and line.empty()):
                scene = await line.get()
                if scene is not None:
                    yield scene
            answer.result()
        except Died as error:
            raise JobError(f"this clip cannot be looked at: {error}") from None
        finally:
            answer.cancel()
            await asyncio.gather(answer, return_exceptions=True)

    async def _over(self, role: str, answered: bool) -> None:
        worker = self.jobs.pop(role)
        if worker is None:
            return
        worker.hear = lambda message: None
        young = time.monotonic() - worker.born < SOUND and worker.memory_mb() < SOUND
        if answered and worker.alive and young and self._kept is None:
            self._kept, worker.role = worker, "clip"
            self._leave = asyncio.get_running_loop().call_later(KEPT, self._dismiss)
        else:
            worker.kill("its clip is done")
            await worker.gone()

    def _kept_one(self) -> Hired | None:
        """The worker of the clip before, if it is still there: of many clips in a row none waits for a warm one."""
        if self._leave is not None:
            self._leave.cancel()
        worker, self._kept, self._leave = self._kept, None, None
        return worker if worker is not None and worker.alive else None

    def _dismiss(self) -> None:
        worker = self._kept_one()
        if worker is not None:
            worker.kill("no other clip came")

    async def close(self) -> None:
        """End all of them."""
        for worker in [*self.jobs.values(), self._kept_one()]:
            if worker is not None:
                worker.hear = lambda message: None  # whoever asked may not read: then nobody would ever be done with hearing it
                worker.kill("the service ends")
                await worker.gone()


def _humble(pid: int) -> None:
    """Bound a worker's memory, and let live streams go first on the cores."""
    with contextlib.suppress(OSError, ValueError):
        resource.prlimit(pid, resource.RLIMIT_DATA, (MEMORY, MEMORY))
        for thread in os.listdir(f"/proc/{pid}/task"):
            os.setpriority(os.PRIO_PROCESS, int(thread), NICE)
