"""The folder of a corpus: held by one driver at a time, and what else stands in it."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import SinkError, UsageError
from ..video.paths import shown
from .config import Config
from .rows import VERSION, kinds, schema
from .shards import FOLDER, alive

__all__ = ["CLIPS", "CORPUS", "forget_others", "held", "remove_halves", "replace", "write_clips", "write_corpus"]

CORPUS, CLIPS, LOCK = "corpus.json", "clips.parquet", ".lock"


@contextlib.contextmanager
def held(out: Path) -> Iterator[None]:
    """The folder for this process alone, made if need be; when it ends, however it ends, the next one may have it.

    Raises:
        UsageError: another one works in it.
        SinkError: it cannot be made or written.
    """
    try:
        (out / FOLDER).mkdir(parents=True, exist_ok=True)
        lock = os.open(out / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise SinkError(
            f"{shown(out)}: cannot be written ({(error.strerror or str(error)).lower()}); choose another folder"
        ) from None
    try:
        _take(lock, out)
        yield
    finally:
        os.close(lock)


def _take(lock: int, out: Path) -> None:
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(lock, 32).decode("ascii", "replace").strip() or "unknown"
        raise UsageError(f"{shown(out)}: another run (process {owner}) works in this folder; wait for it, or end it") from None
    except OSError:  # a disk that knows no locks: shards are whole all the same, only some work may be done twice
        return
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())


def replace(place: Path, write: Callable[[Path], None]) -> None:
    """Have a file written beside, then renamed, so that it is there whole or as it was.

    Raises:
        SinkError: it cannot be written.
    """
    half = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        write(half)
        os.replace(half, place)
    except OSError as error:
        raise SinkError(
            f"{shown(place)}: cannot be written ({(error.strerror or str(error)).lower()}); make room, then run again"
        ) from None
    finally:
        half.unlink(missing_ok=True)


def remove_halves(out: Path) -> None:
    """Remove what `replace` of processes that are no more has left."""
    for half in out.glob(".*.tmp"):
        pid = half.name.removesuffix(".tmp").rpartition(".")[2]
        if pid.isdecimal() and not alive(int(pid)):
            half.unlink(missing_ok=True)


def forget_others(out: Path, key: str) -> None:
    """Remove `clips.parquet` where it is of another configuration: until this run is done, nobody takes it for this one's."""
    try:
        told = json.loads((out / CORPUS).read_text("utf-8"))
    except (OSError, ValueError):
        return
    if not isinstance(told, dict) or told.get("key") != key:
        (out / CLIPS).unlink(missing_ok=True)


def write_corpus(out: Path, config: Config, facts: Mapping[str, Any]) -> None:
    """`corpus.json`: version, what was asked, the schema in words, and `facts`."""
    from .. import __version__

    about = {"version": VERSION, "kinesics": __version__, "key": config.key, "config": json.loads(config.to_json())}
    columns = {field.name: str(field.type) for field in schema()}
    text = json.dumps({**about, **facts, "schema": columns}, indent=1, ensure_ascii=True)
    replace(out / CORPUS, lambda half: _write_text(half, text + "\n"))


def _write_text(half: Path, text: str) -> None:
    half.write_text(text, encoding="utf-8")


def write_clips(out: Path, key: str, clips: Sequence[Mapping[str, Any]]) -> None:
    """`clips.parquet`: one row a clip, by path: where its rows are, what became of it, what it is, what it cost.

    Args:
        out: the corpus' folder.
        key: of the configuration.
        clips: what `Worker.do` returned, with `shard`, the file's name.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    own = kinds()["clip"]
    text, whole, real = pa.string(), pa.int64(), pa.float64()
    first = [("path", text), ("shard", text), ("status", text), ("error", text)]
    last = [("rows", whole), ("work_seconds", real), ("attempts", pa.int32())]
    shape = pa.schema(
        [*first, *own, *last], metadata={b"kinesics.corpus": str(VERSION).encode(), b"kinesics.key": key.encode()}
    )
    rows = [
        {**(clip["clip"] or {}), **{name: clip.get(name) for name, _ in first}, **{"rows": clip["rows"]},
         "work_seconds": clip["seconds"], "attempts": clip["attempts"]}
        for clip in sorted(clips, key=lambda clip: str(clip["path"]))
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, shape)
    replace(out / CLIPS, lambda half: pq.write_table(table, str(half), compression="zstd"))
