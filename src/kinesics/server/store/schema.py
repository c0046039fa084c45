"""The tables of the store, what is asked of them, and an event as a row."""

from __future__ import annotations

import math
import sqlite3
from typing import Any, TypedDict

import msgspec

from ...errors import UsageError
from ..events import Event

__all__ = ["COLUMNS", "TABLES", "Chosen", "Row", "as_event", "as_row", "prepare", "where"]

COLUMNS = 'id, time, stream, kind, person, label, score, epoch, start, "end", data'
TABLES = """
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, stream TEXT NOT NULL, kind TEXT NOT NULL,
    person INTEGER NOT NULL, label TEXT NOT NULL, score REAL, epoch INTEGER NOT NULL, start REAL, "end" REAL, data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS events_time ON events (time);
CREATE INDEX IF NOT EXISTS events_stream ON events (stream, person);
CREATE INDEX IF NOT EXISTS events_label ON events (label);
CREATE INDEX IF NOT EXISTS events_kind ON events (kind);
CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
WAL_BYTES = 4 << 20  # the log beside the database is cut back to this
LATEST = 253_402_300_800.0  # the year 10000: later is no time

Row = tuple[int, float, str, str, int, str, float | None, int, float | None, float | None, str]
_encode, _decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(dict[str, Any]).decode


class Chosen(TypedDict, total=False):
    """Which events are meant; what is not given (or None) does not matter.

    Attributes:
        since, until: seconds since 1970, from the first on and before the second.
        stream, person, label, kind: are these.
        after: stored later than the event of this id.
    """

    since: float | None
    until: float | None
    stream: str | None
    person: int | None
    label: str | None
    kind: str | None
    after: int | None


_CONDITIONS = {
    "since": "time >= ?",
    "until": "time < ?",
    "stream": "stream = ?",
    "person": "person = ?",
    "label": "label = ?",
    "kind": "kind = ?",
    "after": "id > ?",
}


def where(chosen: Chosen) -> tuple[str, list[Any]]:
    """The condition in SQL ("" for all), and its values.

    Raises:
        UsageError: a name nobody knows, or a number that no database holds.
    """
    terms, values = [], []
    for name, value in chosen.items():
        if value is None:
            continue
        if name not in _CONDITIONS:
            raise UsageError(f"events are chosen by {', '.join(_CONDITIONS)}; got {name!r}")
        if isinstance(value, float) and math.isnan(value):
            raise UsageError(f"{name}: expected a number, got nan")
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise UsageError(f"{name}: expected a number that fits 64 bits, got {value}")
        terms.append(_CONDITIONS[name])
        values.append(value)
    return (" WHERE " + " AND ".join(terms) if terms else ""), values


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def as_row(event: Event, identity: int) -> Row:
    """An event as it is stored.

    Raises:
        ValueError, TypeError, OverflowError: it cannot be: no time, text that is no text, values that are not plain.
    """
    if not 0 <= event.time < LATEST:
        raise ValueError(f"an event at {event.time} seconds since 1970")
    for text in (event.stream, event.kind, event.label):
        text.encode()
    person, epoch = int(event.person), int(event.epoch)
    for number in (person, epoch):
        number.to_bytes(8, "little", signed=True)
    times = _number(event.score), epoch, _number(event.start), _number(event.end)
    return identity, float(event.time), event.stream, event.kind, person, event.label, *times, _encode(event.data).decode()


def as_event(row: Row) -> Event:
    """A stored row as an event."""
    identity, time, stream, kind, person, label, score, epoch, start, end, data = row
    return Event(time, stream, kind, person, label, score, epoch, start, end, _decode(data), identity)


def prepare(database: sqlite3.Connection) -> None:
    """A fresh connection of the writer: tables there, nothing readable left behind by what is deleted."""
    database.execute("PRAGMA auto_vacuum = INCREMENTAL")  # before there is a table: files can shrink
    database.execute("PRAGMA journal_mode = WAL").fetchone()
    for pragma in ("synchronous = NORMAL", "secure_delete = ON", f"journal_size_limit = {WAL_BYTES}", "temp_store = MEMORY"):
        database.execute(f"PRAGMA {pragma}").fetchall()
    if database.execute("SELECT count(*) FROM sqlite_schema WHERE name IN ('events', 'kept')").fetchone()[0] < 2:
        database.executescript("BEGIN IMMEDIATE;" + TABLES + "COMMIT;")
