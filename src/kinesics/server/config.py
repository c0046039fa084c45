"""What a service is told when it starts: where it listens, who may ask, which files it may open, and its limits."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import UsageError

__all__ = ["Limits", "ServiceConfig", "is_loopback", "split_host"]

_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9_][a-z0-9._-]{0,252}?)\.?(?::([0-9]{1,5}))?", re.ASCII | re.IGNORECASE)
_TOKEN = re.compile(r"[\x21-\x7e]{8,512}", re.ASCII)


def split_host(text: str) -> tuple[str, int | None] | None:
    """Name (lower case, IPv6 in brackets) and port of "name", "name:port" or "[::1]:port"; None when it is none of these."""
    found = _HOST.fullmatch(text)
    if found is None or int(found[2] or 0) > 65535:
        return None
    return found[1].lower(), None if found[2] is None else int(found[2])


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much anybody may ask of the service.

    Attributes:
        json_bytes, picture_bytes, bundle_bytes, clip_bytes: of a request's body, by what it is.
        picture_pixels, frame_pixels: width x height of a single picture, and of one frame that a page sends.
        head_bytes: of the first line and all headers of a request.
        head_seconds: until a connection has said all headers of its first request, or of the next one.
        keep_alive: seconds a connection may be quiet between two requests.
        silence_seconds: without a byte of a body that is waited for.
        body_rate: bytes a second of a body that are expected at least, once `silence_seconds` were spent on waiting for it.
        reader_seconds: for which somebody may leave an answer unread.
        ping_seconds: between two pings of a WebSocket, and for which the answer to one is awaited.
        connections, websockets: open ones of one address.
        all_connections: open ones in all.
        message_bytes: of one WebSocket message.
        messages_per_second: of one WebSocket.
        wrong_tokens: of one address within a minute.
    """

    json_bytes: int = 1 << 20
    picture_bytes: int = 20 << 20
    bundle_bytes: int = 64 << 20
    clip_bytes: int = 2 << 30
    picture_pixels: int = 50_000_000
    frame_pixels: int = 8_000_000
    head_bytes: int = 16 << 10
    head_seconds: float = 4.0
    keep_alive: float = 5.0
    silence_seconds: float = 10.0
    body_rate: float = 4096.0
    reader_seconds: float = 30.0
    ping_seconds: float = 20.0
    connections: int = 64
    websockets: int = 32
    all_connections: int = 512
    message_bytes: int = 2 << 20
    messages_per_second: int = 240
    wrong_tokens: int = 10

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise UsageError(f"{name}: expected more than 0, got {value}")


@dataclass(frozen=True, kw_only=True)
class ServiceConfig:
    """How a service is reached and what it may touch.

    Attributes:
        host: address to listen on; anything but loopback needs a token.
        port: 0 to 65535; 0 takes any free one.
        token: who does not know it is not answered; at least 8 printable characters without blanks. None: nobody needs one.
        allowed_hosts: further names, "name" or "name:port", under which a browser may address the service, such as that of a
            proxy in front of it. Pages of these names may use it.
        roots: folders below which files may be opened as streams; none: no files.
        limits: see `Limits`.

    Raises:
        UsageError: a value makes no sense, or others could reach the service without a token.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    token: str | None = field(default=None, repr=False)
    allowed_hosts: tuple[str, ...] = ()
    roots: tuple[Path, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise UsageError(f"port: expected 0 to 65535, got {self.port}")
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            raise UsageError("token: expected 8 to 512 printable characters without blanks; leave it out to need none")
        if self.token is None and not is_loopback(self.host):
            raise UsageError(f"host {self.host}: others can reach this address; set a token, or listen on 127.0.0.1")
        for name in self.allowed_hosts:
            if split_host(name) is None:
                raise UsageError(f"allowed host {name!r}: expected a name such as camera.lan or camera.lan:8765")
        for root in self.roots:
            if not Path(root).is_dir():
                raise UsageError(f"root {root}: expected a folder that is there")
