"""Arrays in an npz file's bytes, read so that bytes from a stranger can be wrong but cost no more memory than is allowed."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

import numpy as np

__all__ = ["read_npz"]

ENTRIES = 100_000


def read_npz(data: bytes, most: int) -> dict[str, Any]:
    """The arrays by name; nothing is unpickled.

    Args:
        data: of the file.
        most: bytes of all arrays together, unpacked.

    Raises:
        ValueError: no npz, a damaged one, one that holds objects, or more than `most` bytes.
    """
    arrays: dict[str, Any] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            members = box.infolist()
            if len(members) > ENTRIES or sum(member.file_size for member in members) > most:
                raise ValueError(f"arrays of more than {most} bytes")
            for member in members:
                arrays[member.filename.removesuffix(".npy")] = _array(box.read(member))
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, KeyError, OverflowError) as error:
        raise ValueError("not an npz file, or a damaged one") from error
    if len(arrays) < len(members):
        raise ValueError("two arrays of one name")
    return arrays


def _array(data: bytes) -> Any:
    """One npy; room is made for what its header promises, so that is checked first."""
    raw = io.BytesIO(data)
    version = np.lib.format.read_magic(raw)
    if version == (1, 0):
        shape, _, kind = np.lib.format.read_array_header_1_0(raw)
    elif version == (2, 0):
        shape, _, kind = np.lib.format.read_array_header_2_0(raw)
    else:
        raise ValueError(f"an array of a format that is never written here: {version}")
    if kind.hasobject:
        raise ValueError("an array of objects; nothing is unpickled here (allow_pickle is off)")
    count = 1
    for side in shape:
        count *= side
    if min(shape, default=0) < 0 or count * kind.itemsize != len(data) - raw.tell():
        raise ValueError("an array that promises what it does not hold")
    raw.seek(0)
    return np.lib.format.read_array(raw, allow_pickle=False)
