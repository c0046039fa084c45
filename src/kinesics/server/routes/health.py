"""Whether the service lives, is ready, and how it does."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ..service import Service, held
from .answers import told
from .metrics import exposition
from .openapi import Operation

__all__ = ["FRESH", "health_operations", "readiness"]

FRESH = 3.0  # seconds: a live stream whose newest frame is older is told as not fresh


async def _alive(request: Request) -> Response:
    return told({"status": "alive"})


def readiness(service: Service) -> tuple[bool, dict[str, Any]]:
    """Whether work can be taken, and what that rests on.

    Not ready: it is ending, the nets are not warm, or the store cannot be written. A live stream without new frames is named
    and does not make the service unready: no restart mends a camera.
    """
    nets, store = bool(service.supervisor.state().get("ready")), service.store.state()
    streams = {name: _freshness(stream.state()) for name, stream in service.supervisor.streams.items()}
    ready = nets and bool(store["writable"]) and not service.ending
    stale = [name for name, one in streams.items() if not one["fresh"]]
    return ready, {
        "ready": ready,
        "ending": service.ending,
        "nets": "warm" if nets else "warming",
        "store": "writable" if store["writable"] else f"not writable: {store['error']}",
        "not_fresh": stale,
        "streams": streams,
    }


def _freshness(state: dict[str, Any]) -> dict[str, Any]:
    age = state.get("age")
    matters = state.get("live") and state.get("state") not in ("ended", "starting")
    fresh = not matters or (age is not None and age <= FRESH)
    return {"state": state.get("state"), "age": age, "fresh": bool(fresh)}


async def _ready(request: Request) -> Response:
    ready, words = readiness(held(request))
    return told(words, 200 if ready else 503)


async def _metrics(request: Request) -> Response:
    return Response(exposition(held(request)), media_type="text/plain; version=0.0.4; charset=utf-8")


async def _status(request: Request) -> Response:
    from ... import __version__

    service = held(request)
    return told(
        {
            "version": __version__,
            "seconds": round(time.monotonic() - service.began, 1),
            "ready": readiness(service)[0],
            "ending": service.ending,
            "store": await asyncio.to_thread(service.store.state),
            "onward": service.onward.state(),
            **service.supervisor.state(),
        }
    )


def health_operations() -> list[Operation]:
    """What can be asked about the service itself."""
    return [
        Operation("GET", "/healthz", _alive, "The process lives."),
        Operation("GET", "/readyz", _ready, "Nets warm, store writable; 503 when not. The age of each stream's newest frame."),
        Operation("GET", "/metrics", _metrics, "Counters and gauges for Prometheus.", gives=("text/plain",)),
        Operation("GET", "/v1/status", _status, "Version, workers, turns, streams, store."),
    ]
