"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import SinkError

__all__ = ["whole_file", "whole_folder", "write_whole"]


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under its name only when it is complete; an older one stays until then.

    Raises:
        SinkError: it cannot be written.
    """
    with whole_file(path) as partial:
        partial.write_bytes(data)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """The name to write to meanwhile; the file gets its own at the end, and is removed after an error.

    Raises:
        SinkError: it cannot be written.
    """
    if path.is_dir():
        raise SinkError(f"{path}: expected the name of a file, there is a folder")
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        os.replace(partial, path)
    except OSError as error:
        raise _said(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """The folder to fill meanwhile; it gets its name at the end, and is removed after an error.

    Raises:
        SinkError: there is something already, or it cannot be written.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise SinkError(f"{path}: there is something already; choose another name or remove it")
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.mkdir()
        yield partial
        if path.exists():
            path.rmdir()
        os.replace(partial, path)
    except OSError as error:
        raise _said(path, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _said(path: Path, error: OSError) -> OSError:
    return error if isinstance(error, SinkError) else SinkError(f"{path}: cannot be written ({error.strerror or error})")
