"""Stored events as a Parquet file; pyarrow is imported when one is written."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from ...errors import SinkError, need
from ..events import Event
from .schema import Chosen

__all__ = ["write_parquet"]

GROUP = 10_000  # events that are read and written at a time


def write_parquet(events: Callable[..., list[Event]], path: Path, chosen: Chosen) -> int:
    """Write events, by rising id; how many.

    Args:
        events: `Store.events`.
        path: the file; replaced at once when all is written.
        chosen: which.

    Raises:
        SinkError: the file cannot be written. Nothing half-written stays.
    """
    pa, pq = need("pyarrow"), need("pyarrow.parquet")
    schema, count = _schema(pa), 0
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        try:
            with pq.ParquetWriter(str(beside), schema, compression="zstd") as writer:
                for group in _groups(events, chosen):
                    rows = [_row(event) for event in group]
                    writer.write_batch(pa.RecordBatch.from_pylist(rows, schema))
                    count += len(rows)
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
            os.replace(beside, path)
        finally:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
    except OSError as error:
        raise SinkError(f"{path}: {error.strerror or error}; free some space, or choose another place") from error
    return count


def _groups(events: Callable[..., list[Event]], chosen: Chosen) -> Iterator[list[Event]]:
    """In pieces, so that no reader holds the store's log for long."""
    newest = events(**chosen, newest=True, limit=1)
    after = chosen.get("after")
    while newest and (after is None or after < newest[0].id):
        group = [e for e in events(**{**chosen, "after": after}, limit=GROUP) if e.id <= newest[0].id]
        if not group:
            return
        yield group
        after = group[-1].id


def _schema(pa: Any) -> Any:
    text = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [
            pa.field("id", pa.int64(), nullable=False),
            pa.field("time", pa.timestamp("us", tz="UTC"), nullable=False),
            pa.field("stream", text, nullable=False),
            pa.field("kind", text, nullable=False),
            pa.field("person", pa.int64()),
            pa.field("label", text, nullable=False),
            pa.field("score", pa.float64()),
            pa.field("epoch", pa.int64(), nullable=False),
            pa.field("start", pa.float64()),
            pa.field("end", pa.float64()),
            pa.field("data", pa.string(), nullable=False),
        ],
        {"kinesics.events": "1"},
    )


def _row(event: Event) -> dict[str, Any]:
    row = msgspec.structs.asdict(event)
    person = None if event.person < 0 else event.person
    return {**row, "time": round(event.time * 1e6), "person": person, "data": msgspec.json.encode(event.data).decode()}
