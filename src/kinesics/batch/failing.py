"""What is written of a clip that could not be done, and of every clip's making."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

from .config import Config
from .rows import batch_of, struct_of

__all__ = ["about", "failed_rows"]


def failed_rows(path: str, status: str, error: str) -> Iterator[Any]:
    """The one row of a clip of which there is nothing else; `status` of `rows.STATUSES`."""
    try:
        size = os.stat(path).st_size
    except (OSError, ValueError):
        size = None
    yield batch_of(path, "clip", 0, struct_of("clip", [{"bytes": size, "notes": []}]), status=status, error=error)


def about(config: Config) -> dict[str, Any]:
    """What a shard's metadata says that no row does, because it may differ from run to run; `attempts` is to be added."""
    from .. import __version__

    return {"attempts": 1, "key": config.key, "host": socket.gethostname(), "version": __version__}
