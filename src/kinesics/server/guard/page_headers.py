"""Headers of every answer: the page runs nothing but its own files, and nobody else may show, read or keep what is answered."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..config import split_host
from .origins import is_page
from .refusing import header

__all__ = ["ClosedPage", "fixed_headers"]


def fixed_headers() -> dict[str, str]:
    """What every answer says, whatever was asked."""
    return {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    }


def content_policy(scope: Scope) -> str:
    """What a page that this answers may load and reach: this service only.

    Older browsers do not take a WebSocket to the page's own address for 'self', so it is named.
    """
    host = header(scope, b"host")
    sockets = f" ws://{host} wss://{host}" if split_host(host) else ""
    return (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self'; object-src 'none'; "
        f"connect-src 'self'{sockets}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


class ClosedPage:
    """Adds these headers to every answer; one that the app has set itself stays.

    Args:
        app: whose answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or not."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        wanted = {**fixed_headers(), "Content-Security-Policy": content_policy(scope)}
        wanted["Cache-Control"] = "no-cache" if is_page(scope) and scope["path"] != "/healthz" else "no-store"

        async def send_more(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = list(message.get("headers", []))
                there = {key.lower() for key, _ in headers}
                more = [(name.lower().encode(), value.encode()) for name, value in wanted.items()]
                message = {**message, "headers": headers + [pair for pair in more if pair[0] not in there]}
            await send(message)

        await self.app(scope, receive, send_more)
