"""Credentials taken out of whatever is said: addresses with a password, tokens, keys."""

from __future__ import annotations

import logging
import re
from typing import Any

__all__ = ["scrub_logs", "without_secrets"]

_ADDRESS = re.compile(r"\b([a-z][a-z0-9+.-]{0,20}://)([^\s\"'<>\\]+)", re.IGNORECASE)
_NAMED = re.compile(
    r"\b([\w-]*(?:token|password|passwd|pwd|secret|apikey|api[_-]key|auth|signature|session|cookie))(=|%3D)[^\s&;\"'<>#\\]+",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE)


def without_secrets(text: str) -> str:
    """The text without user names and passwords in addresses, values such as `?token=…`, and `Bearer …`.

    In doubt more goes: of an address whose password holds a stray slash, everything before the last @ is taken out.
    """
    text = _ADDRESS.sub(_bare, text)
    return _BEARER.sub(r"\1 …", _NAMED.sub(r"\1\2…", text))


def _bare(found: re.Match[str]) -> str:
    scheme, rest = found[1], found[2]
    end = next((at for at, letter in enumerate(rest) if letter in "/?#"), len(rest))
    _, at, host = rest[:end].rpartition("@")
    if at:
        return scheme + host + rest[end:]
    port = rest[:end].rpartition(":")[2] if ":" in rest[:end].rpartition("]")[2] else ""
    if "@" in rest and port and not port.isdecimal():  # rtsp://user:pass/word@host
        return scheme + rest.rpartition("@")[2]
    return scheme + rest


def scrub_logs(*names: str) -> None:
    """Have every line that these loggers' handlers write go through `without_secrets`; twice is fine.

    Args:
        names: of loggers; none: the root.
    """
    for name in names or ("",):
        for handler in logging.getLogger(name).handlers:
            if _scrubbed not in handler.filters:
                handler.addFilter(_scrubbed)


def _scrubbed(record: logging.LogRecord) -> bool:
    record.msg, record.args = without_secrets(_words(record)), ()
    if record.exc_info and not record.exc_text:
        record.exc_text = without_secrets(logging.Formatter().formatException(_known(record.exc_info)))
    elif record.exc_text:
        record.exc_text = without_secrets(record.exc_text)
    return True


def _words(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def _known(info: Any) -> Any:
    return info if isinstance(info, tuple) else (None, None, None)
