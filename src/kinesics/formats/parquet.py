"""Scenes as Parquet, the table of `table`.

A Parquet file has its index at the end and cannot be read without. So scenes go first, a few at a time, to an Arrow stream
(NAME.partial), which is readable at any length; closing copies it into the Parquet file in row groups of some megabytes and
gives that the name. Memory stays bounded however long the recording, and a killed writer loses a second at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..errors import FormatError, UsageError, need
from ..types import Scene, Skeleton, skeleton
from .decode import decode_header
from .output import Output, sink_error, spare_path
from .table import frame_starts, schema, to_batch, to_rows, to_scenes

__all__ = ["ParquetWriter", "read_parquet"]

GROUP_BYTES = 32 << 20


class ParquetWriter:
    """Writes scenes as Parquet.

    Args:
        path: the file.
        source: what the metadata names as where the scenes came from.
        compression: zstd, snappy, gzip or none.
        batch: scenes after which those waiting are written out …
        wait: … or seconds, whichever comes first.
        clock: seconds, rising.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        source: str | None = None,
        compression: str = "zstd",
        batch: int = 32,
        wait: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        need("pyarrow")
        if compression not in ("zstd", "snappy", "gzip", "none"):
            raise UsageError(f"compression should be zstd, snappy, gzip or none, got {compression!r}")
        self._output, self._source, self._compression = Output(path, grows=False), source, compression
        self._batch, self._wait, self._clock = batch, wait, clock
        self._rows: list[tuple[Any, ...]] = []
        self._scenes, self._since = 0, clock()
        self._shape: Any = None
        self._body: Skeleton | None = None

    def write(self, scene: Scene) -> None:
        """Append one scene."""
        if self._shape is None:
            self._begin(scene.people.skeleton)
        self._rows.extend(to_rows(scene, self._body))
        self._scenes += 1
        if self._scenes >= self._batch or self._clock() - self._since >= self._wait:
            self._flush()

    def _begin(self, body: Skeleton | None) -> None:
        self._body, self._shape = body, schema(body, self._source)
        self._output.write(self._shape.serialize())

    def _flush(self) -> None:
        rows, self._rows = self._rows, []
        self._scenes, self._since = 0, self._clock()
        if rows:
            self._output.write(to_batch(rows, self._shape).serialize())

    def close(self) -> None:
        """Put the Parquet file together."""
        if self._output.failed:
            return
        try:
            if self._shape is None:
                self._begin(None)
            self._flush()
        finally:
            self._output.stop()
        document = spare_path(self._output.path)
        try:
            _copy(self._output.place, document, self._compression)
        except OSError as error:
            document.unlink(missing_ok=True)
            raise sink_error(self._output.path, error) from error
        self._output.finish(document)

    def discard(self) -> None:
        """Remove what was written."""
        self._output.discard()


def _copy(stream: Path, document: Path, compression: str) -> None:
    """Arrow stream to Parquet file, in row groups of some megabytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pa.OSFile(str(stream)) as file, pa.ipc.open_stream(file) as batches:
        with pq.ParquetWriter(str(document), batches.schema, compression=compression, write_page_checksum=True) as writer:
            group: list[Any] = []
            size = 0
            for batch in batches:
                group.append(batch)
                size += batch.nbytes
                if size >= GROUP_BYTES:
                    _write_group(writer, group)
                    group, size = [], 0
            if group:
                _write_group(writer, group)


def _write_group(writer: Any, group: list[Any]) -> None:
    import pyarrow as pa

    table = pa.Table.from_batches(group)
    writer.write_table(table, row_group_size=len(table))


def read_parquet(path: Path, notes: list[str]) -> Iterator[Scene]:
    """Scenes of a Parquet file, of an unfinished one (an Arrow stream) too; some thousand rows in memory at a time."""
    pa = need("pyarrow")
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if not start:
            raise FormatError(f"{path}: the file is empty; expected Parquet")
        parts = _parts(path) if start == b"PAR1" else _unfinished(path, notes)
        yield from _regroup(parts, notes, path)
    except FormatError as error:
        raise error if str(error).startswith(str(path)) else FormatError(f"{path}: {error}") from error
    except (OSError, ValueError, LookupError, TypeError, pa.ArrowException) as error:  # what damage makes of a table
        words = (str(error).splitlines() or [type(error).__name__])[0]
        raise FormatError(f"{path}: cannot be read as Parquet: {words}") from error


def _parts(path: Path) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(str(path), page_checksum_verification=True) as file:
        yield file.schema_arrow
        for batch in file.iter_batches(batch_size=4096):
            yield pa.Table.from_batches([batch])


def _unfinished(path: Path, notes: list[str]) -> Iterator[Any]:
    import pyarrow as pa

    with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as batches:
        yield batches.schema
        while True:
            try:
                batch = batches.read_next_batch()
            except StopIteration:
                return
            except (OSError, pa.ArrowInvalid):
                notes.append(f"{path}: the end was cut off; the scenes before are read")
                return
            yield pa.Table.from_batches([batch])


def _regroup(parts: Iterator[Any], notes: list[str], path: Path) -> Iterator[Scene]:
    """Scenes of tables whose ends may fall into the middle of a frame: the last frame waits for the next part."""
    import pyarrow as pa

    body = _skeleton_of(next(parts), notes, path)
    rest: Any = None
    for part in parts:
        table = part if rest is None else pa.concat_tables([rest, part])
        if not len(table):
            continue
        last = int(frame_starts(table)[-1])
        yield from to_scenes(table.slice(0, last), body)
        rest = table.slice(last)
    if rest is not None:
        yield from to_scenes(rest, body)


def _skeleton_of(shape: Any, notes: list[str], path: Path) -> Skeleton | None:
    header = (shape.metadata or {}).get(b"kinesics")
    if header is not None:
        return decode_header(header)[0]
    notes.append(f"{path}: no kinesics metadata (a query's result?); joints are taken to be those of coco17")
    return skeleton("coco17")
