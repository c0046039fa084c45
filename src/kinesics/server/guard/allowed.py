"""What may be opened on behalf of somebody who asks over the network, and what things may be called."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from ...errors import UsageError
from ..config import split_host
from ..settings import BROWSER, DEMO
from .secrets_out import without_secrets

__all__ = ["checked_name", "checked_source"]

_SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "rtp", "srt", "tcp", "udp", "http", "https")
_PREFIX = re.compile(r"[a-z][a-z0-9+.,-]*:", re.IGNORECASE)
_NEVER = ("/dev", "/proc", "/sys", "/run")
_LONGEST = 2000


def checked_source(source: str, roots: Iterable[str | Path] = ()) -> str:
    """A source of a stream that somebody may name.

    Args:
        source: "browser", "demo", the number of a camera, an address of a camera or stream, or a file below one of `roots`:
            absolute, or as seen from one of them.
        roots: folders below which files may be opened; none: no files.

    Returns:
        The source; of a file its real path, without links.

    Raises:
        UsageError: anything else. Whether a file exists elsewhere is not told.
    """
    source = source.strip()
    if (
        not source
        or len(source) > _LONGEST
        or any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in source)
    ):
        raise UsageError(f"a source: expected 1 to {_LONGEST} characters on one line")
    if source in (BROWSER, DEMO) or re.fullmatch(r"[0-9]{1,2}", source, re.ASCII):
        return source
    if "://" in source:
        return _address(source)
    if source.startswith("-") or _PREFIX.match(source):
        raise UsageError(
            f"source {_shown(source)}: expected a camera's number, a file, or an address that begins with {_known()}"
        )
    return _file(source, [os.path.realpath(root) for root in roots])


def checked_name(name: str, what: str = "name") -> str:
    """A name of a model, person or exercise: 1 to 64 letters, digits, spaces, - and _; it begins with a letter or digit.

    Args:
        name: as somebody gave it.
        what: of what, for the error.

    Returns:
        The same in normal form (NFC).

    Raises:
        UsageError: anything else; so a name is never a path.
    """
    name = unicodedata.normalize("NFC", name)
    fine = 1 <= len(name) <= 64 and name[0].isalnum() and not name.endswith(" ")
    letters = all(letter.isalnum() or letter in " -_" or unicodedata.category(letter) in ("Mn", "Mc") for letter in name)
    if not fine or not letters or len(name.encode("utf-8", "replace")) > 200:
        raise UsageError(f"{what} {_shown(name)}: expected 1 to 64 letters, digits, spaces, - and _")
    return name


def _address(source: str) -> str:
    scheme = source.partition("://")[0].lower()
    if scheme not in _SCHEMES:
        raise UsageError(f"source {_shown(source)}: expected an address that begins with {_known()}")
    try:
        parts = urlsplit(source)
        port = parts.port
    except ValueError:
        port = -1
    if port == -1 or " " in source or "\\" in source:
        raise UsageError(f"a source: {scheme}:// is followed by no proper host; write odd letters of a password as %XX")
    host = parts.netloc.rpartition("@")[2]
    if not host or (split_host(host) is None and not (scheme == "udp" and host.startswith(":"))):
        raise UsageError(f"a source: {scheme}:// is followed by no proper host; write odd letters of a password as %XX")
    return source


def _file(source: str, roots: list[str]) -> str:
    if not roots:
        raise UsageError(f"source {_shown(source)}: this service opens no files; start it with --root FOLDER")
    for root in roots:
        try:
            real = os.path.realpath(os.path.join(root, source), strict=True)
            info = os.stat(real)
        except (OSError, ValueError):
            continue
        inside = os.path.commonpath([root, real]) == root
        if inside and stat.S_ISREG(info.st_mode) and not any(real.startswith(f"{place}/") for place in _NEVER):
            return real
    raise UsageError(f"source {_shown(source)}: expected a file below a folder that is allowed; allow its folder with --root")


def _known() -> str:
    return ", ".join(_SCHEMES)


def _shown(text: str) -> str:
    text = without_secrets(text)
    return repr(text if len(text) <= 80 else text[:79] + "…")
