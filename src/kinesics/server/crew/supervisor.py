"""The service's hands: streams and their workers, the desk, clips, turns; nothing of it looks at a picture itself."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import secrets
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ...errors import KinesicsError, UsageError
from ..guard.allowed import checked_source
from ..guard.secrets_out import without_secrets
from ..messages import Message
from ..places import check_names, model_path
from ..refusals import Absent, Busy
from ..settings import StreamSettings, changed
from ..worker.sourcing import is_live
from .clips import Clips
from .desk import Desk
from .hired import Hired, hire
from .keeping import Keeping
from .spares import Spares
from .stream import Around, Stream
from .subscription import Subscription
from .turns import Turns
from .watchdog import overdue

if TYPE_CHECKING:
    from ..store.store import Store

__all__ = ["Stream", "Subscription", "Supervisor"]

WORKER = (sys.executable, "-m", "kinesics.server.worker")
TICK = 0.25  # seconds between two looks at the workers
MOST_BUDGET, SHARE, RATE = 0.033, 0.75, 10  # seconds a frame; of all cores, when each stream has so many frames a second
TOUCHED = {  # what of the library changes with these questions: name of the argument, and of the setting that uses it
    **dict.fromkeys(("learn", "delete", "delete_label", "rename", "undo", "import", "remove_model"), ("model", "model")),
    **dict.fromkeys(("exercise", "remove_exercise"), ("name", "coach")),
    **dict.fromkeys(("import_person", "remove_person"), ("name", "person")),
}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", re.ASCII)
_log = logging.getLogger("kinesics.server")


class Supervisor:
    """Holds the streams and the workers; made and used in one event loop.

    Args:
        folder: of the service.
        store: where events go and streams are kept.
        threads: how many frames are looked at at the same time; None: as many as there are cores.
        roots: folders below which files may be opened.
        limit: most streams.
        worker: the command that starts a worker; `--folder DIR` and the number of its socket are added.

    Attributes:
        streams: by id.
    """

    def __init__(
        self,
        folder: Path,
        store: Store,
        *,
        threads: int | None = None,
        roots: Sequence[str | Path] = (),
        limit: int = 16,
        worker: Sequence[str] = WORKER,
    ) -> None:
        self.folder, self._store, self._roots, self._limit = folder, store, tuple(roots), limit
        self._command = (*worker, "--folder", str(folder))
        self._cores = threads or len(os.sched_getaffinity(0))
        self.streams: dict[str, Stream] = {}
        self._workers = set[Hired]()
        self._turns = Turns(self._cores)
        self._spares = Spares(self._hire, _log.warning, self._cores)
        self._desk = Desk(self._spares.take, _log.warning)
        self._clips = Clips(self._spares.take)
        self._keeping = Keeping(store, _log.warning)
        self._around = Around(folder, self._turns, self._deal, self._spares.take, self._store.put, self._changed, self._learned)
        self._watch: asyncio.Task[None] | None = None
        self._draining = self._closed = False

    async def start(self) -> None:
        """Begin to warm workers and bring the streams back that were kept; returns before they are warm.

        Raises:
            SinkError: what was kept cannot be read; all else has begun.
        """
        self._watch = asyncio.create_task(self._watching())
        self._desk.start()
        for name, settings, epoch in await asyncio.to_thread(self._keeping.restored):
            self._enter(Stream(name, settings, self._around, epoch))

    # ------------------------------------------------------------------------------------------------------------ streams
    async def add(self, settings: StreamSettings, id: str | None = None) -> Stream:
        """One more stream.

        Args:
            settings: what it is.
            id: how it is called; None: something that cannot be guessed.

        Raises:
            Busy: there are as many as there may be, or the service ends.
            UsageError: a source that may not be opened, an id that is taken or none, a name that cannot be.
            SinkError: it cannot be kept.
        """
        if self._draining:
            raise Busy("the service is ending; ask the one that takes its place")
        if len(self.streams) >= self._limit:
            raise Busy(f"there are {self._limit} streams already; remove one first")
        name = id or secrets.token_hex(4)
        if not _ID.fullmatch(name) or name in self.streams:
            raise UsageError(f"id {name[:40]!r}: expected up to 32 letters, digits, _ and - that no other stream has")
        settings = msgspec.structs.replace(settings, source=checked_source(settings.source, self._roots))
        check_names(settings)
        stream = self.streams[name] = Stream(name, settings, self._around)
        try:
            if settings.keep:
                await self._keeping.keep(stream)
        except KinesicsError:
            del self.streams[name]
            raise
        self._enter(stream)
        return stream

    def _enter(self, stream: Stream) -> None:
        self.streams[stream.id] = stream
        stream.start()
        self._share()

    def _named(self, name: str) -> Stream:
        stream = self.streams.get(name)
        if stream is None:
            raise Absent(f"there is no stream {name[:40]!r}")
        return stream

    async def change(self, id: str, changes: dict[str, Any]) -> Stream:
        """Change settings of a stream while it runs.

        Raises:
            Absent: there is none of this id.
            UsageError: a setting that is none, or the source, which cannot be changed.
            SinkError: it cannot be kept.
        """
        stream = self._named(id)
        if changes.get("source") == without_secrets(stream.settings.source):
            changes = {name: value for name, value in changes.items() if name != "source"}
        settings = changed(stream.settings, changes)
        check_names(settings)
        kept = stream.settings.keep
        await stream.change(settings)
        if kept or settings.keep:
            await self._keeping.keep(stream)
        self._share()
        return stream

    async def remove(self, id: str) -> None:
        """End a stream; its worker writes down what it still knows.

        Raises:
            Absent: there is none of this id.
            SinkError: it would be back after a restart.
        """
        stream = self._named(id)
        del self.streams[id]
        try:
            await self._keeping.forget(stream)
        finally:
            await stream.close(2.0)
            self._share()
            self._deal()

    # ------------------------------------------------------------------------------------------------------------- others
    async def picture(self, data: bytes, options: dict[str, Any]) -> bytes:
        """What is seen in one picture, as the JSON of a scene.

        Args:
            data: the picture as a file of any known kind.
            options: of the look.
        """
        return (await self._desk.ask("picture", data, options=options)).bodies[0]

    async def clip(self, path: Path, options: dict[str, Any]) -> AsyncIterator[bytes]:
        """What is seen in a clip, the JSON of one scene after the other; leave early with `aclose`."""
        if self._draining:
            raise Busy("the service is ending; ask the one that takes its place")
        async with contextlib.aclosing(self._clips.look(path, options)) as scenes:
            async for scene in scenes:
                yield scene

    async def library(self, do: str, /, *bodies: bytes, **args: Any) -> Message:
        """A question about models, exercises or persons; what it changes is in use by all streams when this returns."""
        answer = await self._desk.ask("library", *bodies, do=do, **args)
        argument, setting = TOUCHED.get(do, ("", ""))
        if setting:
            users = [stream for stream in self.streams.values() if getattr(stream.settings, setting) == args.get(argument)]
            await asyncio.gather(*(self._refresh(stream, setting) for stream in users))
        return answer

    async def _refresh(self, stream: Stream, setting: str) -> None:
        """Have a stream use what has changed in the library."""
        try:
            path = model_path(self.folder, str(stream.settings.model)) if setting == "model" else None
            if path is not None and path.is_file():
                await stream.reload(path)
            else:
                await stream.change(stream.settings)
        except KinesicsError as error:
            _log.warning("stream %s: %s", stream.id, error)

    async def _learned(self, stream: Stream, model: str | None, answer: Message) -> Message:
        """What `teach end` gave goes to the library and into use."""
        name = model or stream.settings.model or "taught"
        label = answer.args.get("label", "")
        learned = await self.library("learn", *answer.bodies[:1], model=name, label=label)
        if stream.settings.model is None:
            await self.change(stream.id, {"model": name})
        return Message("answer", args={**answer.args, **learned.args, "model": name})

    # ------------------------------------------------------------------------------------------------------------ workers
    async def _hire(self) -> Hired:
        worker = await hire(self._command, "spare", _log.warning)
        self._workers.add(worker)
        return worker

    def _deal(self) -> None:
        while lucky := self._turns.deal(time.monotonic()):
            for who in lucky:
                self.streams[who].go() if who in self.streams else self._turns.leave(who)

    def _changed(self, stream: Stream) -> None:
        if self.streams.get(stream.id) is stream and not self._draining:
            self._keeping.soon(stream)
            self._share()

    def _share(self) -> None:
        """What a frame may cost: three quarters of the cores shared by all live streams at 10 frames a second each.

        The last quarter is for files, pictures, questions, decoding and this process.
        """
        running = sum(stream.busy and is_live(stream.settings) for stream in self.streams.values())
        seconds = min(MOST_BUDGET, SHARE * self._cores / (RATE * max(running, 1)))
        for stream in self.streams.values():
            stream.budget(seconds)

    async def _watching(self) -> None:
        before = time.monotonic()
        while True:
            await asyncio.sleep(TICK)
            now = time.monotonic()
            if now - before > 4 * TICK:  # we were held up ourselves: what they said meanwhile has not been read yet
                self._forgive(now - before)
            before = now
            for stream in self.streams.values():
                stream.look_after(now)
            self._workers = {worker for worker in self._workers if worker.alive}
            self._replace_those_overdue(now)

    def _forgive(self, seconds: float) -> None:
        for worker in self._workers:
            worker.heard_at += seconds
        for who in self._turns.holding:
            self._turns.holding[who] += seconds

    def _replace_those_overdue(self, now: float) -> None:
        at_work = {stream.worker: stream for stream in self.streams.values() if stream.worker is not None}
        for worker in self._workers:
            stream = at_work.get(worker)
            since = self._turns.holding.get(worker.role if stream is None else stream.id)
            why = overdue(worker, since, young=stream is None or stream.young, now=now)
            if why:
                _log.warning("%s (%d): %s; killed and replaced", worker.role, worker.pid, why)
                worker.kill(why)

    # -------------------------------------------------------------------------------------------------------- state, end
    def state(self) -> dict[str, Any]:
        """How everything does, plain values without passwords."""
        desk = self._desk.worker
        return {
            "ready": desk is not None and not self._draining,
            "draining": self._draining,
            "trouble": self._desk.trouble or self._spares.trouble,
            "workers": [worker.state() for worker in self._workers if worker.alive],
            "spares": {"warm": len(self._spares.warm), "warming": self._spares.warming},
            "desk": {"waiting": self._desk.waiting, "restarts": self._desk.restarts},
            "clips": len(self._clips.jobs),
            "turns": {
                "at_once": self._turns.at_once,
                "granted": len(self._turns.holding),
                "waiting": len(self._turns.waiting),
                "dealt": self._turns.dealt,
            },
            "streams": {name: stream.state() for name, stream in self.streams.items()},
        }

    async def drain(self, seconds: float) -> None:
        """Take nothing more, let what is under way come to its end, send all workers home within so many seconds."""
        self._draining = True
        self._turns.close()
        end = time.monotonic() + seconds
        while self._under_way() and time.monotonic() < end - seconds / 2:
            await asyncio.sleep(0.01)
        await self._clips.close()
        left = max(end - time.monotonic() - 0.25, 0.0)
        await asyncio.gather(*(stream.close(left) for stream in self.streams.values()), self._desk.close(left))
        await asyncio.to_thread(self._store.flush, max(end - time.monotonic(), 0.25))

    def _under_way(self) -> bool:
        return bool(self._turns.holding) or self._desk.waiting > 0

    async def close(self) -> None:
        """End all workers at once; nothing of them is left when this returns."""
        if self._closed:
            return
        self._closed = self._draining = True
        self._turns.close()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._clips.close()
        await asyncio.gather(*(stream.close(0.0) for stream in self.streams.values()), self._desk.close(0.0))
        await self._spares.close()
        await self._keeping.close()
        for worker in self._workers:
            worker.kill("the service ends")
        await asyncio.gather(*(worker.gone() for worker in self._workers))
