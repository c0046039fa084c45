"""Addresses: cameras and streams over rtsp and its kin, and http, behind which there may be a file or a camera."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from av.error import FFmpegError, InvalidDataError

from ..errors import SourceError
from .files import film
from .live import open_live
from .reel import Reel, reason
from .source import Source

STREAMS = frozenset({"rtsp", "rtsps", "rtmp", "rtmps", "rtp", "srt", "tcp", "udp"})
FILES = frozenset({"http", "https"})
PORTS = {"rtsp": 554, "rtsps": 322, "rtmp": 1935, "http": 80, "https": 443}  # where somebody listens if no port is told
KNOCKING = 0.5  # seconds for which a knock is waited for
PROTOCOLS = "rtsp,rtsps,rtmp,rtmps,rtp,srtp,srt,tcp,udp,tls,http,https,httpproxy,crypto,data"  # never file


def redact(address: str) -> str:
    """The address without user name and password."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address.partition("://")[0] + "://…"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def open_address(
    address: str,
    *,
    live: bool | None,
    timeout: float,
    max_wait: float | None,
    patient: bool,
    seed: int,
    **options: Any,
) -> Source:
    """A live source or a file behind an address; see `open_source`."""
    scheme, name = address.partition("://")[0].lower(), redact(address)
    if scheme not in STREAMS | FILES:
        known = ", ".join(sorted(STREAMS | FILES))
        raise SourceError(f"{name}: expected an address that begins with {known}, or the name of a file")

    def connect() -> Reel:
        return _connect(address, scheme, name, timeout, options)

    live_options: dict[str, Any] = {"max_wait": max_wait, "patient": patient, "seed": seed, "knock": _knock(address, scheme)}

    if live or (scheme in STREAMS and live is not False) or (patient and live is not False):
        return open_live(connect, name, **live_options)
    try:
        reel = connect()
    except (FFmpegError, OSError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"{name}: cannot be opened ({reason(error)}); check the address and that the server runs") from None
    if live is None and _endless(reel):
        first = [reel]
        return open_live(lambda: first.pop() if first else connect(), name, **live_options)
    return film(reel, name)


def _knock(address: str, scheme: str) -> Callable[[], bool] | None:
    """Tells whether somebody listens at an address; None where there is nothing to knock at."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or PORTS.get(scheme)
    except ValueError:
        return None
    if scheme not in PORTS or not host or not port:
        return None

    def knock() -> bool:
        try:
            socket.create_connection((host, port), KNOCKING).close()
        except OSError:
            return False
        return True

    return knock


def _connect(address: str, scheme: str, name: str, timeout: float, options: dict[str, Any]) -> Reel:
    more: dict[str, Any] = {"name": name, "protocols": PROTOCOLS, "timeout": (5 * timeout, timeout), "trusted": True, **options}
    if scheme.startswith("rtsp"):
        return Reel(
            address, options={"rtsp_transport": "tcp", "fpsprobesize": "0"}, **more
        )  # to count its frames a second takes two
    try:
        return Reel(address, **more)
    except InvalidDataError:
        if scheme not in FILES:
            raise
        return Reel(address, format="mpjpeg", **more)  # pictures in parts, as web cameras send them, do not tell


def _endless(reel: Reel) -> bool:
    """Whether what came over http has no end that it knows of."""
    return reel.duration is None and not reel.container.format.name.endswith("_pipe")
