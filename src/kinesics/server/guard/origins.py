"""Only pages of our own may use the service: checks of the headers Host, Origin and Sec-Fetch-*.

A page of anywhere can send a browser's requests to this machine. Its name may even be made to point here (DNS rebinding), so
the name under which we are addressed is checked before anything else.
"""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from ..config import ServiceConfig, split_host
from .refusing import header, headers_of, refuse

__all__ = ["OwnPagesOnly", "is_page"]

_ORIGIN = re.compile(r"(https?)://(.+)", re.ASCII)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_PAGE = frozenset({"/", "/healthz", "/favicon.ico"})


def is_page(scope: Scope) -> bool:
    """Whether this asks for the page itself or its files, which hold nothing of anybody, or whether the service lives."""
    path = scope["path"]
    return scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and (path in _PAGE or path.startswith("/page/"))


class OwnPagesOnly:
    """Refuses foreign names (421) and foreign pages (403).

    Args:
        app: what is guarded.
        config: of the service.
    """

    def __init__(self, app: ASGIApp, config: ServiceConfig) -> None:
        self.app = app
        split = (split_host(name) for name in config.allowed_hosts)
        self.allowed = frozenset(pair for pair in split if pair is not None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or not."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        secure = scope["scheme"] in ("https", "wss")
        hosts = headers_of(scope, b"host")
        if len(hosts) != 1 or not self._ours(hosts[0], scope, secure):
            await refuse(scope, receive, send, 421, "this service does not answer to that name; add it with --allow-host")
            return
        why = self._foreign(scope, secure)
        if why is not None:
            await refuse(scope, receive, send, 403, why)
            return
        await self.app(scope, receive, send)

    def _ours(self, text: str, scope: Scope, secure: bool) -> bool:
        """Whether "name:port" is how this service is addressed: on this machine, at its own address, or as it was told."""
        host = split_host(text)
        if host is None:
            return False
        name, port = host[0], host[1] or (443 if secure else 80)
        address, local = scope.get("server") or ("", None)
        return (port == local and (name in _LOOPBACK or name == _bracketed(address))) or self._is_allowed(name, port)

    def _is_allowed(self, name: str, port: int) -> bool:
        return (name, None) in self.allowed or (name, port) in self.allowed

    def _foreign(self, scope: Scope, secure: bool) -> str | None:
        """Why this comes from a page that is not ours, or None."""
        origins = headers_of(scope, b"origin")
        if len(origins) > 1 or (origins and not self._own_origin(origins[0], scope, secure)):
            return "this comes from a page of another address; only the service's own page may do that"
        site = header(scope, b"sec-fetch-site")
        if scope["type"] == "websocket":
            if not origins and any(key.startswith(b"sec-fetch-") for key, _ in scope["headers"]):
                return "a browser's WebSocket must say where its page comes from"
        elif site in ("cross-site", "same-site") and not (is_page(scope) and _is_link(scope)):
            return "this comes from a page of another address; only the service's own page may do that"
        return None

    def _own_origin(self, text: str, scope: Scope, secure: bool) -> bool:
        found = _ORIGIN.fullmatch(text)
        host = None if found is None else split_host(found[2])
        if found is None or host is None:
            return False
        https = found[1] == "https"
        if self._is_allowed(host[0], host[1] or (443 if https else 80)):  # a proxy may speak TLS where we do not
            return True
        return https == secure and self._ours(found[2], scope, secure)


def _is_link(scope: Scope) -> bool:
    """Whether somebody follows a link to here, in a window of its own."""
    return header(scope, b"sec-fetch-mode") == "navigate" and header(scope, b"sec-fetch-dest") in ("", "document")


def _bracketed(address: str) -> str:
    address = address.lower().removeprefix("::ffff:")
    return f"[{address}]" if ":" in address else address
