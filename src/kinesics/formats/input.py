"""Finding and reading files, with bounds: lines that never end and documents beyond all measure are refused, not swallowed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import FormatError
from .output import partial_path

__all__ = ["existing", "lines", "whole"]

LONGEST_LINE = 1 << 26  # 64 MiB: some hundred people with masks
LARGEST_DOCUMENT = 1 << 31  # 2 GiB


def existing(path: str | Path, notes: list[str]) -> Path:
    """The file or folder to read: `path`, or what a writer that was killed left of it.

    Raises:
        FormatError: neither is there.
    """
    path = Path(path)
    try:
        if path.exists():
            return path
        unfinished = partial_path(path.resolve())
        if unfinished.exists():
            notes.append(f"{path}: its writer was stopped before the end; reading what there is")
            return unfinished
    except (OSError, ValueError) as error:
        raise FormatError(f"{str(path)!r}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    raise FormatError(f"{path}: there is no such file")


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Line number from 1 and line, with its line break unless the file ends without one.

    Raises:
        FormatError: the file cannot be read, or a line is longer than 64 MiB.
    """
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE:
                    raise FormatError(f"{path}:{number}: expected lines of text, got one without an end")
                yield number, line
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror or error}") from error


def whole(path: Path) -> bytes:
    """The bytes of a document that has to be read at once.

    Raises:
        FormatError: it cannot be read, is not a file, or is larger than 2 GiB.
    """
    try:
        if not path.is_file():
            raise FormatError(f"{path}: expected a file, got a folder or device")
        if path.stat().st_size > LARGEST_DOCUMENT:
            raise FormatError(f"{path}: a document of more than 2 GiB is not read at once; split it")
        return path.read_bytes()
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror or error}") from error
