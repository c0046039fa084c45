"""How answers and errors look over HTTP, and the one place where an error becomes a status."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from ... import errors
from .openapi import ERRORS

__all__ = [
    "TooLarge",
    "WrongKind",
    "answering",
    "asked_bytes",
    "asked_json",
    "check_length",
    "failed",
    "refused",
    "said",
    "told",
    "too_large",
]

_log = logging.getLogger("kinesics.server")
_encoder = msgspec.json.Encoder()

STATUSES = {
    "Absent": 404,
    "Taken": 409,
    "Busy": 503,
    "TooLarge": 413,
    "WrongKind": 415,
    "ShapeError": 422,
    "UsageError": 400,
    "NotFittedError": 409,
    "SourceError": 422,
    "FormatError": 422,
    "SinkError": 503,
    "WeightsError": 503,
    "MissingExtra": 503,
    "JobError": 503,
    "KinesicsError": 400,
}


class TooLarge(errors.UsageError):
    """More bytes than are taken."""


class WrongKind(errors.UsageError):
    """A body of a kind that is not taken here."""


def told(value: Any, status: int = 200, **headers: str) -> Response:
    """A value as JSON."""
    return Response(_encoder.encode(value), status, {"Cache-Control": "no-store", **headers}, "application/json")


def said(error: Exception) -> dict[str, str]:
    """What is said of an error: its words on one line, and its kind; nothing of what is inside for those that are faults."""
    if isinstance(error, errors.KinesicsError):
        return {"error": " ".join(str(error).split()), "kind": type(error).__name__}
    return {"error": ERRORS[500], "kind": "Fault"}


def failed(error: Exception) -> Response:
    """The answer to a request that came to nothing; faults are logged."""
    if isinstance(error, errors.KinesicsError):
        kinds = [kind.__name__ for kind in type(error).__mro__]
        return told(said(error), next(STATUSES[kind] for kind in kinds if kind in STATUSES))
    _log.error("a fault: %s: %s", type(error).__name__, error, exc_info=error)
    return told(said(error), 500)


def answering(ask: Callable[[Request], Awaitable[ASGIApp]]) -> Callable[[Request], Awaitable[ASGIApp]]:
    """What answers a request also when it goes wrong."""

    async def safely(request: Request) -> ASGIApp:
        try:
            return await ask(request)
        except ClientDisconnect:
            return told({}, 400)  # nobody reads it
        except Exception as error:
            return failed(error)

    return safely


async def refused(request: Request, error: Exception) -> Response:
    """The answer to a request that fits no route."""
    status = getattr(error, "status_code", 404)
    words = {404: "there is nothing at this address; GET /openapi.json tells what there is", 405: "not with this method"}
    line = words.get(status, "this cannot be answered")
    return told({"error": line, "kind": "UsageError"}, status, **dict(getattr(error, "headers", None) or {}))


async def asked_json(request: Request, most: int = 1 << 20) -> dict[str, Any]:
    """The body of a request, a JSON object of at most `most` bytes; nothing at all counts as an empty one.

    Raises:
        WrongKind: the request does not say that it is JSON.
        TooLarge: more bytes than that.
        UsageError: no JSON object.
    """
    data = await asked_bytes(request, most)
    if not data:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise WrongKind("expected a body of application/json; say so in the header Content-Type")
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise errors.UsageError(f"the body is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise errors.UsageError(f"expected a JSON object as body, got {type(value).__name__}")
    return value


async def asked_bytes(request: Request, most: int) -> bytes:
    """The body of a request.

    Raises:
        TooLarge: more than `most` bytes, told as soon as it is known.
    """
    check_length(request, most)
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > most:
            raise too_large(most)
    return bytes(data)


def check_length(request: Request, most: int) -> None:
    """Refuse what says itself that it is too large, before any of it is read.

    Raises:
        TooLarge: it is.
    """
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > most:
        raise too_large(most)


def too_large(most: int) -> TooLarge:
    """The error for a body of more than `most` bytes."""
    return TooLarge(f"expected a body of at most {most / 1e6:g} MB; send a smaller one")
