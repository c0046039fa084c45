"""What the routes and sockets share: the streams, the store, the limits, who listens, and whether the end has begun."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from .refusals import Absent, Busy

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from .config import ServiceConfig
    from .crew.supervisor import Stream, Supervisor
    from .onward.onward import Onward
    from .routes.line import Line
    from .store.store import Store

__all__ = ["Service", "held"]


class Service:
    """One running service.

    Attributes:
        supervisor, store, config, onward: its parts.
        uploads, exports: folders for what is only passing through.
        lines: WebSockets that are open.
        ending: it was told to end; nothing new is taken.
        began: monotonic seconds.
    """

    def __init__(self, folder: Path, supervisor: Supervisor, store: Store, config: ServiceConfig, onward: Onward) -> None:
        self.supervisor, self.store, self.config, self.onward = supervisor, store, config, onward
        self.uploads, self.exports = folder / "uploads", folder / "exports"
        self.lines: set[Line] = set()
        self.ending = False
        self.began = time.monotonic()

    def open(self) -> None:
        """Nothing happens while more work is taken.

        Raises:
            Busy: the service is ending.
        """
        if self.ending:
            raise Busy("the service is ending; ask the one that takes its place")

    def stream(self, name: str) -> Stream:
        """The stream of that id.

        Raises:
            Absent: there is none.
        """
        found = self.supervisor.streams.get(name)
        if found is None:
            raise Absent(f"there is no stream {name[:80]!r}; GET /v1/streams names them")
        return found

    async def close_lines(self) -> None:
        """Close each socket with 1001: the service goes away."""
        await asyncio.gather(*(line.close(1001, "the service is ending") for line in list(self.lines)))


def held(connection: HTTPConnection) -> Service:
    """The service that a request or socket came to."""
    return cast(Service, connection.app.state.service)
