"""Writing beside a file's place, so that its name never stands for half of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import SinkError
from .paths import check_place, shown

LONGEST = 255  # bytes of a file name, on all common file systems


class Beside:
    """A file that grows as NAME.partial and takes its name when it is complete; an older file of that name stays until then.

    Args:
        path: where to.
        source: refuse to write over this file.

    Raises:
        SinkError: it cannot be written there.
    """

    def __init__(self, path: Path, source: str | Path | int | None = None) -> None:
        check_place(path, source)
        self.path, self.partial = path, _partial(path)
        self._file: BinaryIO | None = None
        self._over = False

    def write(self, data: bytes) -> int:
        """Append bytes; after `discard` they go nowhere."""
        if self._over:
            return len(data)
        with self._telling():
            if self._file is None:
                self._file = self.partial.open("wb")
            return self._file.write(data)

    def rewrite(self, at: int, data: bytes) -> None:
        """Put `data` over what stands at byte `at`, and go on at the end."""
        if self._file is None:
            return
        with self._telling():
            self._file.seek(at)
            self._file.write(data)
            self._file.seek(0, os.SEEK_END)

    def finish(self) -> None:
        """Give the file its name; nothing when nothing was written."""
        if self._file is None:
            return
        with self._telling():
            self._file.close()
            os.replace(self.partial, self.path)
        self._file = None

    def discard(self) -> None:
        """Remove what was written."""
        file, self._file, self._over = self._file, None, True
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()
            with contextlib.suppress(OSError):
                self.partial.unlink()

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.discard()
            raise unwritable(self.path, error) from None


def unwritable(path: Path, error: Exception) -> SinkError:
    """One line from what the system said."""
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return SinkError(f"{shown(path)}: cannot be written ({reason})")


def _partial(path: Path) -> Path:
    name = path.name + ".partial"
    if len(os.fsencode(name)) > LONGEST:
        digest = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:12]
        name = os.fsencode(path.name)[:200].decode("utf-8", "ignore") + f"~{digest}.partial"
    return path.with_name(name)
