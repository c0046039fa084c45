"""The socket that the service listens on."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    import uvicorn

__all__ = ["address_of", "begin", "bound"]


@contextlib.contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens on that address.

    Raises:
        UsageError: somebody else does, or the address is not this machine's.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        line = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(f"host {host}: no address of this machine ({error.strerror or error})") from None
    with line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind(address)
        except OSError as error:
            raise UsageError(
                f"cannot listen on {host} port {port} ({error.strerror or error}); end who does, or choose another with --port"
            ) from None
        yield line


async def begin(server: uvicorn.Server, line: socket.socket) -> None:
    """Listen; uvicorn's own way of doing it would take the signals."""
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup(sockets=[line])


def address_of(host: str, line: socket.socket, *, secure: bool) -> str:
    """The address under which it is reached."""
    port = line.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, host)
    name = f"[{name}]" if ":" in name and not name.startswith("[") else name
    return f"http{'s' if secure else ''}://{name}:{port}"
