"""A supervisor with small workers, for tests: made, used and ended in one event loop."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kinesics.server.crew.supervisor import Stream, Subscription, Supervisor
from kinesics.server.messages import Message
from kinesics.server.settings import StreamSettings
from kinesics.server.store.store import Store

SMALL = (sys.executable, str(Path(__file__).with_name("small_worker.py")))


@asynccontextmanager
async def supervised(folder: Path, worker: Sequence[str] = SMALL, **options: Any) -> AsyncIterator[Supervisor]:
    """A supervisor in that folder, whose files may be streams; nothing of it is left afterwards."""
    folder.mkdir(exist_ok=True)
    for name in ("numbers", "few", "crash", "absent"):
        (folder / name).touch()
    (folder / "shining").touch()
    store = Store(folder)
    supervisor = Supervisor(folder, store, roots=[folder], worker=worker, **options)
    try:
        await supervisor.start()
        yield supervisor
    finally:
        pids = [one["pid"] for one in supervisor.state()["workers"]]
        await supervisor.close()
        store.close()
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def file(source: str, **more: Any) -> StreamSettings:
    return StreamSettings(source, **more)


async def until(condition: Callable[[], Any], seconds: float = 20.0) -> float:
    """Wait for something; how many seconds that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "waited in vain"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


async def ready(supervisor: Supervisor) -> None:
    await until(lambda: supervisor.state()["ready"] and supervisor.state()["spares"]["warm"])


async def scenes(seeing: Subscription, count: int, do: str = "scene") -> list[Message]:
    """The next messages of a kind."""
    found: list[Message] = []
    async with asyncio.timeout(20):
        async for message in seeing:
            if message.do == do:
                found.append(message)
            if len(found) == count:
                break
    return found


def worker_of(stream: Stream) -> int:
    """The process that looks at a stream."""
    pid = stream.state()["worker"]
    assert isinstance(pid, int)
    return pid


def kill(pid: int, number: int) -> None:
    os.kill(pid, number)
