"""One worker process and what stands over it: a clip at a time, within limits, replaced when it dies.

The pool holds some of these, and so does each Python worker of Spark, one: limits and deaths are the same everywhere.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from .. import errors
from ..errors import JobError, KinesicsError
from .child import Child
from .config import Config
from .failing import about, failed_rows
from .limits import Limits
from .shards import read_facts, write_shard

__all__ = ["Stopped", "Task", "Worker"]

BOOTS = 8  # deaths one after the other, before a worker is ready, after which it is no accident
BOOT_SECONDS = 300.0
GROWN = 2.0  # times what it occupied at its least: such a worker leaks


class Task(NamedTuple):
    """A clip that is to become a shard.

    Attributes:
        path: of the clip, absolute.
        size: its bytes.
        place: of the shard.
    """

    path: str
    size: int
    place: str


class Stopped(Exception):
    """The worker was closed while it was at it."""


class Worker:
    """A process that turns clips into shards; it is started with the first clip, and stays warm from clip to clip.

    Args:
        config: what is asked of each clip.
        limits: what each may cost.

    `do` may be called from one thread at a time, `close` from any.
    """

    def __init__(self, config: Config, limits: Limits) -> None:
        self.config, self.limits = config, limits
        self._child: Child | None = None
        self._least = float("inf")
        self._closed = False
        self._hands, self._work = threading.Lock(), threading.Lock()  # on the child; while a clip is being done

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def do(self, task: Task) -> dict[str, Any]:
        """Make the shard of a clip, whatever the clip does to the worker.

        A clip that its worker dies of is tried once more, in a fresh one, and so is one for which the memory did not do.

        Returns:
            what `shards.write_shard` returned: path, status, error, clip, rows, sha256, seconds, attempts, key, host, version.
            A shard that is there already is not made again.

        Raises:
            UsageError, WeightsError, MissingExtra: what is asked for can be done with no clip.
            SinkError: the shard cannot be written.
            JobError: no worker can be started.
            Stopped: somebody has closed it.
        """
        with self._work:
            place, began = Path(task.place), time.monotonic()
            facts = read_facts(place) if place.exists() else None
            for attempt in (1, 2):
                if facts is not None:
                    return facts
                facts, (status, why) = self._attempt(task, attempt)
                if status == "timeout":
                    break
            return facts or self._mark(task, attempt, time.monotonic() - began, status, why)

    def close(self) -> None:
        """End the process, at once; nothing of it is left."""
        with self._hands:
            self._closed = True
            if self._child is not None:
                self._child.kill()
        with self._work, self._hands:
            self._bury()

    # ------------------------------------------------------------------------------------------------------------ one try
    def _attempt(self, task: Task, attempt: int) -> tuple[dict[str, Any] | None, tuple[str, str]]:
        """The shard's facts, or None and the status and the words for why the worker is no more."""
        child = self._started({"path": task.path, "place": task.place, "attempt": attempt})
        line = child.answer(time.monotonic() + self.limits.seconds(task.size))
        if line is None:
            ending = self._died(Path(task.place))
            return read_facts(Path(task.place)), ending  # it may have died right after its work was done
        if "facts" not in line:
            _refuse(line)
        self._replace_if_it_leaks(child)
        return dict(line["facts"]), ("", "")

    def _started(self, task: Mapping[str, Any]) -> Child:
        """A child that is warm and has the task; one that dies before that has not died of it."""
        for _ in range(BOOTS):
            with self._hands:
                if self._closed:
                    raise Stopped
                if self._child is not None and self._child.gone():  # it died between two clips, of neither
                    self._bury()
                if self._child is None:
                    self._child, self._least = Child(self.config, self.limits.memory), float("inf")
                child = self._child
            child.tell(task)
            if child.ready:
                return child
            line = child.answer(time.monotonic() + BOOT_SECONDS)
            if line is not None:
                if "ready" not in line:
                    _refuse(line)
                child.ready = True
                return child
            status, why = self._died()
            if status != "crashed":
                break
        raise JobError(f"no worker can be started; the last one: {why}; KINESICS_DEBUG=1 shows what it says")

    def _died(self, place: Path | None = None) -> tuple[str, str]:
        with self._hands:
            why = self._bury(place)
            if self._closed:
                raise Stopped
        return why

    def _bury(self, place: Path | None = None) -> tuple[str, str]:
        child, self._child = self._child, None
        return child.bury(place) if child is not None else ("crashed", "it was gone")

    # ------------------------------------------------------------------------------------------------------------- around
    def _mark(self, task: Task, attempts: int, seconds: float, status: str, why: str) -> dict[str, Any]:
        """The shard of a clip that could not be done."""
        words = {
            "timeout": f"it took longer than {self.limits.seconds(task.size):g} s, the limit for a clip",
            "memory": f"it needed more than {self.limits.memory:g} MB, the limit for a worker",
            "crashed": f"the worker died of it, twice: {why}",
        }
        place = Path(task.place)
        place.parent.mkdir(parents=True, exist_ok=True)
        facts = {**about(self.config), "attempts": attempts, "seconds": round(seconds, 6)}
        return write_shard(place, failed_rows(task.path, status, words[status]), facts)

    def _replace_if_it_leaks(self, child: Child) -> None:
        occupied = child.memory()
        self._least = min(self._least, occupied or self._least)
        if occupied > self.limits.memory / 2 and occupied > GROWN * self._least:
            with self._hands:
                self._bury()


def _refuse(line: Mapping[str, Any]) -> None:
    """Raise what a worker says that it cannot do, as what it was there."""
    kind = getattr(errors, str(line.get("refused")), None)
    if isinstance(kind, type) and issubclass(kind, KinesicsError):
        raise kind(line.get("words", ""))
    raise JobError(f"a worker said something that nobody understands: {line}")
