"""Writing so that a finished file is always whole, and an unfinished one can still be read.

A line format (`grows=True`) grows under its own name, where it can be followed while it is written. If something of that
name is there already, and for all formats that are one document, what is written first goes to a file beside it
(`partial_path`), which takes the name when it is complete: an existing file is never half overwritten.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path

from ..errors import SinkError

__all__ = ["Output", "partial_path", "refuse_same", "spare_path", "writable"]

LONGEST = 255  # bytes of a file name, on all common file systems


def partial_path(path: Path) -> Path:
    """Where an unfinished `path` is kept: NAME.partial, the name cut where it would be too long for the file system."""
    return _beside(path, ".partial")


def spare_path(path: Path) -> Path:
    """Where a document is put together from its `.partial` in the moment it is closed: NAME.new."""
    return _beside(path, ".new")


def _beside(path: Path, suffix: str) -> Path:
    name = path.name + suffix
    if len(os.fsencode(name)) > LONGEST:
        digest = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:12]
        start = os.fsencode(path.name)[:200].decode("utf-8", "ignore")
        name = f"{start}~{digest}{suffix}"
    return path.with_name(name)


def sink_error(path: Path, error: OSError) -> SinkError:
    """One line for the user from what the system said."""
    if error.errno == errno.ENOSPC:
        return SinkError(f"{path}: cannot be written: the disk is full; free some space or write elsewhere")
    return SinkError(f"{path}: cannot be written: {error.strerror or error}")


def writable(path: str | Path, *, folder: bool = False) -> Path:
    """The resolved path of an output that can be made here.

    Raises:
        SinkError: its folder is missing, or it is a folder where a file is wanted, or the other way round.
    """
    path = Path(path)
    try:
        path = path.resolve()
        if not path.parent.is_dir():
            raise SinkError(f"{path}: there is no folder {path.parent}; make it first")
        if path.exists() and path.is_dir() != folder:
            raise SinkError(f"{path}: expected a {'folder' if folder else 'file'}, there is a {'file' if folder else 'folder'}")
    except OSError as error:
        raise error if isinstance(error, SinkError) else sink_error(path, error) from error
    except (ValueError, RuntimeError) as error:  # a NUL in the name, a loop of links
        raise SinkError(f"{str(path)!r}: no such name can be written: {error}") from error
    return path


def refuse_same(source: str | Path, path: str | Path) -> None:
    """Raise SinkError when the output is the input itself, by whatever name."""
    try:
        same = os.path.samefile(source, path)
    except (OSError, ValueError):
        return  # one of them is not there, or is no file at all (a camera, an address)
    if same and (stat.S_ISREG(os.stat(path).st_mode) or stat.S_ISDIR(os.stat(path).st_mode)):
        raise SinkError(f"{path}: the output is the input; write to another name")


class Output:
    """One file being written, unbuffered: what `write` took is out of this process when it returns.

    Args:
        path: the finished file's name.
        grows: readable at any length, see the module.

    Raises:
        SinkError: the file cannot be made, here or at any `write` or `close`; the system's reason on one line.
    """

    def __init__(self, path: str | Path, *, grows: bool) -> None:
        self.path = writable(path)
        special = self.path.exists() and not self.path.is_file()
        if special and not grows:
            raise SinkError(f"{self.path}: expected an ordinary file to write to, there is a device or pipe")
        self.place = self.path if special or (grows and not self.path.exists()) else partial_path(self.path)
        self._special, self.failed = special, False
        try:
            self._file = open(self.place, "wb", buffering=0)
        except OSError as error:
            raise sink_error(self.path, error) from error
        self._length = 0

    @property
    def closed(self) -> bool:
        """Nothing more can be written."""
        return self._file.closed

    def write(self, data: bytes | memoryview) -> None:
        """Write all of `data`, or raise and leave the file as it was before."""
        if self.closed:
            raise SinkError(f"{self.path}: it is closed; nothing more can be written")
        view = memoryview(data)
        try:
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            self._fail()
            raise sink_error(self.path, error) from error
        self._length += len(data)

    def _fail(self) -> None:
        self.failed = True
        if not self._special:
            self._file.truncate(self._length)
        self._file.close()

    def stop(self) -> None:
        """Close without giving the file its name (it waits to be put together, see `finish`)."""
        self._file.close()

    def finish(self, document: Path | None = None) -> None:
        """Close and give the file its name; with `document`, give that file the name and remove what was kept until now."""
        self._file.close()
        if self.failed:
            return
        try:
            if document is not None:
                os.replace(document, self.path)
                self.place.unlink(missing_ok=True)
            elif self.place != self.path:
                os.replace(self.place, self.path)
        except OSError as error:
            self.failed = True
            raise sink_error(self.path, error) from error

    def discard(self) -> None:
        """Close and remove what was written; an older file of this name stays."""
        self._file.close()
        if not self._special:
            self.place.unlink(missing_ok=True)
        self.failed = True
