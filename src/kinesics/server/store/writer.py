"""The store's one writer: a thread that gathers what waits and writes it, again and again until it is written."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time as clocks
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any, TypeVar

from ...errors import KinesicsError, SinkError
from ..events import Event
from .clock import StoreClock
from .file import EventFile, damaged, problem

__all__ = ["StoreWriter", "size"]

T = TypeVar("T")
_log = logging.getLogger(__name__)

GATHER = 0.1  # seconds for which events are gathered before they are written together
BATCH = 2000  # events that are written together at most
SOON, SELDOM, GROWS = 0.5, 5.0, 1.6  # seconds between two tries to write when one failed: from, to, times
TIDY = 10.0  # seconds between two looks at whether something is to be tidied
LOG_BYTES = 8 << 20  # from which the log beside the database is emptied
HOURLY = 3600.0  # seconds between two rounds of forgetting what is too old
NOTES = 10  # lines of notes that are told


class StoreWriter:
    """Writes events, and does what is asked of the file, in a thread of its own.

    Args:
        folder: of the database.
        committed: takes stored events, with their ids.
        retention: days, or None.
        capacity: events that may wait.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        folder: Path,
        committed: Callable[[list[Event]], None],
        retention: float | None,
        capacity: int,
        clock: Callable[[], float],
    ) -> None:
        self._committed, self._retention, self._capacity = committed, retention, capacity
        self._wake = threading.Condition()
        self._waiting: deque[Event] = deque()
        self._numbered: list[Event] = []  # have their ids and are not stored yet
        self._jobs: deque[tuple[Future[Any], Callable[[EventFile], Any]]] = deque()
        self._closing, self._flying, self._hurry, self._suspect = False, False, 0, False
        self._lost, self._error, self._written, self._newest = 0, "", 0.0, 0
        self._notes: deque[str] = deque(maxlen=NOTES)
        self._clock = StoreClock(clock, self._note)
        self._file = EventFile(folder, self._note)
        self.path = self._file.path
        self._forgot, self._tidied, self._untidy = float("-inf"), 0.0, False
        self._compared = False
        self._opened = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()
        self._opened.wait(10)

    # for other threads

    def put(self, events: Sequence[Event]) -> None:
        """Add to what waits; of too much the oldest go."""
        with self._wake:
            if self._closing:
                self._lost += len(events)
            else:
                self._waiting.extend(events)
                self._trim()
            self._wake.notify_all()

    def ask(self, work: Callable[[EventFile], T], seconds: float = 10.0) -> T:
        """Have something done with the file, after what waits has been written.

        Raises:
            SinkError: it was not done.
        """
        if threading.current_thread() is self._thread:  # out of `committed`
            return self._carried_out(work)
        future: Future[T] = Future()
        with self._wake:
            if self._closing:
                raise SinkError("the store is closed")
            self._jobs.append((future, work))
            self._wake.notify_all()
        try:
            return future.result(seconds)
        except TimeoutError:
            future.cancel()
            why = self._error or "the disk is slow"
            raise SinkError(f"{self.path.name}: not written within {seconds:.0f} s: {why}") from None
        except CancelledError:
            raise SinkError("the store is closed") from None

    def suspect(self) -> None:
        """A reader met damage."""
        with self._wake:
            self._suspect = True
            self._wake.notify_all()

    def untidy(self) -> None:
        """What was deleted is to go from the log, too."""
        self._untidy = True

    def flush(self, seconds: float) -> bool:
        """Wait until nothing waits; whether that came to be."""
        with self._wake:
            self._hurry += 1
            self._wake.notify_all()
            done = self._wake.wait_for(lambda: not (self._waiting or self._numbered or self._flying), seconds)
            self._hurry -= 1
        return done

    def close(self) -> None:
        """Write what waits, if that is possible now, and end."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(30)

    def state(self) -> dict[str, Any]:
        """See `Store.state`."""
        with self._wake:
            waiting = len(self._waiting) + len(self._numbered)
            found = {"writable": not self._error, "error": self._error, "waiting": waiting, "lost": self._lost}
            found |= {"newest": self._newest, "written": self._written, "events": self._file.count, "notes": list(self._notes)}
        return {**found, "bytes": size(self.path) + size(self._log_path)}

    def _trim(self) -> None:
        """Of too much that waits the oldest go; what is being written stays."""
        over = len(self._waiting) - self._capacity + (0 if self._flying else len(self._numbered))
        if over > 0:
            self._lost += over
            if not self._flying:
                self._numbered, over = self._numbered[over:], max(over - len(self._numbered), 0)
            for _ in range(over):
                self._waiting.popleft()

    # the thread

    @property
    def _log_path(self) -> Path:
        return self.path.with_name(self.path.name + "-wal")

    def _note(self, line: str) -> None:
        _log.warning("%s", line)
        with self._wake:
            self._notes.append(line)

    def _run(self) -> None:
        pause = SOON / GROWS
        while True:
            fine = self._try()
            self._opened.set()
            pause = SOON / GROWS if fine else min(pause * GROWS, SELDOM)
            with self._wake:
                self._wake.notify_all()
                if self._closing and not self._jobs and (not fine or not (self._waiting or self._numbered)):
                    break
                if not fine:
                    self._wake.wait_for(self._asked, pause)
                elif self._wake.wait_for(lambda: self._asked() or bool(self._waiting), TIDY) and not self._asked():
                    self._wake.wait_for(self._asked, GATHER)
        self._end()

    def _asked(self) -> bool:
        """Whether there is something that must not be waited with."""
        return bool(self._jobs or self._closing or ((self._suspect or self._hurry) and not self._error))

    def _end(self) -> None:
        with self._wake:
            left = len(self._waiting) + len(self._numbered)
            self._lost += left
            self._waiting.clear()
            self._numbered = []
        if left:
            _log.error("%d events could not be stored: %s", left, self._error)
        self._file.close()

    def _try(self) -> bool:
        """Write all that waits and do what was asked for; whether there was no trouble."""
        self._clock.look()
        error = ""
        try:
            self._ready()
            while self._write():
                pass
            self._keep_house()
        except (sqlite3.Error, OSError) as trouble:
            error = problem(trouble)
            self._suspect = self._suspect or damaged(trouble)
            self._file.drop()
        with self._wake:
            self._flying = False
            self._trim()
        self._work()
        if error != self._error:
            _log.log(logging.ERROR if error else logging.WARNING, "events: %s", error or "written again")
        with self._wake:
            self._error = error
        return not error

    def _ready(self) -> None:
        self._file.open()
        if self._suspect:  # somebody met damage: if it is so, begin anew
            self._suspect = False
            if not self._file.sound():
                self._file.aside()
        if not self._numbered:
            self._newest = self._file.newest
        if not self._compared:
            self._compared = True
            self._clock.compare(self._file.latest)

    def _write(self) -> bool:
        """One batch; whether there is more."""
        self._clock.look()
        with self._wake:
            self._flying = True  # what is written now is not lost to what comes
            some = 0 if self._numbered else min(len(self._waiting), BATCH)
            batch = [self._waiting.popleft() for _ in range(some)]
        if batch:
            self._number(batch)
        if self._numbered:
            self._file.commit(self._numbered)
            with self._wake:
                done, self._numbered = self._numbered, []
                self._written, self._newest = self._clock.now(), done[-1].id
            self._pass_on(done)
        return bool(self._waiting)

    def _pass_on(self, events: list[Event]) -> None:
        try:
            self._committed(events)
        except Exception:  # the caller's fault must not end the writer
            _log.exception("events are stored, but could not be passed on")

    def _number(self, batch: list[Event]) -> None:
        try:
            numbered, strange = self._file.number(batch)
        except OSError:
            with self._wake:
                self._waiting.extendleft(reversed(batch))
            raise
        with self._wake:
            self._numbered, self._lost = numbered, self._lost + strange
        if strange:
            self._note(f"{strange} events could not be stored: no time, or values that are not plain")

    def _keep_house(self) -> None:
        now = clocks.monotonic()
        if self._retention is not None and now - self._forgot >= HOURLY:
            self._forgot = now
            gone = self._file.delete(" WHERE time < ?", [self._clock.sure() - 86_400 * self._retention])
            self._untidy = self._untidy or gone > 0
        if self._untidy or (now - self._tidied >= TIDY and size(self._log_path) > LOG_BYTES):
            self._tidied, self._untidy = now, not self._file.tidy()

    def _work(self) -> None:
        while True:
            with self._wake:
                if not self._jobs:
                    return
                future, work = self._jobs.popleft()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(self._carried_out(work))
            except KinesicsError as error:
                future.set_exception(error)

    def _carried_out(self, work: Callable[[EventFile], T]) -> T:
        try:
            self._file.open()
            return work(self._file)
        except SinkError:
            raise
        except (sqlite3.Error, OSError) as error:
            self._suspect = self._suspect or damaged(error)
            raise SinkError(f"{self.path.name}: not written: {problem(error)}") from error


def size(path: Path) -> int:
    """Bytes of a file, 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
