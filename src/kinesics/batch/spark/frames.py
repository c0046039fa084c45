"""A corpus as a DataFrame, for who wants no folder of shards."""

from __future__ import annotations

import contextlib
import functools
import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ...errors import UsageError
from ..config import Config
from ..rows import schema
from .mapping import process_batches
from .planning import parts_of
from .types import ddl

__all__ = ["map_arrow", "part_table", "rows", "slots"]


def rows(session: Any, paths: Any, config: Config | None = None) -> Any:
    """All rows of clips as a Spark DataFrame with the columns of `batch.schema()`; nothing is done before it is asked for.

    There is no supervisor here: a clip that kills the Python worker fails the task, which Spark tries again. `batch.run` with
    engine "spark" has one, and goes on where it stopped.

    Args:
        session: a SparkSession.
        paths: of videos and pictures that every machine can open: strings, which are spread over the slots by bytes; or a
            DataFrame with a column `path`, as `session.read.format("binaryFile").load(…).select("path")` gives (its bytes
            are not read), which stays partitioned as it is.
        config: what is asked for; None for the default.

    Returns:
        a DataFrame. Each clip's rows stand in order in one partition; its last one has the kind "clip" and a status.
    """
    work = functools.partial(process_batches, config=(config or Config()).to_json())
    if hasattr(paths, "select"):
        return map_arrow(paths.select("path"), work, ddl(schema()))
    clips = [(os.path.abspath(path), _size(path)) for path in paths]
    parts = parts_of(clips, [size for _, size in clips], slots(session))
    return map_arrow(part_table(session, parts, ["path", "size"]).selectExpr("clips.path"), work, ddl(schema()))


def part_table(session: Any, parts: Sequence[Iterable[tuple[Any, ...]]], names: Sequence[str]) -> Any:
    """A DataFrame with one row, in a partition of its own, for each part: `clips`, a list of {path, size, …}.

    Args:
        session: a SparkSession.
        parts: of clips, in the order in which they are to be started.
        names: of the values of a clip. Texts become bytes, for not all paths are text.
    """
    import pyarrow as pa

    kinds = [(name, pa.int64() if name == "size" else pa.binary()) for name in names]
    clips = [[dict(zip(names, map(_bytes, clip), strict=True)) for clip in part] for part in parts]
    columns = {"part": pa.array(range(len(parts)), pa.int64()), "clips": pa.array(clips, pa.list_(pa.struct(kinds)))}
    with _quietly():
        frame = session.createDataFrame(pa.table(columns))
        # As many ranges as there are numbers: one number each, in their order.
        return frame.repartitionByRange(max(len(parts), 1), "part").select("clips")


def map_arrow(frame: Any, work: Any, shape: str) -> Any:
    """`frame.mapInArrow(work, shape)`, for which pandas must be there, though it is not used."""
    with _quietly():
        return frame.mapInArrow(work, shape)


def slots(session: Any) -> int:
    """How many tasks run at a time.

    Raises:
        UsageError: the session is one of Spark Connect, which does not tell.
    """
    try:
        return max(int(session.sparkContext.defaultParallelism), 1)
    except AttributeError:
        raise UsageError("a session of Spark Connect cannot be used; expected one of the driver itself") from None


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Spark warns of the newest pandas, of which nothing is used here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield


def _bytes(value: Any) -> Any:
    return os.fsencode(value) if isinstance(value, str) else value


def _size(path: str | Path) -> int:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0
