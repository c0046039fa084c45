"""What stands between the network and the app, outermost first: headers of every answer, no fault is ever shown, only our own
names and pages, limits of size and time, the token, limits of WebSockets.
"""

from __future__ import annotations

import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..config import ServiceConfig
from .body_limits import BodyLimits
from .floods import SocketLimits
from .origins import OwnPagesOnly
from .page_headers import ClosedPage
from .refusing import refuse
from .secrets_out import without_secrets
from .tokens import TokenHolders

__all__ = ["guarded"]

_log = logging.getLogger("kinesics.server")


def guarded(app: ASGIApp, config: ServiceConfig) -> ASGIApp:
    """The app behind all guards.

    Args:
        app: an ASGI app; it sees only what passed.
        config: who may ask, and how much.
    """
    inner = TokenHolders(SocketLimits(app, config), config)
    return ClosedPage(_NoFaults(OwnPagesOnly(BodyLimits(inner, config), config)))


class _NoFaults:
    """The last resort: a fault of ours is logged, and answered with one line that tells nothing of what is inside."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            return
        except Exception as error:
            if scope["type"] not in ("http", "websocket"):
                raise
            _log.error(without_secrets(f"a fault: {type(error).__name__}: {error}"), exc_info=error)
            if started:
                return
            await refuse(scope, receive, send, 500, "a fault inside; the service's own output tells more", kind="Fault")
