"""A hash of rows: exact in every value, the same however they were cut into batches, files and orders of files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

__all__ = ["RowsDigest", "rows_sha256", "together"]


class RowsDigest:
    """The hash of one clip's rows, in their order, as batches go by; it does not matter where a batch ends."""

    def __init__(self) -> None:
        self._streams: dict[str, Any] = {}

    def update(self, batch: Any) -> None:
        """Take the next RecordBatch."""
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            self._take(name, column)

    def hexdigest(self) -> str:
        """64 hex digits for all rows so far."""
        whole = hashlib.sha256()
        for name in sorted(self._streams):
            whole.update(f"{name}={self._streams[name].hexdigest()}\n".encode())
        return whole.hexdigest()

    def _take(self, name: str, array: Any) -> None:
        """One column's values: which are there, then those that are, part by part."""
        import pyarrow.types as is_a

        n, missing = len(array), array.null_count
        self._feed(name, bytes(n) if missing == n else b"\1" * n if not missing else _bytes(array.is_valid().cast("uint8")))
        if missing == n:
            return
        array, kind = array.drop_null() if missing else array, array.type
        if is_a.is_struct(kind):
            for i, part in enumerate(array.flatten()):
                self._take(f"{name}.{kind.field(i).name}", part)
        elif is_a.is_list(kind):
            self._feed(f"{name}#", _bytes(array.value_lengths()))
            self._take(f"{name}[]", array.flatten())
        elif is_a.is_string(kind) or is_a.is_binary(kind):
            self._feed(f"{name}#", _bytes(_lengths(array)))
            self._feed(f"{name}=", _text(array))
        else:
            self._feed(f"{name}={kind}", _bytes(array.cast("uint8") if is_a.is_boolean(kind) else array))

    def _feed(self, name: str, data: bytes) -> None:
        stream = self._streams.get(name)
        if stream is None:
            stream = self._streams[name] = hashlib.sha256()
        stream.update(data)


def _bytes(array: Any) -> bytes:
    """The values of an array of numbers without nulls."""
    data: bytes = array.to_numpy(zero_copy_only=False).tobytes()
    return data


def _lengths(array: Any) -> Any:
    import pyarrow.compute as pc

    return pc.binary_length(array)


def _text(array: Any) -> bytes:
    """All characters of an array of strings or bytes without nulls, one after the other."""
    import numpy as np

    _, offsets, data = array.buffers()
    if data is None:
        return b""
    ends = np.frombuffer(offsets, np.int32)
    return bytes(memoryview(data)[ends[array.offset] : ends[array.offset + len(array)]])


def together(digests: Iterable[str]) -> str:
    """One hash for many clips' hashes, in whatever order they come; a clip that comes twice changes it."""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def rows_sha256(places: Iterable[Path]) -> str:
    """The hash of all rows of these shards, read from the files: the same for every engine, order and number of workers.

    Args:
        places: shards, in any order. What stands in their metadata (times, hosts) does not count.
    """
    import pyarrow.parquet as pq

    digests = []
    for place in places:
        digest = RowsDigest()
        with pq.ParquetFile(str(place)) as file:
            for batch in file.iter_batches(batch_size=4096):
                digest.update(batch)
        digests.append(digest.hexdigest())
    return together(digests)
