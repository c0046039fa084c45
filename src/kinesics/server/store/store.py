"""What happened, kept: SQLite with one writer, which never makes anybody wait and says what keeps it from writing."""

from __future__ import annotations

import contextlib
import sqlite3
import time as clocks
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Unpack

import msgspec

from ...errors import JobError, UsageError
from ..events import Event
from .file import EventFile, damaged, problem
from .schema import COLUMNS, Chosen, as_event, where
from .writer import StoreWriter

__all__ = ["Store"]


class Store:
    """The events of a service, and the little that it keeps from one run to the next.

    Events are ordered by their ids, which rise for ever; their times are those of the machine's clock, which may be set.
    After a crash of the service nothing is missing that `committed` was told of; after a power failure the last events may be,
    while what was kept or dropped is as it was told.

    Args:
        folder: where `events.db` lies; made if it is not there.
        committed: takes the events, with their ids, once they are stored; called from the writer's thread.
        retention: days after which events are forgotten; None: never.
        capacity: events that may wait for a disk that cannot be written; of more, the oldest waiting are lost, and counted.
        clock: seconds since 1970; a test hands in its own.

    Raises:
        UsageError: a retention or capacity that is none.
    """

    def __init__(
        self,
        folder: str | Path,
        committed: Callable[[list[Event]], None] = lambda events: None,
        *,
        retention: float | None = None,
        capacity: int = 100_000,
        clock: Callable[[], float] = clocks.time,
    ) -> None:
        if retention is not None and not 0 < retention < 1e6:
            raise UsageError(f"retention: expected days, more than 0, got {retention}")
        if capacity < 1:
            raise UsageError(f"capacity: expected 1 event or more, got {capacity}")
        self._writer = StoreWriter(Path(folder), committed, retention, capacity, clock)
        self._path = self._writer.path

    def put(self, events: Sequence[Event]) -> None:
        """Have events stored within 0.2 s, or as soon as it is possible. Never waits, never fails."""
        self._writer.put(events)

    def events(self, *, limit: int = 1000, newest: bool = False, **chosen: Unpack[Chosen]) -> list[Event]:
        """Stored events by rising id: the first `limit` of those that are meant, or the newest.

        Raises:
            UsageError: nobody can choose so.
            JobError: the database cannot be read now.
        """
        if not 0 <= limit < 2**31:
            raise UsageError(f"limit: expected 0 events or more, got {limit}")
        condition, values = where(chosen)
        order = "DESC" if newest else "ASC"
        rows = self._read(f"SELECT {COLUMNS} FROM events{condition} ORDER BY id {order} LIMIT ?", [*values, limit])
        try:
            return [as_event(row) for row in (reversed(rows) if newest else rows)]
        except (msgspec.DecodeError, TypeError, ValueError) as error:
            self._writer.suspect()
            raise JobError(f"the events cannot be read now: one of them is damaged ({error})") from error

    def parquet(self, path: str | Path, **chosen: Unpack[Chosen]) -> int:
        """Write stored events to a Parquet file; how many.

        Raises:
            SinkError: the file cannot be written. Nothing half-written stays.
        """
        from .export import write_parquet

        return write_parquet(self.events, Path(path), chosen)

    def forget(self, **chosen: Unpack[Chosen]) -> int:
        """Delete stored events for good, those that wait included, and overwrite what they took; how many.

        Raises:
            SinkError: they cannot be deleted now.
        """
        condition, values = where(chosen)

        def work(file: EventFile) -> int:
            gone = file.delete(condition, values)
            if not file.tidy():
                self._writer.untidy()  # somebody reads: as soon as that is over
            return gone

        return self._writer.ask(work, 60.0)

    def keep(self, key: str, value: dict[str, Any]) -> None:
        """Keep plain values under a key; they are on the disk when this returns.

        Raises:
            SinkError: they are not.
        """
        row = (key, msgspec.json.encode(value).decode())
        self._writer.ask(lambda file: file.lasting("INSERT OR REPLACE INTO kept VALUES (?, ?)", [row]))

    def drop(self, key: str) -> None:
        """Keep it no longer; gone from the disk when this returns.

        Raises:
            SinkError: it is not.
        """
        self._writer.ask(lambda file: file.lasting("DELETE FROM kept WHERE key = ?", [(key,)]))

    def kept(self, prefix: str = "") -> dict[str, dict[str, Any]]:
        """All that is kept under keys that begin so, by key.

        Raises:
            JobError: the database cannot be read now.
        """
        rows = self._read("SELECT key, value FROM kept WHERE substr(key, 1, length(?)) = ? ORDER BY key", [prefix, prefix])
        return {key: msgspec.json.decode(value) for key, value in rows}

    def state(self) -> dict[str, Any]:
        """How the store is; quick, reads no database.

        Returns:
            `writable`; `error`, what keeps it from writing, "" for nothing; how many events are `waiting` and how many were
            `lost`; `newest`, id of the newest stored; `written`, seconds since 1970 of the last commit, 0 for none; how many
            `events` there are, their `bytes` on the disk; `notes`, lines worth knowing.
        """
        return self._writer.state()

    def flush(self, seconds: float) -> bool:
        """Have all that waits stored; whether that was done within so many seconds."""
        return self._writer.flush(seconds)

    def close(self) -> None:
        """Store what waits, if that is possible now, and let go of the file."""
        self._writer.close()

    def _read(self, statement: str, values: Sequence[Any]) -> list[Any]:
        try:
            address = f"{self._path.absolute().as_uri()}?mode=ro"
            with contextlib.closing(sqlite3.connect(address, uri=True, timeout=5)) as base:
                return base.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            if damaged(error):
                self._writer.suspect()
            raise JobError(f"the events cannot be read now: {problem(error)}") from error
