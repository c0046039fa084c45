"""Shards by Spark: parts of the corpus go to its Python workers, and what is done is seen by the shards that appear."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ... import errors
from ...errors import JobError, KinesicsError, need
from ..config import Config
from ..limits import Limits
from ..shards import read_facts
from ..supervised import Task
from .frames import map_arrow, part_table, slots
from .mapping import ANSWER, shard_batches
from .planning import parts_of
from .reasons import reason, troubles
from .session import local_session

__all__ = ["run_shards"]

LOOK_SECONDS = 0.1  # between two looks at the shards
LOOK_SHARE = 5.0  # … and so many times what a look costs

Step = Callable[[dict[str, Any]], None]


def run_shards(
    tasks: Sequence[Task],
    config: Config,
    limits: Limits,
    *,
    workers: int | None = None,
    step: Step | None = None,
    master: str | None = None,
    session: Any = None,
) -> None:
    """Make the shards of clips, as the pool's `run_shards` does, on Spark.

    Args:
        tasks: clips and where their shards go. Clips, shards and this package are to be found at the same places everywhere.
        config: what is asked of each.
        limits: what each may cost, see `Worker`.
        workers: clips at a time on this machine, where `session` and `master` say nothing else.
        step: called in this thread with the facts of each shard, as they appear.
        master: of Spark, see `local_session`.
        session: a SparkSession; None for the one that is open in this process (a notebook's say), or else a new one.

    Raises:
        UsageError, WeightsError, MissingExtra, SinkError: see `Worker.do`; and pyspark or Java is not installed.
        JobError: Spark gave up, because more of its workers were lost than it puts up with. What is done is done, nothing
            half-written counts, and another run goes on where this one stopped.
    """
    if not tasks:
        return
    with _the_session(session, workers, master) as spark:
        _run(spark, tasks, config, limits, step)


@contextlib.contextmanager
def _the_session(session: Any, workers: int | None, master: str | None) -> Iterator[Any]:
    if session is None:
        need("pyspark", extra="spark")
        from pyspark.sql import SparkSession

        session = SparkSession.getActiveSession() if master is None else None
    if session is not None:
        yield session
        return
    with local_session(workers, master=master) as own:
        yield own


def _run(session: Any, tasks: Sequence[Task], config: Config, limits: Limits, step: Step | None) -> None:
    parts = parts_of(tasks, [task.size for task in tasks], slots(session))
    work = functools.partial(shard_batches, config=config.to_json(), limits=limits)
    frame = map_arrow(part_table(session, parts, Task._fields), work, ANSWER)
    look = _Look(tasks, step)
    job = _Job(session, frame)
    try:
        while not job.wait(look.pause):
            look()
        answers = job.answers()
        look()
    finally:
        job.cancel()
    for answer in answers:
        if answer["refused"] is not None:
            raise _refusal(answer["refused"], answer["words"])
    look.all_there()


class _Job:
    """A DataFrame that is being collected by a thread, so that this one can look around and be interrupted."""

    def __init__(self, session: Any, frame: Any) -> None:
        from pyspark import InheritableThread

        self._session, self._frame = session, frame
        self._tag = f"kinesics-{uuid.uuid4().hex}"
        self._rows: list[Any] | None = None
        self._error: BaseException | None = None
        self._thread: threading.Thread = InheritableThread(target=self._collect, session=session)
        self._thread.start()

    def _collect(self) -> None:
        try:
            self._session.addTag(self._tag)
            self._rows = self._frame.collect()
        except BaseException as error:
            self._error = error

    def wait(self, seconds: float) -> bool:
        """Whether it is done, within so much time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def answers(self) -> list[Any]:
        """The rows.

        Raises:
            JobError: Spark gave up.
        """
        if isinstance(self._error, troubles()):
            why = "its Java is gone" if isinstance(self._error, OSError) else reason(str(self._error))
            raise JobError(f"Spark gave up: {why}; what is done is kept, run again to go on") from self._error
        if self._error is not None:
            raise self._error
        return self._rows or []

    def cancel(self) -> None:
        """End it, if it is not done."""
        if self._thread.is_alive():
            with contextlib.suppress(Exception):  # Java may be gone, and something else is being raised
                self._session.interruptTag(self._tag)
            self._thread.join()


class _Look:
    """Sees which shards have appeared."""

    def __init__(self, tasks: Iterable[Task], step: Step | None) -> None:
        self._waiting = {Path(task.place).name: Path(task.place) for task in tasks}
        self._folders = {place.parent for place in self._waiting.values()}
        self._step = step
        self.pause = LOOK_SECONDS

    def __call__(self) -> None:
        """Tell of those that are new."""
        began = time.perf_counter()
        for folder in self._folders:
            with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
                for name in [entry.name for entry in entries if entry.name in self._waiting]:
                    facts = read_facts(self._waiting[name])
                    if facts is not None:
                        del self._waiting[name]
                        if self._step is not None:
                            self._step(facts)
        self.pause = max(LOOK_SECONDS, LOOK_SHARE * (time.perf_counter() - began))

    def all_there(self) -> None:
        """See that none is missing.

        Raises:
            JobError: a shard was made where this machine does not see it.
        """
        if self._waiting:
            place = next(iter(self._waiting.values()))
            raise JobError(
                f"{len(self._waiting)} shards are not to be seen from here, such as {place}; "
                "expected a folder that all machines of the cluster share"
            )


def _refusal(kind: str, words: str) -> KinesicsError:
    """What a worker refused, as the error that it was."""
    found: type[KinesicsError] = getattr(errors, kind, JobError)
    return found(words)
