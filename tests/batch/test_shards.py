"""A shard is there whole or not at all; the hash of its rows is exact, and blind to how they were cut."""

from __future__ import annotations

import itertools
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.batch.hashing import RowsDigest, rows_sha256, together
from kinesics.batch.rows import batch_of, schema, struct_of
from kinesics.batch.shards import beside, read_facts, read_rows, remove_remains, shard_name, write_shard
from kinesics.errors import SinkError


def shots(n: int, path: str = "/a.mp4", picture: bytes | None = b"\xff\xd8") -> Any:
    rows = [{"shot": i, "start": i / 2, "end": i / 2 + 0.5, "picture": picture if i % 2 else None} for i in range(n)]
    return batch_of(path, "shots", 0, struct_of("shots", rows))


def faces(n: int) -> Any:
    rows = [{"person": i, "embedding": [float(i), float("nan")] if i % 3 else None} for i in range(n)]
    return batch_of("/a.mp4", "faces", 0, struct_of("faces", rows))


def clip(path: str = "/a.mp4", status: str = "ok", error: str | None = None) -> Any:
    return batch_of(path, "clip", 0, struct_of("clip", [{"bytes": 5, "notes": ["é"]}]), status=status, error=error)


def digest(batches: list[Any]) -> str:
    taken = RowsDigest()
    for batch in batches:
        taken.update(batch)
    return taken.hexdigest()


def test_a_shard_reads_back_as_it_was_written(tmp_path: Path) -> None:
    place = tmp_path / "a.parquet"
    told = write_shard(place, [shots(5), clip(status="damaged", error="why")], {"attempts": 2})
    assert read_facts(place) == told
    assert (told["status"], told["error"], told["rows"], told["attempts"], told["shard"]) == (
        "damaged",
        "why",
        6,
        2,
        "a.parquet",
    )
    assert told["clip"]["bytes"] == 5 and told["clip"]["notes"] == ["é"]
    found = pa.Table.from_batches(list(read_rows([place], "shots", iter(["start", "picture"])))).to_pylist()
    assert [row["start"] for row in found] == [0, 0.5, 1, 1.5, 2] and found[1]["picture"] == b"\xff\xd8"
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]
    assert rows_sha256([place]) == together([told["sha256"]])


def test_rows_that_fail_leave_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[Any]:
        yield shots(3)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_shard(tmp_path / "a.parquet", failing(), {})
    assert not list(tmp_path.iterdir())


def test_a_disk_without_room_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(SinkError, match=r"^[^\n]*a\.parquet: cannot be written \([^\n]*too large[^\n]*$"):
            write_shard(tmp_path / "a.parquet", [shots(400, picture=os.urandom(500)), clip()], {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="cannot be written"):
        write_shard(tmp_path / "none" / "a.parquet", [clip()], {})


@pytest.mark.parametrize("damage", [b"", b"PAR1", None], ids=["empty", "four bytes", "cut off"])
def test_what_is_not_whole_has_no_facts(tmp_path: Path, damage: bytes | None) -> None:
    place = tmp_path / "a.parquet"
    write_shard(place, [clip()], {})
    place.write_bytes(place.read_bytes()[:-9] if damage is None else damage)
    assert read_facts(place) is None and read_facts(tmp_path / "absent.parquet") is None


def test_remains_of_the_dead_go_and_those_of_the_living_stay(tmp_path: Path) -> None:
    dead, unasked = (subprocess.Popen([sys.executable, "-c", ""]) for _ in range(2))
    dead.wait()
    os.waitid(os.P_PID, unasked.pid, os.WEXITED | os.WNOWAIT)  # it has ended, but its number is still taken
    place = tmp_path / "a.parquet"
    foreign = tmp_path / "a.parquet.elsewhere-1.tmp"
    old = tmp_path / "b.parquet.elsewhere-1.tmp"
    for half in (*(beside(place, pid) for pid in (dead.pid, unasked.pid, os.getpid())), foreign, old):
        half.touch()
    os.utime(old, (time.time() - 90000,) * 2)
    assert remove_remains(tmp_path) == 3
    unasked.wait()
    assert {path.name for path in tmp_path.iterdir()} == {beside(place, os.getpid()).name, foreign.name}


def test_names_tell_clips_sizes_and_wishes_apart() -> None:
    names = {shard_name(path, size, key) for path in ("/a", "/b", "/\udcff") for size in (1, 11) for key in ("1", "k")}
    assert len(names) == 12


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.lists(st.integers(0, 20), max_size=4))
def test_the_hash_does_not_see_where_batches_end(n: int, cuts: list[int]) -> None:
    table = pa.Table.from_batches([shots(n), faces(n), clip()], schema()).combine_chunks()
    ends = sorted({0, len(table), *(cut for cut in cuts if cut < len(table))})
    parts = [table.slice(a, b - a).to_batches()[0] for a, b in itertools.pairwise(ends)]
    assert digest(parts) == digest([shots(n), faces(n), clip()])


def test_the_hash_sees_each_value_order_and_what_is_missing() -> None:
    row = {"shot": 1, "start": 0.0, "picture": b"ab"}
    changed = [
        {},
        {"start": 1e-300},
        {"start": -0.0},
        {"start": None},
        {"picture": b""},
        {"picture": None},
        {"picture": b"ba"},
        {"before": ""},
        {"shot": 2},
    ]
    some = {digest([batch_of("/a", "shots", 0, struct_of("shots", [{**row, **change}]))]) for change in changed}
    two = struct_of("shots", [row, {}])
    some |= {digest([batch_of("/a", "shots", 0, values)]) for values in (two, two.take(pa.array([1, 0])))}
    numbers = [None, [], [None], [0.0], [0.0, 0.0]]
    some |= {digest([batch_of("/a", "faces", 0, struct_of("faces", [{"embedding": value}]))]) for value in numbers}
    some.add(digest([batch_of("/b", "shots", 0, struct_of("shots", [row]))]))
    assert len(some) == len(changed) + 2 + len(numbers) + 1


def test_the_hash_of_shards_minds_no_order_but_minds_twice(tmp_path: Path) -> None:
    places = [tmp_path / f"{name}.parquet" for name in "ab"]
    for place in places:
        write_shard(place, [shots(3, f"/{place.name}"), clip(f"/{place.name}")], {"seconds": time.time()})
    one = rows_sha256(places)
    assert one == rows_sha256(places[::-1]) != rows_sha256([*places, places[0]])
    write_shard(places[0], [shots(3, f"/{places[0].name}"), clip(f"/{places[0].name}")], {"seconds": 0.0})
    assert rows_sha256(places) == one


def test_shards_stay_small_in_memory(tmp_path: Path) -> None:
    """Rows for ten times the memory that waits go through, in groups."""
    import pyarrow.parquet as pq

    picture = os.urandom(100_000)
    batches = (shots(20, picture=picture) for _ in range(40))  # 40 MB of pictures
    told = write_shard(tmp_path / "a.parquet", batches, {})
    assert told["rows"] == 800 and pq.read_metadata(tmp_path / "a.parquet").num_row_groups > 8
