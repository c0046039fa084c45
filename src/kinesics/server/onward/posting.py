"""One HTTP POST with a deadline: no redirects, no proxies, and nothing secret in what is said about it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import ssl
import time as clocks
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from ...errors import UsageError

__all__ = ["Address", "parse_address", "post"]

TIMEOUT = 5.0  # seconds for connecting, and again for sending and being answered
STATUS_LINE = 4096  # bytes of an answer in which its status must be found


@dataclass(frozen=True)
class Address:
    """Where to post.

    Attributes:
        secure: https.
        host, port: of the server.
        path: with the query; may hold a secret, as the login may.
        login: value of the header Authorization, "" for none.
        shown: what may be told: scheme, host and port.
    """

    secure: bool
    host: str
    port: int
    path: str = field(repr=False)
    login: str = field(repr=False)
    shown: str


def parse_address(url: str) -> Address:
    """Take an address apart.

    Raises:
        UsageError: it is no http or https address.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError(
            "webhooks: expected an address such as https://host/path, got one whose host or port is none"
        ) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable() or " " in url:
        raise UsageError(f"webhooks: expected an address such as https://host/path, got one of scheme {parts.scheme!r}")
    if not url.isascii():
        raise UsageError("webhooks: expected an address in ASCII, with other letters escaped (%C3%A9)")
    secure = parts.scheme == "https"
    host, port = parts.hostname, port or (443 if secure else 80)
    login = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        login = "Basic " + base64.b64encode(pair.encode()).decode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = f"[{host}]" if ":" in host else host
    return Address(secure, host, port, path, login, f"{parts.scheme}://{named}:{port}")


def post(address: Address, body: bytes, headers: Mapping[str, str], timeout: float = TIMEOUT) -> str:
    """Post once.

    Returns:
        "" if it was taken (a status of 200 to 299), else why not.
    """
    if address.secure:
        line: http.client.HTTPConnection = http.client.HTTPSConnection(
            address.host, address.port, timeout=timeout, context=ssl.create_default_context()
        )
    else:
        line = http.client.HTTPConnection(address.host, address.port, timeout=timeout)
    login = {"Authorization": address.login} if address.login else {}
    try:
        line.connect()
        end = clocks.monotonic() + timeout
        line.request("POST", address.path, body, {**headers, **login, "Connection": "close"})
        status = _status(line, end)
    except TimeoutError:
        return f"no answer within {timeout:.0f} s"
    except ssl.SSLError as error:
        return f"not trusted: {error.reason or 'TLS failed'}"
    except (OSError, http.client.HTTPException) as error:
        return f"not reached: {getattr(error, 'strerror', None) or type(error).__name__}"
    finally:
        with contextlib.suppress(OSError):
            line.close()
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"answered {status}: redirects are not followed"
    return f"answered {status}" if status else "answered with something that is no HTTP"


def _status(line: http.client.HTTPConnection, end: float) -> int:
    """The status of the answer, before the deadline however slowly it comes; 0 for what is no HTTP."""
    data = b""
    while b"\n" not in data and len(data) < STATUS_LINE:
        left = end - clocks.monotonic()
        if left <= 0:
            raise TimeoutError
        line.sock.settimeout(left)
        got = line.sock.recv(STATUS_LINE)
        if not got:
            break
        data += got
    words = data.partition(b"\n")[0].split()
    known = len(words) >= 2 and words[0].startswith(b"HTTP/1.") and words[1].isdigit() and len(words[1]) == 3
    return int(words[1]) if known else 0
