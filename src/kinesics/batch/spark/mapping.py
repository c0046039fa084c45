"""What runs in Spark's Python workers: plain functions that are found by their name and hold no session.

Each Python worker keeps one supervised worker of the pool's kind from part to part (`spark.python.worker.reuse`), so that nets
stay warm, and limits and deaths are those of the pool. When the Python worker dies, that one sees its input end, and ends.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator
from typing import Any

from ...errors import KinesicsError
from ...video.paths import shown
from ..config import Config
from ..limits import Limits
from ..supervised import Task, Worker

__all__ = ["ANSWER", "process_batches", "shard_batches"]

ANSWER = "`path` string, `refused` string, `words` string"
"""What comes back for each clip; `refused` is the error's class when no clip at all can be done."""


def shard_batches(batches: Iterable[Any], config: str, limits: Limits) -> Iterator[Any]:
    """For `mapInArrow`: make the shard of each clip.

    Args:
        batches: RecordBatches with the column `clips`: lists of {path, size, place}.
        config: `Config.to_json()`.
        limits: what a clip may cost.

    Yields:
        RecordBatches of one row a clip, see `ANSWER`. What can be done with no clip ends the part, and is told, not raised:
        Spark would try it again and again.
    """
    for batch in batches:
        for clips in batch.column("clips").to_pylist():
            for clip in clips:
                task = Task(os.fsdecode(clip["path"]), clip["size"], os.fsdecode(clip["place"]))
                refused = _do(task, config, limits)
                yield _answer(task.path, refused)
                if refused is not None:
                    return


def process_batches(batches: Iterable[Any], config: str) -> Iterator[Any]:
    """For `mapInArrow`: the rows of each clip, by `process` in this very Python worker.

    Args:
        batches: RecordBatches whose first column holds paths, or lists of paths.
        config: `Config.to_json()`.
    """
    from ..one_pass import process
    from .paths import local

    wishes = Config.from_json(config)
    for batch in batches:
        for given in batch.column(0).to_pylist():
            yield from process([local(given)] if isinstance(given, str) else map(os.fsdecode, given), wishes)


def _do(task: Task, config: str, limits: Limits) -> KinesicsError | None:
    try:
        _keeper().worker(config, limits).do(task)
    except KinesicsError as error:
        return error
    return None


def _answer(path: str, refused: KinesicsError | None) -> Any:
    import pyarrow as pa

    row = {"path": shown(path), "refused": refused and type(refused).__name__, "words": refused and str(refused)}
    shape = pa.schema([(name, pa.string()) for name in row])
    return pa.RecordBatch.from_pylist([row], schema=shape)


class _Keeper:
    """One worker, for as long as the same is asked of it."""

    def __init__(self) -> None:
        self._asked: tuple[str, Limits] | None = None
        self._worker: Worker | None = None

    def worker(self, config: str, limits: Limits) -> Worker:
        if self._worker is None or self._asked != (config, limits):
            if self._worker is not None:
                self._worker.close()
            self._worker, self._asked = Worker(Config.from_json(config), limits), (config, limits)
        return self._worker


@functools.cache
def _keeper() -> _Keeper:
    """The one of this process."""
    return _Keeper()
