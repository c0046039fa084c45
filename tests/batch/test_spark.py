"""The corpus on Spark: planning, types, the rows of the pool, deaths and reruns, a session that leaves nothing behind."""

from __future__ import annotations

import os
import runpy
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinesics import batch
from kinesics.batch import spark
from kinesics.batch.rows import kinds
from kinesics.batch.spark.frames import map_arrow
from kinesics.batch.spark.paths import local
from kinesics.batch.spark.planning import parts_of
from kinesics.batch.spark.session import need_java
from kinesics.batch.spark.types import ddl
from kinesics.batch.supervised import Task
from kinesics.errors import JobError, MissingExtra, UsageError
from kinesics.video import VideoWriter

SHOTS = batch.Config(jobs=("shots",))
NOTEBOOK = Path(__file__).parents[2] / "examples" / "corpus_on_spark.py"


# ------------------------------------------------------------------------------------------------------ what needs no Spark
@given(st.lists(st.integers(0, 10**9), max_size=80), st.integers(1, 9))
def test_parts_hold_each_clip_once_and_begin_with_the_largest(sizes: list[int], slots: int) -> None:
    clips = [(f"{i}.mp4", size) for i, size in enumerate(sizes)]
    parts = parts_of(clips, sizes, slots)
    assert sorted(clip for part in parts for clip in part) == sorted(clips)
    assert all(parts) and parts == parts_of(clips[::-1], sizes[::-1], slots)
    if sizes:
        assert max(sizes) in [size for part in parts[:slots] for _, size in part[:1]]


@given(st.lists(st.floats(0.5, 2.0), min_size=40, max_size=120), st.integers(1, 8))
def test_slots_end_together_whatever_clips_really_take(slower: list[float], slots: int) -> None:
    """Of clips of one size some take four times as long as others; each slot takes the next part when it is free."""
    clips = [(i,) for i in range(len(slower))]
    ends = [0.0] * slots
    for part in parts_of(clips, [1000] * len(clips), slots):
        first = ends.index(min(ends))
        ends[first] += sum(slower[i] for (i,) in part)
    assert max(ends) <= 1.35 * sum(slower) / slots + 2.0


def test_a_large_corpus_is_cut_into_few_parts() -> None:
    clips = [(i,) for i in range(10_000)]
    assert len(parts_of(clips, [5_000_000] * len(clips), 8)) <= 8 * 40
    assert parts_of([], [], 4) == []


def test_paths_are_taken_as_spark_lists_them() -> None:
    assert local("file:/a/b%20c.mp4") == local("file:///a/b%20c.mp4") == "/a/b c.mp4"
    assert local("dbfs:/Volumes/main/clips/a.mp4") == "/Volumes/main/clips/a.mp4"
    assert local("dbfs:/clips/a.mp4") == "/dbfs/clips/a.mp4"
    assert local("/a%20b/../c:d.mp4") == "/c:d.mp4"


def test_a_type_that_spark_does_not_share_is_refused() -> None:
    import pyarrow as pa

    assert ddl(batch.schema()).startswith("`path` string, `kind` string, `row` bigint, ")
    with pytest.raises(TypeError, match="uint8"):
        ddl(pa.schema([("x", pa.list_(pa.uint8()))]))


