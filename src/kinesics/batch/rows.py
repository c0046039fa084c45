"""The rows of a corpus: one schema for all jobs, so that one function can hand them to a pool, to Spark and to Parquet.

A row says which clip it belongs to (`path`) and what it is about (`kind`); the column of that kind, a struct, holds its values
and the columns of other kinds are null. The last row of every clip has the kind "clip", and it alone has a `status`. Types
are those that Spark, DuckDB and Parquet share: no unsigned numbers, no lists of fixed length, no dictionaries.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["STATUSES", "VERSION", "batch_of", "kinds", "schema", "struct_of"]

VERSION = 1
STATUSES = {
    "ok": "read to its end",
    "truncated": "it ends before the time that it promised; what is there was read",
    "damaged": "some frames could not be decoded; the others were read",
    "unreadable": "nothing could be read of it",
    "failed": "a job could not do its work; the others are done",
    "timeout": "it took longer than a clip may take",
    "memory": "it needed more memory than a clip may have",
    "crashed": "the worker died of it, twice",
}


@functools.cache
def kinds() -> Mapping[str, Any]:
    """The struct type of each kind's column."""
    import pyarrow as pa

    from ..formats.table import schema as scene_schema

    text, real, small, whole, numbers = pa.string(), pa.float64(), pa.float32(), pa.int64(), pa.list_(pa.float32())
    people = scene_schema(None)
    return {
        "clip": pa.struct(
            [
                ("bytes", whole),
                ("frames", whole),
                ("seconds", real),  # of what was read: from the first frame to the last
                ("promised", real),  # of the container, null when it does not say
                ("width", pa.int32()),
                ("height", pa.int32()),
                ("fps", real),
                ("notes", pa.list_(text)),
            ]
        ),
        "people": pa.struct([people.field(i) for i in range(len(people))]),
        # Shots: a stretch without a cut. `before` is how it begins: start, cut, fade, dissolve; `picture` a JPEG of its middle.
        "shots": pa.struct(
            [
                ("shot", whole),
                ("start", real),
                ("end", real),
                ("frames", whole),
                ("before", text),
                ("score", small),
                ("picture", pa.binary()),
            ]
        ),
        # What near-duplicates are found by: one row for each moment of a shot that was looked at. `hash` and `change` are three
        # hashes of 8 bytes each, of the picture and of what differs from the shot's mean picture, which is `moves` levels (root
        # mean square); `detail` is the brightness' standard deviation, `small` 48 x 36 bytes of brightness.
        "duplicates": pa.struct(
            [
                ("shot", whole),
                ("start", real),
                ("end", real),
                ("time", real),
                ("hash", pa.binary()),
                ("change", pa.binary()),
                ("moves", small),
                ("detail", small),
                ("small", pa.binary()),
            ]
        ),
        # One row for each stretch in which one person's face was seen and could be told from others. `score`: how sure it is
        # that all looks are of one person; `best`: the time of the best look; `beside`: ids of people seen at the same moment.
        "faces": pa.struct(
            [
                ("person", whole),
                ("start", real),
                ("end", real),
                ("looks", whole),
                ("score", small),
                ("best", real),
                ("beside", pa.list_(whole)),
                ("embedding", numbers),
                ("picture", pa.binary()),
            ]
        ),
        # One row for each window of each person's movement. `person` is told from others within an `epoch`, a stretch without a
        # cut; `score`: 0 to 1, how much was seen; `speed`: body lengths a second; `crowd`: how far movements are around there.
        "search": pa.struct(
            [
                ("epoch", whole),
                ("person", whole),
                ("start", real),
                ("end", real),
                ("score", small),
                ("speed", small),
                ("crowd", small),
                ("embedding", numbers),
            ]
        ),
        # One row for each try of each shot; `step` numbers the chosen ones, from the smallest, and is null for others. A shot
        # that could not be measured has one row, with a note.
        "ladder": pa.struct(
            [
                ("shot", whole),
                ("start", real),
                ("end", real),
                ("width", pa.int32()),
                ("height", pa.int32()),
                ("crf", pa.int32()),
                ("bits_per_second", real),
                ("quality", small),  # vmaf 0 to 100, ssim up to 1; as shown at the source's size
                ("measure", text),
                ("frontier", pa.bool_()),
                ("knee", pa.bool_()),
                ("step", pa.int32()),
                ("fit", numbers),  # a, b, c of a·log(x + b) + c for this size, x in bits per second
                ("pictures", pa.int32()),  # of the shot, that were encoded
                ("note", text),  # why there is nothing else
            ]
        ),
        # What a user's own function said of a shot, as JSON.
        "function": pa.struct([("shot", whole), ("start", real), ("end", real), ("value", text)]),
    }


@functools.cache
def schema() -> Any:
    """The Arrow schema of all rows; its metadata names the version under `kinesics.corpus`."""
    import pyarrow as pa

    fixed = [("path", pa.string()), ("kind", pa.string()), ("row", pa.int64()), ("status", pa.string()), ("error", pa.string())]
    metadata = {b"kinesics.corpus": str(VERSION).encode()}
    return pa.schema([*fixed, *kinds().items()], metadata=metadata)


def struct_of(kind: str, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows of one kind as a StructArray of its column's type; what a row leaves out is null."""
    import pyarrow as pa

    return pa.array(list(rows), kinds()[kind])


def batch_of(path: str, kind: str, first: int, values: Any, *, status: str | None = None, error: str | None = None) -> Any:
    """A RecordBatch of rows of one kind.

    Args:
        path: of the clip.
        kind: of `kinds`.
        first: the number of the first row among the clip's rows of this kind.
        values: (n,) StructArray, see `struct_of`.
        status: of `STATUSES`, for the kind "clip".
        error: why it is not "ok".
    """
    import pyarrow as pa

    n = len(values)
    columns = {
        "path": pa.array([path.encode("utf-8", "backslashreplace").decode()] * n, pa.string()),  # names may hold stray bytes
        "kind": pa.array([kind] * n, pa.string()),
        "row": pa.array(range(first, first + n), pa.int64()),
        "status": pa.array([status] * n, pa.string()),
        "error": pa.array([error] * n, pa.string()),
        kind: values,
    }
    arrays = [columns.get(field.name, None) for field in schema()]
    filled = [pa.nulls(n, field.type) if array is None else array for array, field in zip(arrays, schema(), strict=True)]
    return pa.RecordBatch.from_arrays(filled, schema=schema())
