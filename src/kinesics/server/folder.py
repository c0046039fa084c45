"""The service's folder: made, emptied of what was passing through, and held by one service at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..errors import SinkError, UsageError

__all__ = ["default_folder", "held_folder"]

PASSING = ("uploads", "exports")


def default_folder() -> Path:
    """Where the service keeps its things when it is not told: in the user's folder of this package."""
    from ..weights.store import user_folder

    return user_folder() / "service"


@contextlib.contextmanager
def held_folder(folder: Path) -> Iterator[Path]:
    """The folder, for this process alone; when it ends, however it ends, the next one may have it.

    Args:
        folder: made if need be, readable by nobody else.

    Raises:
        UsageError: another service works in it.
        SinkError: it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SinkError(f"{folder}: cannot be written ({error.strerror or error}); choose another folder with --data") from None
    try:
        _take(lock, folder)
        for name in PASSING:
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).mkdir(exist_ok=True, mode=0o700)
        yield folder
    finally:
        os.close(lock)


def _take(lock: int, folder: Path) -> None:
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = os.read(lock, 32).decode("ascii", "replace").strip() or "unknown"
        raise UsageError(
            f"{folder}: another service (process {owner}) works in this folder; end it, or choose another with --data"
        ) from None
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
