"""The database file as its one writer has it: opened, locked, written, tidied, moved aside when it is damaged."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ...errors import SinkError
from ..events import Event
from .schema import COLUMNS, Row, as_row, prepare

__all__ = ["EventFile", "damaged", "problem"]

BLOCK = 1000  # ids that are set aside at a time, so that none is ever given twice, whatever becomes of the database
CHECKED = 64 << 20  # bytes up to which a database is looked through when it is opened
PATIENCE = 1.0  # seconds a lock of somebody else is waited for
_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "the database is locked by another program",
    sqlite3.SQLITE_LOCKED: "the database is locked by another program",
    sqlite3.SQLITE_READONLY: "the database cannot be written",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened",
    sqlite3.SQLITE_IOERR: "the disk fails",
    sqlite3.SQLITE_CORRUPT: "the database is damaged",
    sqlite3.SQLITE_NOTADB: "the database is damaged",
}


def _code(error: BaseException) -> int:
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def damaged(error: BaseException) -> bool:
    """Whether this says that the file holds no sound database."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def problem(error: BaseException) -> str:
    """What keeps the store from working, for people."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _WORDS[sqlite3.SQLITE_FULL]
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror.lower()}: {Path(str(error.filename or 'events.db')).name}"
    words = _WORDS.get(_code(error))
    return str(error) if words is None else f"{words} ({error})"


class EventFile:
    """Used by one thread alone.

    Args:
        folder: made if it is not there.
        say: takes a line worth knowing.

    Attributes:
        path: of the database.
        count: of the events in it.
        newest: id of the newest, or a later one that was set aside.
        latest: time of the newest when the file was opened, 0 for none.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder, self.path, self.say = folder, folder / "events.db", say
        self.count, self.newest, self.latest, self._mark = 0, 0, 0.0, 0
        self._base: sqlite3.Connection | None = None
        self._inode = -1
        self._lock: int | None = None

    def open(self) -> None:
        """Be ready to write; a damaged database is moved aside, and a new one begun.

        Raises:
            sqlite3.Error, OSError: it is not possible now.
        """
        if self._base is not None and not self._gone():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._take()
        try:
            self._connect()
        except sqlite3.DatabaseError as error:
            if not damaged(error):
                raise
            self.aside()

    def close(self) -> None:
        """Let go of the database and of the folder."""
        with contextlib.suppress(sqlite3.Error, OSError):
            if self._base is not None:
                self.tidy()
                self._write_mark(self.newest)
        self.drop()
        self._let_go()

    def _let_go(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def drop(self) -> None:
        """Close the connection after a failure; `open` makes another."""
        base, self._base = self._base, None
        if base is not None:
            with contextlib.suppress(sqlite3.Error):
                base.close()

    def _gone(self) -> bool:
        """Whether the file that is open has another name by now, or none."""
        with contextlib.suppress(OSError):
            if os.stat(self.path).st_ino == self._inode:
                return False
        self.say("events.db was removed while it was in use; a new one is begun")
        self.drop()
        self._let_go()  # the lock may be gone with the folder
        for end in ("-wal", "-shm"):
            self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        return True

    def _take(self) -> None:
        """One service a folder."""
        if self._lock is not None or sys.platform == "win32":
            return
        import fcntl

        handle = os.open(self.folder / "events.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise SinkError(f"another service writes the events of {self.folder}; end it, or choose another folder") from None
        except OSError:
            pass  # a file system that has no locks
        self._lock = handle

    def _connect(self) -> None:
        if not self.path.exists():  # for nobody else's eyes; the log beside it is made alike
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        base = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
        try:
            prepare(base)
            if self.path.stat().st_size <= CHECKED:
                found = base.execute("PRAGMA quick_check(1)").fetchone()[0]
                if found != "ok":
                    damage = sqlite3.DatabaseError(found)
                    damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
                    raise damage
            self.count = base.execute("SELECT count(*) FROM events").fetchone()[0]
            row = base.execute("SELECT time FROM events ORDER BY id DESC LIMIT 1").fetchone()
            last = base.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'events'").fetchone()[0] or 0
        except BaseException:
            base.close()
            raise
        self._mark = max(self._mark, self._read_mark())
        self.newest = max(self.newest, last, self._mark if not self.newest else 0)
        self.latest = float(row[0]) if row else 0.0
        self._inode = os.stat(self.path).st_ino
        self._base = base

    @property
    def _mark_path(self) -> Path:
        return self.folder / "events.ids"

    def _read_mark(self) -> int:
        try:
            return int(self._mark_path.read_text("ascii"))
        except (OSError, ValueError):
            return 0

    def _write_mark(self, mark: int) -> None:
        beside = self._mark_path.with_name("events.ids.partial")
        try:
            with beside.open("w", encoding="ascii") as file:
                file.write(str(mark))
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self._mark_path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        self._mark = mark

    def aside(self) -> None:
        """Move a damaged database away and begin a new one; what was kept is taken along if it can be read."""
        self.drop()
        kept = _readable(self.path)
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        target, n = self.path.with_name(f"{self.path.name}.damaged-{stamp}"), 1
        while target.exists():
            n += 1
            target = self.path.with_name(f"{self.path.name}.damaged-{stamp}-{n}")
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{self.path}{end}", f"{target}{end}")
        self.say(f"events.db was damaged: it is {target.name} now, and a new one is begun")
        self._connect()
        self.lasting("INSERT OR REPLACE INTO kept VALUES (?, ?)", kept)

    def sound(self) -> bool:
        """Whether the whole database can be read and makes sense, to one who has nothing of it in memory yet."""
        try:
            with contextlib.closing(sqlite3.connect(self.path, timeout=PATIENCE)) as base:
                return bool(base.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
        except sqlite3.DatabaseError as error:
            if not damaged(error):
                raise
            return False

    @property
    def _open(self) -> sqlite3.Connection:
        if self._base is None:
            raise sqlite3.OperationalError("the database is not open")
        return self._base

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        base = self._open
        base.execute("BEGIN IMMEDIATE")
        try:
            yield base
            base.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                base.execute("ROLLBACK")
            raise

    def number(self, events: Sequence[Event]) -> tuple[list[Event], int]:
        """The events with ids, and how many there are that nobody can store."""
        if self.newest + len(events) > self._mark:
            self._write_mark(self.newest + len(events) + BLOCK)
        numbered: list[Event] = []
        for event in events:
            try:
                as_row(event, self.newest + 1)
            except (TypeError, ValueError, OverflowError, AttributeError):
                continue
            self.newest += 1
            numbered.append(msgspec.structs.replace(event, id=self.newest))
        return numbered, len(events) - len(numbered)

    def commit(self, events: Sequence[Event]) -> None:
        """Store numbered events; those that are there already (a commit that failed and did not) are left alone."""
        rows: list[Row] = [as_row(event, event.id) for event in events]
        with self._transaction() as base:
            before = base.total_changes
            base.executemany(f"INSERT OR IGNORE INTO events ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?)", rows)
            added = base.total_changes - before
        self.count += added

    def lasting(self, statement: str, rows: Sequence[Sequence[Any]]) -> int:
        """Carry out one statement for each row, on the disk when it returns; how many rows it changed."""
        self._open.execute("PRAGMA synchronous = FULL")
        try:
            with self._transaction() as base:
                return base.executemany(statement, rows).rowcount
        finally:
            if self._base is not None:
                self._base.execute("PRAGMA synchronous = NORMAL")

    def delete(self, condition: str, values: Sequence[Any]) -> int:
        """Delete events for good; how many."""
        gone = max(self.lasting("DELETE FROM events" + condition, [values]), 0)
        self.count -= gone
        return gone

    def tidy(self) -> bool:
        """Put the log into the database, empty it and give free pages back; False while somebody reads."""
        self._open.executescript("PRAGMA incremental_vacuum;")  # execute would give back one page
        return int(self._open.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]) == 0


def _readable(path: Path) -> list[tuple[str, str]]:
    """What was kept, out of a damaged database."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=PATIENCE)) as base:
            return base.execute("SELECT key, value FROM kept").fetchall()
    except sqlite3.Error:
        return []
