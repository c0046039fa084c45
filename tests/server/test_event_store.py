"""The store of events: what is put is what is read, chosen, exported, kept and forgotten."""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import JobError, SinkError, UsageError
from kinesics.server.events import KINDS, Event
from kinesics.server.store.store import Store

DAY = 86_400.0
Make = Callable[..., Store]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Stores that are closed after the test."""
    stores: list[Store] = []

    def store(*given: Any, **options: Any) -> Store:
        stores.append(Store(tmp_path / "data", *given, **options))
        return stores[-1]

    yield store
    for one in stores:
        one.close()


def some(n: int, **fields: Any) -> list[Event]:
    """Events that can be told apart by their number."""
    return [Event(1000.0 + i, "a", "began", i % 3, "wave", data={"n": i}, **fields) for i in range(n)]


def numbers(events: list[Event]) -> list[int]:
    return [event.data["n"] for event in events]


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=6,
)
_number = st.none() | st.floats(-1e9, 1e9)
_events = st.builds(
    Event,
    time=st.floats(0, 4e9),
    stream=_text,
    kind=st.sampled_from(sorted(KINDS)),
    person=st.integers(-1, 2**62),
    label=_text,
    score=st.none() | st.floats(0, 1),
    epoch=st.integers(0, 2**40),
    start=_number,
    end=_number,
    data=st.dictionaries(_text, _plain, max_size=3),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(_events, max_size=8))
def test_what_is_put_is_what_is_read_in_order(events: list[Event]) -> None:
    told: list[Event] = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder, told.extend)
        for event in events:
            store.put([event])
        assert store.flush(20)
        read = store.events()
        store.close()
    assert [event.id for event in read] == list(range(1, len(events) + 1)) and read == told
    for event, given_ in zip(read, events, strict=True):
        assert {f: getattr(event, f) for f in event.__struct_fields__ if f != "id"} == {
            f: getattr(given_, f) for f in event.__struct_fields__ if f != "id"
        }


def test_events_are_published_only_when_another_process_can_read_them(tmp_path: Path) -> None:
    seen: list[str] = []
    code = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM events').fetchone()[0])"

    def committed(events: list[Event]) -> None:
        run = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "events.db")], capture_output=True, text=True, check=True
        )
        seen.append(run.stdout.strip())

    store = Store(tmp_path, committed)
    store.put(some(3))
    assert store.flush(20)
    store.close()
    assert seen == ["3"]


def test_events_are_stored_soon_without_being_asked_for(make: Make) -> None:
    there = threading.Event()
    store = make(lambda events: there.set())
    store.put(some(1))
    assert there.wait(10)


def test_queries_choose_by_each_and_all(make: Make) -> None:
    store = make()
    store.put(some(30))
    store.put([Event(5000.0, "b", "fall", 7, data={"n": 30})])
    assert store.flush(20)
    assert numbers(store.events(since=1005.0, until=1008.0)) == [5, 6, 7]
    assert numbers(store.events(person=1, limit=3)) == [1, 4, 7]
    assert numbers(store.events(stream="b")) == numbers(store.events(kind="fall")) == [30]
    assert numbers(store.events(label="wave", person=2, since=1020.0)) == [20, 23, 26, 29]
    assert store.events(label="nod") == [] and store.events(limit=0) == []
    assert numbers(store.events(newest=True, limit=2)) == [29, 30]
    assert store.state()["events"] == 31 and store.state()["newest"] == 31


def test_pages_by_id_give_each_event_once(make: Make) -> None:
    store = make()
    store.put(some(95))
    assert store.flush(20)
    got: list[Event] = []
    while page := store.events(after=got[-1].id if got else 0, limit=10, label="wave"):
        got += page
    assert numbers(got) == list(range(95))


def test_a_clock_that_jumps_back_hides_nothing_and_is_told(make: Make) -> None:
    now = [5000.0]
    store = make(clock=lambda: now[0] + time.monotonic())
    store.put([Event(now[0], "a", "appeared", data={"n": 0})])
    assert store.flush(20)
    now[0] -= 3600
    store.put([Event(now[0], "a", "left", data={"n": 1})])
    assert store.flush(20)
    assert numbers(store.events()) == [0, 1] and numbers(store.events(after=1)) == [1]
    assert "the clock went back by 3600 s" in store.state()["notes"][0]


def test_a_clock_that_stands_before_the_last_run_is_told(make: Make) -> None:
    store = make()
    store.put([Event(time.time() + 7200, "a", "left")])
    store.close()
    assert "7200 s before the newest" in make().state()["notes"][0]


def test_ids_rise_for_ever_over_restarts_deletion_and_loss_of_the_file(make: Make, tmp_path: Path) -> None:
    last = 0
    for end in ("restart", "forget", "delete", "delete"):
        store = make()
        store.put(some(3))
        assert store.flush(20)
        ids = [event.id for event in store.events(after=last)]
        assert len(ids) == 3 and min(ids) > last
        last = max(ids)
        if end == "forget":
            assert store.forget() == 6
        store.close()
        if end == "delete":
            (tmp_path / "data" / "events.db").unlink()


@pytest.mark.parametrize(
    "strange",
    [
        Event(math.nan, "a", "fall"),
        Event(-1.0, "a", "fall"),
        Event(1e300, "a", "fall"),
        Event(1.0, "a\ud800", "fall"),
        Event(1.0, "a", "fall", person=2**63),
        Event(1.0, "a", "fall", data={"x": object()}),
        Event("soon", "a", "fall"),  # type: ignore[arg-type]
    ],
    ids=["no time", "before 1970", "no year", "half a character", "large", "no plain value", "text"],
)
def test_an_event_that_cannot_be_stored_keeps_no_other_from_it(make: Make, strange: Event) -> None:
    store = make()
    store.put([*some(1), strange, *some(1)])
    assert store.flush(20)
    assert len(store.events()) == 2 and store.state()["lost"] == 1 and store.state()["writable"]


def test_what_is_kept_is_there_after_a_restart_until_it_is_dropped(make: Make) -> None:
    store = make()
    for name in ("stream/a", "stream/b", "streams", "100%"):
        store.keep(name, {"of": name})
    store.keep("stream/a", {"of": "again"})
    store.drop("stream/b")
    store.drop("nothing")
    store.close()
    assert make().kept("stream/") == {"stream/a": {"of": "again"}}
    assert set(make().kept()) == {"stream/a", "streams", "100%"}


def test_keeping_works_from_where_events_are_published(make: Make) -> None:
    done = threading.Event()

    def committed(events: list[Event]) -> None:
        store.keep("cursor", {"id": events[-1].id})
        done.set()

    store = make(committed)
    store.put(some(2))
    assert done.wait(10) and store.kept("cursor") == {"cursor": {"id": 2}}


def test_a_publisher_that_fails_ends_nothing(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    def committed(events: list[Event]) -> None:
        raise RuntimeError("broken")

    store = make(committed)
    for _ in range(2):
        store.put(some(1))
        assert store.flush(20)
    assert len(store.events()) == 2 and "could not be passed on" in caplog.text


def test_what_is_forgotten_is_nowhere_in_the_files(make: Make, tmp_path: Path) -> None:
    store = make()
    for _ in range(40):
        store.put([Event(1.0, "a", "began", 5, "Wilhelmine", data={"who": "Wilhelmine" * 20})] * 20)
    store.put([Event(2.0, "a", "began", 6, "Otto")])
    assert store.flush(20)
    before = store.state()["bytes"]

    def found(name: bytes) -> bool:
        return any(name in path.read_bytes() for path in (tmp_path / "data").iterdir())

    assert found(b"Wilhelmine")
    assert store.forget(person=5) == 800
    assert not found(b"Wilhelmine") and found(b"Otto")
    assert [event.person for event in store.events()] == [6] and store.state()["events"] == 1
    assert store.state()["bytes"] < before / 4


def test_nobody_else_may_read_the_files(make: Make, tmp_path: Path) -> None:
    store = make()
    store.keep("stream/a", {"source": "rtsp://user:password@camera"})
    for name in ("events.db", "events.db-wal"):
        assert (tmp_path / "data" / name).stat().st_mode & 0o077 == 0


def test_forgetting_reaches_what_waits(make: Make) -> None:
    store = make()
    store.put(some(9))
    assert store.forget(person=0) == 3
    assert numbers(store.events()) == [1, 2, 4, 5, 7, 8]


def test_what_is_older_than_the_retention_goes(make: Make) -> None:
    store = make()
    now = time.time()
    store.put([Event(now - 40 * DAY, "a", "left", data={"n": 0}), Event(now - DAY, "a", "left", data={"n": 1})])
    store.close()
    store = make(retention=30.0)
    assert store.flush(20)
    assert numbers(store.events()) == [1]


def test_a_clock_put_ahead_makes_nothing_old(make: Make) -> None:
    ahead = [0.0]
    store = make(clock=lambda: time.time() + ahead[0], retention=30.0)
    store.put([Event(time.time(), "a", "left", data={"n": 0})])
    assert store.flush(20)
    ahead[0] = 400 * DAY
    store._writer._forgot = float("-inf")  # an hour later
    store.put([Event(time.time() + ahead[0], "a", "left", data={"n": 1})])
    assert store.flush(20)
    assert numbers(store.events()) == [0, 1]


def test_parquet_says_what_the_store_says(make: Make, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    store = make()
    store.put(some(12_000, score=0.5, start=1.5))
    store.put([Event(9000.25, "b", "fall", data={"ä": [1]})])
    assert store.flush(30)
    target = tmp_path / "out.parquet"
    assert store.parquet(target) == 12_001
    rows = pq.read_table(target).to_pylist()
    assert [row["id"] for row in rows] == list(range(1, 12_002))
    last = rows[-1]
    assert (
        last["time"].timestamp() == 9000.25 and last["person"] is None and last["data"] == '{"ä":[1]}' and last["score"] is None
    )
    assert rows[4]["person"] == 1 and rows[4]["label"] == "wave" and rows[4]["start"] == 1.5
    assert store.parquet(target, person=2) == 4000
    assert store.parquet(target, label="nobody") == 0 and pq.read_table(target).num_rows == 0
    with pytest.raises(SinkError, match="free some space"):
        store.parquet(tmp_path / "nowhere" / "x.parquet")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out.parquet"]


def test_nonsense_is_refused_in_words(make: Make) -> None:
    store = make()
    with pytest.raises(UsageError, match="events are chosen by since"):
        store.events(colour="red")  # type: ignore[call-arg]
    with pytest.raises(UsageError, match="limit: expected"):
        store.events(limit=-1)
    with pytest.raises(UsageError, match="since: expected a number"):
        store.events(since=math.nan)
    with pytest.raises(UsageError, match="fits 64 bits"):
        store.events(after=2**63)
    with pytest.raises(UsageError, match="retention: expected days"):
        make(retention=0)
    assert store.events(label="'; DROP TABLE events; --") == [] and store.state()["writable"]


def test_many_put_and_read_at_once_and_nothing_is_lost(make: Make) -> None:
    told: list[int] = []
    store = make(lambda events: told.extend(event.id for event in events))

    def work(stream: str) -> None:
        for i in range(200):
            store.put([Event(1.0, stream, "left", data={"n": i})])
            if i % 50 == 0:
                store.events(stream=stream, limit=5)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.flush(20)
    for name in "abcd":
        assert numbers(store.events(stream=name)) == list(range(200))
    assert told == list(range(1, 801))


def test_a_closed_store_says_so(make: Make) -> None:
    store = make()
    store.put(some(2))
    store.close()
    assert len(store.events()) == 2 and store.state()["waiting"] == 0
    store.put(some(1))
    assert store.state()["lost"] == 1
    with pytest.raises(SinkError, match="closed"):
        store.keep("a", {})


def test_reading_where_there_is_nothing_says_why(make: Make, tmp_path: Path) -> None:
    (tmp_path / "data" / "events.db").mkdir(parents=True)
    with pytest.raises(JobError, match="cannot be read now"):
        make().events()
