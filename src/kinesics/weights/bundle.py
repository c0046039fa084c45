"""What is learned, in one file: a zip of `model.json`, which says what it is, and parts in npz or ONNX, each with its hash.

No pickle is ever read or written, so a bundle from a stranger can be wrong but cannot run code.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError, SinkError
from .npz import read_npz

__all__ = ["FORMAT", "flush", "pack", "read_bundle", "unpack", "write_bundle"]

FORMAT = 1
LARGEST = 256 << 20  # bytes of all parts, unpacked


def pack(arrays: Mapping[str, Any]) -> bytes:
    """Arrays as the bytes of an npz file."""
    held = io.BytesIO()
    np.savez_compressed(held, allow_pickle=False, **arrays)
    return held.getvalue()


def unpack(data: bytes) -> dict[str, Any]:
    """The arrays of an npz file's bytes.

    Raises:
        ValueError: no npz, a damaged one, or more than `LARGEST` bytes.
    """
    return read_npz(data, LARGEST)


def write_bundle(path: str | Path, head: Mapping[str, Any], parts: Mapping[str, bytes], *, durable: bool = False) -> None:
    """Write a bundle under its name only when it is complete; an older file of that name stays until then.

    Args:
        path: where to; by custom the ending is ".kin".
        head: what it is: at least `kind`; plain JSON values. `format` and `sha256` are added.
        parts: file name inside the bundle -> bytes.
        durable: return only when the disk has it, so that not even a power cut takes it back.

    Raises:
        SinkError: it cannot be written (no room, no right, no such folder).
    """
    if os.path.exists(path) and not os.path.isfile(path):
        raise SinkError(f"{path}: expected the name of a file to save the model to, there is a folder or device")
    whole = {**head, "format": FORMAT, "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}}
    partial = Path(f"{os.fspath(path)}.partial")
    try:
        with zipfile.ZipFile(partial, "w") as box:
            for name, data in {"model.json": json.dumps(whole, indent=1).encode(), **parts}.items():
                box.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
        if durable:
            flush(partial)
        os.replace(partial, path)
        if durable:
            flush(partial.parent)
    except BaseException as error:  # an interrupt too: nothing half-written stays
        with contextlib.suppress(OSError):
            partial.unlink()
        if isinstance(error, OSError):
            raise SinkError(f"{path}: the model could not be saved: {error.strerror or error}") from error
        raise


def flush(path: Path) -> None:
    """Wait until the disk has a file, or which names a folder holds."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_bundle(
    path: str | Path, kind: str | None = None, *, maker: str = "kinesics train or teach"
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Read a bundle and check all that can be checked.

    Args:
        path: the file.
        kind: what it must be, for example "actions"; None for any.
        maker: the command that makes such files, for the errors.

    Returns:
        what `model.json` says, and the parts' bytes by name.

    Raises:
        FormatError: no bundle, a damaged one, of another kind, or written by a newer version.
    """
    try:
        with zipfile.ZipFile(path) as box:
            if any(item.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for item in box.infolist()):
                raise zipfile.BadZipFile("packed as we never pack")
            if sum(item.file_size for item in box.infolist()) > LARGEST:
                raise FormatError(f"{path}: a model of more than {LARGEST >> 20} MB is not one of ours")
            head = json.loads(box.read("model.json"))
            parts = {name: box.read(name) for name in head["sha256"]}
    except FileNotFoundError:
        raise FormatError(f"{path}: there is no such file; expected a file saved by {maker}") from None
    except IsADirectoryError:
        raise FormatError(f"{path}: is a folder; expected a file saved by {maker}") from None
    except PermissionError:
        raise FormatError(f"{path}: may not be read; expected a file saved by {maker}") from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        RuntimeError,  # a password is asked for
        EOFError,
        OSError,
    ) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"{path}: no model of kinesics, or a damaged one; make it again by {maker}") from error
    _check(path, head, parts, kind, maker)
    return head, parts


def _check(path: str | Path, head: dict[str, Any], parts: dict[str, bytes], kind: str | None, maker: str) -> None:
    if not isinstance(head.get("format"), int) or head["format"] > FORMAT:
        raise FormatError(f"{path}: of format {head.get('format')!r}, this version reads up to {FORMAT}; update kinesics")
    for name, data in parts.items():
        if hashlib.sha256(data).hexdigest() != head["sha256"][name]:
            raise FormatError(f"{path}: {name} is not what was saved (its hash differs); make it again by {maker}")
    if kind is not None and head.get("kind") != kind:
        raise FormatError(f"{path}: a model of kind {head.get('kind')!r}; expected {kind!r}")
