"""Streams: add, look at, change, remove, ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from ...errors import UsageError
from ..refusals import Absent
from ..service import held
from ..settings import BROWSER, StreamSettings
from .answers import asked_json, told
from .openapi import Operation

if TYPE_CHECKING:
    from ..crew.supervisor import Stream

__all__ = ["stream_operations", "stream_row"]


def stream_row(stream: Stream) -> dict[str, Any]:
    """A stream as it is told: its id, its settings, and how it does."""
    return {"id": stream.id, **stream.state()}


async def _all(request: Request) -> Response:
    return told({"streams": [stream_row(stream) for stream in held(request).supervisor.streams.values()]})


async def _add(request: Request) -> Response:
    service = held(request)
    service.open()
    wanted = await asked_json(request)
    try:
        settings = msgspec.convert(wanted, StreamSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"settings of a stream: {error}") from None
    if settings.source == BROWSER:
        raise UsageError("frames of a browser come over the WebSocket /v1/camera, which makes its own stream")
    stream = await service.supervisor.add(settings)
    return told(stream_row(stream), 201, Location=f"/v1/streams/{stream.id}")


async def _one(request: Request) -> Response:
    return told(stream_row(held(request).stream(request.path_params["id"])))


async def _change(request: Request) -> Response:
    service = held(request)
    stream = service.stream(request.path_params["id"])
    await service.supervisor.change(stream.id, await asked_json(request))
    return told(stream_row(stream))


async def _remove(request: Request) -> Response:
    service = held(request)
    await service.supervisor.remove(service.stream(request.path_params["id"]).id)
    return told({"removed": request.path_params["id"]})


async def _ask(request: Request) -> Response:
    do = request.path_params["do"]
    if do not in ("teach", "coach"):
        raise Absent(f"expected teach or coach, got {do[:40]!r}")
    stream = held(request).stream(request.path_params["id"])
    return told((await stream.ask(do, **await asked_json(request))).args)


def stream_operations() -> list[Operation]:
    """What can be asked about streams."""
    one = "/v1/streams/{id}"
    return [
        Operation("GET", "/v1/streams", _all, "All streams and how they do."),
        Operation(
            "POST",
            "/v1/streams",
            _add,
            "Add a stream.",
            takes="application/json",
            body="StreamSettings",
            status=201,
        ),
        Operation("GET", one, _one, "One stream."),
        Operation(
            "PATCH", one, _change, "Change settings of a stream.", takes="application/json", body="the settings that change"
        ),
        Operation("DELETE", one, _remove, "Remove a stream."),
        Operation(
            "POST",
            "/v1/streams/{id}/ask/{do}",
            _ask,
            "Ask a stream: teach (do: begin, end, cancel; label, person, model) or coach (do: session, reset).",
            takes="application/json",
            body='the question, such as {"do": "session"}',
        ),
    ]