def test_without_pyspark_the_hint_comes(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    code = (
        "import sys; sys.modules['pyspark'] = None; from kinesics import batch\n"
        f"batch.run({str(tmp_path)!r}, {str(tmp_path / 'out')!r}, batch.Config(jobs=('shots',)), engine='spark')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert "MissingExtra: pyspark is needed" in last and last.endswith("pip install 'kinesics[spark]'"), done.stderr


def test_without_java_it_is_said_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(MissingExtra, match=r"Java 17 or newer is needed .* install it \(Debian: openjdk-17-jre-headless\)"):
        need_java()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtra, match="not found on the PATH"):
        need_java()


# ---------------------------------------------------------------------------------------------------------- one Spark for all
@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """One session for all tests: Java takes ten seconds to start. When it ends nothing may be left."""
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("no Java: apt-get install openjdk-17-jre-headless")
    here, before = set(os.listdir()), signal.getsignal(signal.SIGINT)
    with spark.local_session(2) as session:
        java = session.sparkContext._gateway.proc.pid
        folder = Path(session.conf.get("spark.local.dir"))
        assert folder.is_dir()
        yield session
    assert signal.getsignal(signal.SIGINT) is before
    assert not Path(f"/proc/{java}").exists() and not folder.exists() and set(os.listdir()) <= here | {".pytest_cache"}
    assert not {"PYSPARK_PYTHON", "SPARK_LOCAL_IP"} & set(os.environ)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five clips, the largest with a cut, and two files that are none."""
    folder = tmp_path_factory.mktemp("corpus")
    rng = np.random.default_rng(0)
    for n in range(5):
        with VideoWriter(folder / f"clip {n} ü.mp4") as writer:
            for i in range(8 * (n + 1)):
                shade = 40 if i < 20 else 200
                writer.write((shade + rng.integers(0, 30, (64, 96, 3))).astype(np.uint8), i / 10)
    (folder / "text.mp4").write_text("this is no video")
    (folder / "empty.mov").touch()
    return folder


def test_spark_gives_the_rows_that_the_pool_gives(session: Any, corpus: Path, tmp_path: Path) -> None:
    conf = session.conf.getAll
    seen: list[dict[str, Any]] = []
    pool = batch.run(corpus, tmp_path / "pool", SHOTS, workers=1)
    ours = batch.run(corpus, tmp_path / "spark", SHOTS, engine="spark", session=session, step=seen.append)
    assert ours["rows_sha256"] == pool["rows_sha256"] and ours["rows"] == pool["rows"]
    assert ours["statuses"] == pool["statuses"] == {"ok": 5, "unreadable": 2}
    names = {place.name for place in (tmp_path / "spark" / "shards").iterdir()}
    assert names == {place.name for place in (tmp_path / "pool" / "shards").iterdir()}
    assert sorted(told["path"] for told in seen) == sorted(str(path) for path in corpus.iterdir())
    assert [told["done"] for told in seen] == list(range(1, 8)) and seen[-1]["bytes_done"] == seen[-1]["bytes_total"]
    assert session.conf.getAll == conf  # what was set for the run was not set for others
    again = batch.run(corpus, tmp_path / "spark", SHOTS, engine="spark", session=session, step=seen.append)
    assert (again["done"], again["skipped"], len(seen)) == (0, 7, 7) and again["rows_sha256"] == pool["rows_sha256"]


def test_rows_come_as_a_data_frame(session: Any, corpus: Path) -> None:
    import pyarrow as pa

    clips = sorted(map(str, corpus.glob("clip*")))
    expected = {path: pa.Table.from_batches(batch.process([path], SHOTS)).to_pylist() for path in clips}
    got = spark.rows(session, clips, SHOTS).toArrow().to_pylist()
    assert {path: [row for row in got if row["path"] == path] for path in clips} == expected
    frame = spark.rows(session, session.read.format("binaryFile").load(f"{corpus}/clip 4*"), SHOTS)
    frame.createOrReplaceTempView("frame")
    before = session.sql("select shots.before from frame where kind = 'shots' order by row").collect()
    assert [row[0] for row in before] == [row["shots"]["before"] for row in expected[clips[4]] if row["kind"] == "shots"]


def test_every_column_goes_through_spark_unchanged(session: Any) -> None:
    import pyarrow as pa

    shape = batch.schema()

    def made(batches: Any) -> Iterator[Any]:
        def value(kind: Any) -> Any:
            if pa.types.is_struct(kind):
                return {field.name: value(field.type) for field in kind}
            if pa.types.is_list(kind):
                return [value(kind.value_type), None, value(kind.value_type)]
            plain = {"string": "ä\n", "binary": b"\0\xff", "bool": True, "int32": -(2**31), "int64": 2**63 - 1}
            return plain.get(str(kind), 0.1)

        for _ in batches:
            full = {field.name: value(field.type) for field in shape}
            yield pa.RecordBatch.from_pylist([full, dict.fromkeys(shape.names), full], schema=shape)

    expected = next(made([None])).to_pylist()
    assert set(kinds()) <= set(expected[0])
    got = map_arrow(session.range(1, numPartitions=1), made, ddl(shape)).toArrow()
    assert got.to_pylist() == expected
    assert [str(field.type) for field in got.schema.field("shots").type] == [str(f.type) for f in shape.field("shots").type]


KILLER = """
import os, signal
from pathlib import Path
FLAGS = Path({flags!r})

def act(shot):
    name = Path(shot.path).name
    (FLAGS / str(os.getpid())).touch()
    with (FLAGS / "calls").open("a") as file:
        file.write(name + "\\n")
    if name.startswith("clip 3") and (FLAGS / "kill me").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("clip 2") and (FLAGS / "kill spark's once").exists():
        (FLAGS / "kill spark's once").unlink()
        kill_the_parent()
    if name.startswith("clip 1") and (FLAGS / "kill spark's").exists():
        kill_the_parent()
    return len(name)

def kill_the_parent():
    os.kill(os.getppid(), signal.SIGKILL)
    signal.pause()  # this process ends with it
"""


@pytest.fixture
def killer(tmp_path: Path) -> batch.Config:
    """A function that kills those that the files in `tmp_path` say."""
    (tmp_path / "killer.py").write_text(KILLER.format(flags=str(tmp_path)))
    return batch.Config(jobs=("function",), function=f"{tmp_path / 'killer.py'}:act")


def test_whoever_is_killed_the_rest_is_done_and_a_rerun_does_what_is_missing(
    session: Any, corpus: Path, tmp_path: Path, killer: batch.Config
) -> None:
    clips = sorted(corpus.glob("clip*"))
    for flag in ("kill me", "kill spark's once", "kill spark's"):
        (tmp_path / flag).touch()
    options: dict[str, Any] = {"engine": "spark", "session": session}
    with pytest.raises(JobError, match=r"Spark gave up: .*; what is done is kept, run again to go on"):
        batch.run(clips, tmp_path / "out", killer, **options)
    (tmp_path / "kill spark's").unlink()
    result = batch.run(clips, tmp_path / "out", killer, **options)
    assert result["statuses"] == {"crashed": 1, "ok": 4} and not (tmp_path / "kill spark's once").exists()
    assert len(list((tmp_path / "out" / "shards").iterdir())) == 5  # nothing half-written, nothing twice
    calls = (tmp_path / "calls").read_text().splitlines()
    assert calls.count(clips[1].name) >= 3 and calls.count(clips[3].name) >= 2


def test_what_no_clip_can_have_is_refused_in_the_words_of_the_worker(session: Any, corpus: Path, tmp_path: Path) -> None:
    path = corpus / "text.mp4"
    tasks = [Task(str(path), path.stat().st_size, str(tmp_path / "text.parquet"))]
    with pytest.raises(UsageError, match="nobody"):
        spark.run_shards(tasks, batch.Config(pose="nobody"), batch.Limits(), session=session)
    assert not list(tmp_path.iterdir())


def test_an_interrupt_ends_the_job_and_a_rerun_goes_on(session: Any, corpus: Path, tmp_path: Path) -> None:
    def interrupt(_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch.run(corpus, tmp_path, SHOTS, engine="spark", session=session, step=interrupt)
    result = batch.run(corpus, tmp_path, SHOTS, engine="spark", session=session)
    assert result["skipped"] >= 1 and result["statuses"] == {"ok": 5, "unreadable": 2}


def test_a_second_session_is_refused_in_words(session: Any) -> None:
    with pytest.raises(UsageError, match="open in this process already"), spark.local_session(1):
        pass


def test_the_notebook_runs_from_top_to_bottom(
    session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OUT", str(tmp_path))
    cells = NOTEBOOK.read_text("utf-8")
    assert cells.startswith("# Databricks notebook source\n") and cells.count("# COMMAND ----------") >= 6
    run = runpy.run_path(str(NOTEBOOK))
    assert run["session"] is session and run["result"]["statuses"] == {"ok": 1}
    assert "1 of 1: " in capsys.readouterr().out and (tmp_path / "clips.parquet").is_file()
