"""What a path may be before anything opens it: a readable regular file, a folder of pictures, or a glob of them."""

from __future__ import annotations

import glob
import os
import re
import stat
from pathlib import Path

from ..errors import SinkError, SourceError

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})


VIDEOS = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".m2ts", ".wmv", ".flv", ".ogv"})


def clips(source: str | Path | int) -> list[str | Path | int]:
    """What to open one after the other: the videos of a folder or glob without pictures, in order; else the source itself."""
    text = str(source)
    if isinstance(source, int) or os.path.isfile(text) or not (os.path.isdir(text) or glob.has_magic(text)):
        return [source]
    pattern = os.path.join(glob.escape(text), "*") if os.path.isdir(text) else text
    found = [Path(p) for p in glob.glob(pattern, recursive=True)]
    kinds = {p.suffix.lower() for p in found if p.is_file()}
    if kinds & PICTURES or not kinds & VIDEOS:
        return [source]
    return [p for p in sorted(found, key=_natural) if p.suffix.lower() in VIDEOS]


def shown(path: str | Path) -> str:
    """The path as it can be printed on one line: control characters and stray bytes are escaped."""
    text = str(path).encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def check_file(path: str) -> None:
    """Raise a `SourceError` that says why `path` is not a regular file with something in it that can be read."""
    try:
        info = os.stat(path)
    except FileNotFoundError:
        raise SourceError(f"{shown(path)}: there is no such file or folder") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"{shown(path)}: cannot be looked at ({_reason(error)})") from None
    if not stat.S_ISREG(info.st_mode):
        raise SourceError(
            f"{shown(path)}: expected a file, got a {_kind(info.st_mode)}; for standard input use -, for a camera its number"
        )
    if info.st_size == 0:
        raise SourceError(f"{shown(path)}: the file is empty")
    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        raise SourceError(f"{shown(path)}: cannot be read ({_reason(error)})") from None


def picture_paths(text: str) -> list[Path] | None:
    """The pictures of a folder or of a glob, in natural order (2 before 10); None when `text` is neither.

    A glob that matches one file which is not a picture is left to whoever opens single files.
    """
    try:
        if os.path.isdir(text):
            return _folder(text)
        if os.path.lexists(text) or not glob.has_magic(text):
            return None
    except ValueError:  # a zero byte in the name
        return None
    found = [Path(p) for p in glob.glob(text, recursive=True) if os.path.isfile(p)]
    pictures = [p for p in found if p.suffix.lower() in PICTURES]
    if not pictures:
        extra = f"; it matches {len(found)} other files: open videos one by one" if found else ""
        raise SourceError(f"{shown(text)}: no picture matches{extra}")
    return sorted(pictures, key=_natural)


def _folder(text: str) -> list[Path]:
    try:
        pictures = [p for p in Path(text).iterdir() if p.suffix.lower() in PICTURES and p.is_file()]
    except OSError as error:
        raise SourceError(f"{shown(text)}: the folder cannot be read ({_reason(error)})") from None
    if not pictures:
        raise SourceError(f"{shown(text)}: no pictures in this folder (looked for {' '.join(sorted(PICTURES))})")
    return sorted(pictures, key=_natural)


def _natural(path: Path) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", str(path))]


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFIFO: "pipe",
        stat.S_IFCHR: "device",
        stat.S_IFBLK: "device",
        stat.S_IFSOCK: "socket",
        stat.S_IFDIR: "folder",
    }
    return kinds.get(stat.S_IFMT(mode), "something else")


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def check_place(path: Path, source: str | Path | int | None = None) -> None:
    """Raise a `SinkError` that says why a file cannot be written at `path`, or that it is the very file `source`."""
    folder = path.parent
    try:
        if "\0" in str(path):
            raise ValueError("null byte in the name")
        if path.is_dir():
            raise SinkError(f"{shown(path)}: expected the name of a file, got a folder")
        if not folder.is_dir():
            raise SinkError(f"{shown(path)}: there is no folder {shown(folder)}; make it first")
        if path.exists() and not path.is_file():
            raise SinkError(f"{shown(path)}: expected the name of a file, got a pipe or device")
        if not os.access(path if path.exists() else folder, os.W_OK):
            raise SinkError(f"{shown(path)}: no permission to write there")
        if isinstance(source, str | Path) and path.exists() and os.path.exists(source) and os.path.samefile(path, source):
            raise SinkError(f"{shown(path)}: this is the file that is read; choose another name for the result")
        if len(os.fsencode(path.name)) > 255:
            raise SinkError(f"{shown(path.name[:40])}…: the name is longer than 255 bytes")
    except (OSError, ValueError) as error:
        if isinstance(error, SinkError):
            raise
        raise SinkError(f"{shown(path)}: cannot be written ({_reason(error)})") from None
