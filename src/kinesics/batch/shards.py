"""One file a clip: Parquet that is there whole or not at all, named by the clip, its size and what was asked."""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import SinkError
from ..video.paths import shown
from .rows import schema

__all__ = ["FOLDER", "alive", "beside", "read_facts", "read_rows", "remove_remains", "shard_name", "write_shard"]

FOLDER = "shards"
GROUP_BYTES = 4 << 20  # of rows that wait in memory for their place in the file
LONG = 1.0  # seconds of work that are worth waiting for the disk; less is sooner done again, should the power fail
OLD = 86400.0  # seconds after which a half-written file is nobody's any more, whatever host it is from


def shard_name(path: str, size: int, key: str) -> str:
    """The file's name: a hash of path, size in bytes and the configuration's key."""
    return hashlib.sha256(f"{path}\0{size}\0{key}".encode("utf-8", "surrogateescape")).hexdigest()[:32] + ".parquet"


def beside(place: Path, pid: int) -> Path:
    """The name under which a process of this host writes a shard, until it is whole."""
    return place.with_name(f"{place.name}.{_host()}-{pid}.tmp")


def write_shard(place: Path, batches: Iterable[Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write one clip's rows: beside, then renamed; memory stays within a few megabytes however long the clip.

    Args:
        place: the finished file.
        batches: of `rows.schema()`, the last row of the kind "clip".
        facts: goes into the file's metadata under `kinesics.shard`: what is no row because it differs from run to run.

    Returns:
        what stands there now: `facts`; shard, the file's name; of the rows path, status, error, `clip` (the values of
        that row), rows (how many), sha256 (see `hashing.RowsDigest`); seconds, how long it all took, unless `facts` says.

    Raises:
        SinkError: it cannot be written, for lack of room say. What `batches` raises passes. Nothing half-written stays.
    """
    half = beside(place, os.getpid())
    try:
        written = _write(half, batches, {**facts, "shard": place.name})
        os.replace(half, place)
    except BaseException as error:
        half.unlink(missing_ok=True)
        if isinstance(error, _Unwritable):
            raise SinkError(
                f"{shown(place)}: cannot be written ({error}); make room or choose another folder, then run again"
            ) from None
        raise
    return written


class _Unwritable(Exception):
    """The file, and not what comes to it, is the trouble."""


def _write(half: Path, batches: Iterable[Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    from .hashing import RowsDigest

    began, rows, digest, last = time.perf_counter(), 0, RowsDigest(), None
    with _Writing(half) as file:
        for batch in batches:
            digest.update(batch)
            rows, last = rows + len(batch), batch
            file.add(batch)
        told = {} if last is None else last.slice(len(last) - 1).to_pylist()[0]
        found = {name: told.get(name) for name in ("path", "status", "error", "clip")}
        seconds = round(time.perf_counter() - began, 6)
        written = {"seconds": seconds, **facts, **found, "rows": rows, "sha256": digest.hexdigest()}
        file.finish(written, wait=seconds > LONG)
    return written


class _Writing:
    """A Parquet file that grows by groups of rows; its own troubles are `_Unwritable`."""

    def __init__(self, half: Path) -> None:
        import pyarrow.parquet as pq

        self._half = half
        self._waiting: list[Any] = []
        self._bytes = 0
        self._writer = self._tried(pq.ParquetWriter, str(half), schema(), compression="zstd", write_page_checksum=True)

    def __enter__(self) -> _Writing:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._tried(self._writer.close)
            return
        try:
            self._writer.close()
        except OSError:  # the disk is full: what has brought us here says more
            pass

    def add(self, batch: Any) -> None:
        """The next rows."""
        self._waiting.append(batch)
        self._bytes += batch.nbytes
        if self._bytes > GROUP_BYTES:
            self._out()

    def finish(self, facts: Mapping[str, Any], *, wait: bool) -> None:
        """The last rows and the metadata; with `wait`, all of it is on the disk afterwards."""
        self._out()
        self._tried(self._writer.add_key_value_metadata, {"kinesics.shard": json.dumps(facts)})
        self._tried(self._writer.close)
        if wait:
            self._tried(_to_disk, self._half)

    def _out(self) -> None:
        import pyarrow as pa

        table = pa.Table.from_batches(self._waiting, schema())
        self._waiting, self._bytes = [], 0
        self._tried(self._writer.write_table, table)

    @staticmethod
    def _tried(work: Any, *given: Any, **more: Any) -> Any:
        try:
            return work(*given, **more)
        except OSError as error:
            raise _Unwritable((os.strerror(error.errno) if error.errno else str(error)).lower()) from None


def _to_disk(path: Path) -> None:
    """Wait until the file is on the disk, so that a loss of power does not take it."""
    file = os.open(path, os.O_RDWR)
    try:
        getattr(os, "fdatasync", os.fsync)(file)
    finally:
        os.close(file)


def read_facts(place: Path) -> dict[str, Any] | None:
    """What `write_shard` returned for this file; None when there is no such file or it is not whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        facts = (pq.read_metadata(str(place)).metadata or {}).get(b"kinesics.shard")
        return None if facts is None else dict(json.loads(facts))
    except (OSError, pa.ArrowException, ValueError):
        return None


def read_rows(places: Iterable[Path], kind: str, columns: Iterable[str] | None = None) -> Iterator[Any]:
    """RecordBatches of one kind's rows of many shards: `path`, `row`, `status`, `error` and the kind's own columns.

    Args:
        places: shards.
        kind: of `kinds`.
        columns: of the kind's, None for all.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    fixed = ["path", "kind", "row", "status", "error"]
    names = None if columns is None else list(columns)
    for place in places:
        with pq.ParquetFile(str(place)) as file:
            wanted = [kind] if names is None else [f"{kind}.{name}" for name in names]
            for batch in file.iter_batches(batch_size=4096, columns=[*fixed, *wanted]):
                batch = batch.filter(pc.equal(batch.column("kind"), kind))
                if len(batch):
                    own = batch.column(kind)
                    fields = [own.type.field(i).name for i in range(own.type.num_fields)]
                    kept = {name: batch.column(name) for name in ("path", "row", "status", "error")}
                    yield pa.RecordBatch.from_pydict({**kept, **dict(zip(fields, own.flatten(), strict=True))})


def remove_remains(folder: Path) -> int:
    """Remove what processes that are no more have left half-written; how many files.

    Files of this host's living processes stay, and those of other hosts until they are a day old.
    """
    removed = 0
    for half in folder.glob("*.tmp"):
        try:
            if _nobodys(half.name) or time.time() - half.stat().st_mtime > OLD:
                half.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed


def _nobodys(name: str) -> bool:
    host, _, pid = name.removesuffix(".tmp").rpartition(".parquet.")[2].rpartition("-")
    return host == _host() and pid.isdecimal() and not alive(int(pid))


def alive(pid: int) -> bool:
    """Whether there is a process of this number on this host that still does something."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is there, and somebody else's
        pass
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:  # a system without such a folder, or it has just ended
        return not Path("/proc/self/stat").exists()
    return state != b"Z"  # it has ended and nobody has asked how: in a container the first process may take its time


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", socket.gethostname())[:64] or "host"
