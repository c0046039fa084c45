"""Events: ask for them, take them away as a table, forget them."""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from ...errors import UsageError
from ..events import KINDS
from ..service import Service, held
from .answers import told
from .openapi import Operation, Parameter

__all__ = ["event_operations", "filter_of"]


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise UsageError(f"expected seconds since 1970 or a date such as 2026-05-01T12:00, got {text[:40]!r}") from None
        value = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not math.isfinite(value):
        raise UsageError(f"expected a moment, got {text[:40]!r}")
    return value


def _number(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        raise UsageError(f"expected a whole number, got {text[:40]!r}") from None
    if not -1 <= value < 1 << 62:
        raise UsageError(f"expected a number from -1 up, got {text[:40]!r}")
    return value


def _kind(text: str) -> str:
    if text not in KINDS:
        raise UsageError(f"kind: expected one of {', '.join(KINDS)}, got {text[:40]!r}")
    return text


_READ: dict[str, Callable[[str], Any]] = {
    "since": _seconds,
    "until": _seconds,
    "stream": str,
    "person": _number,
    "label": str,
    "kind": _kind,
    "after": _number,
}
_FILTER = (
    Parameter("since", "string", "not before: seconds since 1970, or a date; UTC where it names no zone"),
    Parameter("until", "string", "before this moment"),
    Parameter("stream", "string", "id of a stream"),
    Parameter("person", "integer", "id of a person in a stream"),
    Parameter("label", "string", "of an action, exercise or state"),
    Parameter("kind", "string", ", ".join(KINDS)),
    Parameter("after", "integer", "stored after the event of that id"),
)


def filter_of(request: Request, *others: str) -> dict[str, Any]:
    """What is asked for in the query.

    Args:
        request: with the query.
        *others: names that it may hold beside the filter's.

    Raises:
        UsageError: an unknown name or a value that makes no sense.
    """
    given = {name: text for name, text in request.query_params.items() if text}
    unknown = set(given) - set(_READ) - set(others)
    if unknown:
        raise UsageError(f"expected {', '.join(_READ)} in the address, got {', '.join(sorted(unknown))[:80]}")
    return {name: read(given[name]) for name, read in _READ.items() if name in given}


async def _events(request: Request) -> Response:
    service, wanted = held(request), filter_of(request, "limit", "format", "newest")
    form = request.query_params.get("format", "json")
    if form == "parquet":
        return await _parquet(service, wanted)
    if form != "json":
        raise UsageError(f"format: expected json or parquet, got {form[:40]!r}")
    limit = _number(request.query_params.get("limit", "1000"))
    if not 1 <= limit <= 10_000:
        raise UsageError(f"limit: expected 1 to 10000, got {limit}; the last event's id as `after` gives the next ones")
    newest = request.query_params.get("newest", "0") in ("1", "true")
    events = await asyncio.to_thread(service.store.events, limit=limit, newest=newest, **wanted)
    return told({"events": events, "more": len(events) == limit})


async def _parquet(service: Service, wanted: dict[str, Any]) -> Response:
    path = service.exports / f"{secrets.token_hex(16)}.parquet"
    remove = BackgroundTask(path.unlink, missing_ok=True)
    try:
        await asyncio.to_thread(service.store.parquet, path, **wanted)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    headers = {"Cache-Control": "no-store"}
    return FileResponse(
        path, filename="events.parquet", media_type="application/vnd.apache.parquet", headers=headers, background=remove
    )


async def _forget(request: Request) -> Response:
    service, wanted = held(request), filter_of(request)
    return told({"forgotten": await asyncio.to_thread(service.store.forget, **wanted)})


def event_operations() -> list[Operation]:
    """What can be asked about events."""
    others = (
        Parameter("limit", "integer", "at most so many, 1 to 10000; 1000 when not given"),
        Parameter("newest", "boolean", "the newest ones instead of the first ones; the order stays"),
        Parameter("format", "string", "json or parquet; parquet gives all of them"),
    )
    kinds = ("application/json", "application/vnd.apache.parquet")
    return [
        Operation("GET", "/v1/events", _events, "Events, oldest first.", _FILTER + others, gives=kinds),
        Operation("DELETE", "/v1/events", _forget, "Forget events; all of them where nothing is asked for.", _FILTER),
    ]
