"""The table of routes, and the application made from it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from ..onward.news import News
from ..onward.onward import Onward
from ..service import Service
from .answers import answering, refused, told
from .events import event_operations
from .health import health_operations
from .library import library_operations
from .openapi import Operation, document
from .page import page_routes
from .pictures import picture_operations
from .sockets import camera, events_live, stream_live
from .streams import stream_operations

if TYPE_CHECKING:
    from ..config import ServiceConfig
    from ..crew.supervisor import Supervisor
    from ..store.store import Store

__all__ = ["PAGE", "build", "operations"]

PAGE = Path(__file__).parents[2] / "web"


def operations() -> list[Operation]:
    """All that can be asked over HTTP, but for the page's files and the login."""
    return [
        *health_operations(),
        Operation("GET", "/openapi.json", _described, "This document."),
        *stream_operations(),
        *picture_operations(),
        *event_operations(),
        *library_operations(),
    ]


async def _described(request: Request) -> Response:
    from ... import __version__

    return told(document(operations(), __version__))


def build(
    supervisor: Supervisor, store: Store, config: ServiceConfig, *, folder: Path, onward: Onward | None = None
) -> Starlette:
    """The application, without its guards; made in the running event loop.

    Args:
        supervisor: of the streams.
        store: of the events.
        config: how the service is reached, and its limits.
        folder: of the service, with `uploads` and `exports`.
        onward: what the store's `committed` is given to; None: nobody hears of it.
    """
    asked: list[BaseRoute] = [Route(one.path, answering(one.ask), methods=[one.method]) for one in operations()]
    sockets: list[BaseRoute] = [
        WebSocketRoute("/v1/camera", camera),
        WebSocketRoute("/v1/streams/{id}/live", stream_live),
        WebSocketRoute("/v1/events/live", events_live),
    ]
    app = Starlette(routes=[*asked, *sockets, *page_routes(PAGE)], exception_handlers={HTTPException: refused})
    app.state.service = Service(folder, supervisor, store, config, onward or Onward(News(asyncio.get_running_loop())))
    return app
