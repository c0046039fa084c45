"""Pool and Spark side by side on the same clips, and what the pool itself costs."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kinesics import batch
from kinesics.batch.shards import write_shard
from kinesics.testing.video import make_video

from .material import pieces


@contextlib.contextmanager
def corpus_of(count: int, seconds: float, high: int = 480) -> Iterator[tuple[Path, Path]]:
    """A folder of so many pieces of the videos, and a place for results."""
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as name:
        pieces(Path(name) / "corpus", count, seconds, high)
        yield Path(name) / "corpus", Path(name)


def measure_pool(clips: int = 24, seconds: float = 8.0) -> dict[str, Any]:
    """Seconds for the same clips with one worker and with two, start of the workers included."""
    config = batch.Config(jobs=("people", "shots"))
    with corpus_of(clips, seconds) as (corpus, place):
        two, one = (batch.run(corpus, place / str(n), config, workers=n) for n in (2, 1))
    return {
        "pool_clips": two["clips"],
        "pool_seconds_1": one["seconds"],
        "pool_seconds_2": two["seconds"],
        "speedup": round(one["seconds"] / two["seconds"], 3),
        "pool_rows_identical": one["rows_sha256"] == two["rows_sha256"],
        "rows_sha256": two["rows_sha256"],
    }


def measure_spark(clips: int = 24, seconds: float = 4.0, rounds: int = 3) -> dict[str, Any]:
    """The same clips in the pool and on Spark (`local[2]`, its session and Python workers warm), in turn."""
    from kinesics.batch.spark import local_session

    config = batch.Config(jobs=("people", "shots"))
    pool, spark, hashes = list[float](), list[float](), set[str]()
    with corpus_of(clips, seconds) as (corpus, place):
        began = time.monotonic()
        with local_session(2) as session:
            batch.run(corpus, place / "warm", config, engine="spark", session=session)
            cold = time.monotonic() - began
            for turn in range(rounds):
                done = batch.run(corpus, place / f"pool{turn}", config, workers=2)
                other = batch.run(corpus, place / f"spark{turn}", config, engine="spark", session=session)
                pool, spark = [*pool, done["seconds"]], [*spark, other["seconds"]]
                hashes |= {done["rows_sha256"], other["rows_sha256"]}
    return {
        "spark_clips": clips,
        "spark_seconds_cold": round(cold, 2),
        "spark_seconds": round(float(np.median(spark)), 2),
        "spark_pool_seconds": round(float(np.median(pool)), 2),
        "ratio_spark": round(float(np.median(np.array(spark) / np.array(pool))), 3),
        "spark_rows_identical": len(hashes) == 1,
    }


def measure_overhead(clips: int = 400) -> dict[str, Any]:
    """Milliseconds that a clip costs in the pool beyond what it costs in this process: one worker, next to nothing to do.

    From the first answer to the last, so that the start of the worker does not count; the same clips, function and shards here.
    """
    config = batch.Config(jobs=("shots",), pictures=False)
    told: list[float] = []
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as name:
        corpus, here = Path(name) / "corpus", Path(name) / "here"
        corpus.mkdir()
        here.mkdir()
        for number in range(clips):
            make_video(corpus / f"{number}.mp4", frames=2, fps=25, size=(64, 48))
        batch.run(corpus, Path(name) / "pool", config, workers=1, step=lambda facts: told.append(time.perf_counter()))
        paths = sorted(map(str, corpus.iterdir()))
        began = time.perf_counter()
        for path in paths:
            write_shard(here / (Path(path).name + ".parquet"), batch.process([path], config), {})
        alone = (time.perf_counter() - began) / len(paths)
    pooled = (told[-1] - told[0]) / (len(told) - 1)
    return {
        "overhead_clips": clips,
        "overhead_ms": round(1000 * (pooled - alone), 3),
        "overhead_pool_ms": round(1000 * pooled, 3),
        "overhead_alone_ms": round(1000 * alone, 3),
    }
