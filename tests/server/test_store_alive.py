"""The store in trouble: killed, locked out, without space, damaged, removed. Nothing that was acknowledged is lost."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kinesics.errors import SinkError
from kinesics.server.events import Event
from kinesics.server.store.store import Store

KILLS = 40
WRITES = """
import os, sys
from kinesics.server.events import Event
from kinesics.server.store.store import Store

def committed(events):
    os.write(1, "".join(f"{e.id} {e.data['n']}\\n" for e in events).encode())

store = Store(sys.argv[1], committed)
n = int(sys.argv[2])
kept = 0
while True:
    store.put([Event(float(n + i), "a", "began", data={"n": n + i}) for i in range(20)])
    n += 20
    store.flush(10)
    store.keep("k", {"n": n})
    os.write(1, f"kept {n}\\n".encode())
"""
Make = Callable[..., Store]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    stores: list[Store] = []

    def store(*given: Any, **options: Any) -> Store:
        stores.append(Store(tmp_path / "data", *given, **options))
        return stores[-1]

    yield store
    for one in stores:
        one.close()


def numbered(*ns: int) -> list[Event]:
    return [Event(1.0 + n, "a", "began", label="wave", data={"n": n}) for n in ns]


def numbers(store: Store) -> list[int]:
    return [event.data["n"] for event in store.events(limit=1_000_000)]


def wait_until(there: Callable[[], Any], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.02)


def test_killed_at_any_moment_nothing_told_is_missing(tmp_path: Path) -> None:
    rng, told, kept, last = random.Random(7), dict[int, int](), 0, 0
    for kill in range(KILLS):
        command = [sys.executable, "-c", WRITES, str(tmp_path), str(kill * 1_000_000)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            said = child.stdout.readline()  # it is running
            time.sleep(rng.uniform(0.0, 0.06))
            child.kill()
            said += child.stdout.read()
        assert said
        lines = said.decode().split("\n")[:-1]  # the last may be half
        pairs = [line.split() for line in lines]
        fresh = {int(a): int(b) for a, b in pairs if a != "kept"}
        assert min(fresh) > last, "an id was given twice"
        told, last = told | fresh, max(fresh)
        kept = max([kept, *(int(b) for a, b in pairs if a == "kept")])
    with contextlib.closing(sqlite3.connect(tmp_path / "events.db")) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store = Store(tmp_path)
    stored = {event.id: event.data["n"] for event in store.events(limit=10_000_000)}
    assert told.items() <= stored.items() and len(set(stored.values())) == len(stored)
    assert store.kept()["k"]["n"] >= kept
    store.close()


LOCKS = """
import sqlite3, sys
base = sqlite3.connect(sys.argv[1], isolation_level=None)
base.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
base.execute("ROLLBACK")
"""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else holds the database."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", LOCKS, str(path)], **pipes) as child:
        assert child.stdout is not None and child.stdout.readline() == b"locked\n"
        yield
        child.communicate()


def test_locked_by_another_program_events_wait(make: Make, tmp_path: Path) -> None:
    told: list[Event] = []
    store = make(told.extend)
    store.put(numbered(0))
    assert store.flush(20)
    with locked(tmp_path / "data" / "events.db"):
        began = time.monotonic()
        store.put(numbered(1, 2))
        assert time.monotonic() - began < 1
        wait_until(lambda: not store.state()["writable"])
        state = store.state()
        assert "locked by another program" in state["error"] and state["waiting"] == 2 and state["lost"] == 0
        with pytest.raises(SinkError, match="not written"):
            store.keep("a", {})
        assert numbers(store) == [0] == [event.data["n"] for event in told]
    wait_until(lambda: store.state()["writable"])
    assert store.flush(20) and numbers(store) == [0, 1, 2] == [event.data["n"] for event in told]
    assert store.kept() == {}, "what was refused must not be kept later"


def test_of_too_much_that_waits_the_oldest_is_lost_and_counted(make: Make, tmp_path: Path) -> None:
    store = make(capacity=10)
    assert store.flush(20)
    with locked(tmp_path / "data" / "events.db"):
        for n in range(25):
            store.put(numbered(n))
            time.sleep(0.01)
        wait_until(lambda: not store.state()["writable"])
        assert store.state()["waiting"] <= 10
    assert store.flush(30)
    stored = numbers(store)
    assert stored[-1] == 24 and stored == sorted(stored) and len(stored) + store.state()["lost"] == 25


def test_a_closing_store_says_how_many_it_could_not_store(make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = make()
    assert store.flush(20)
    with locked(tmp_path / "data" / "events.db"):
        store.put(numbered(1, 2, 3))
        store.close()
    assert store.state()["lost"] == 3 and "3 events could not be stored" in caplog.text


def test_two_services_do_not_write_one_folder(make: Make) -> None:
    first = make()
    second = make()
    second.put(numbered(1))
    wait_until(lambda: "another service writes the events" in second.state()["error"])
    first.put(numbered(0))
    assert first.flush(20)
    first.close()
    assert second.flush(30) and numbers(second) == [0, 1]


@pytest.mark.parametrize("how", ["noise", "cut", "page", "empty"])
def test_a_damaged_database_is_moved_aside_and_a_new_one_begun(make: Make, tmp_path: Path, how: str) -> None:
    store = make()
    store.keep("stream/a", {"x": 1})
    store.put(numbered(*range(2000)))
    assert store.flush(20)
    last = store.state()["newest"]
    store.close()
    path = tmp_path / "data" / "events.db"
    whole = path.read_bytes()
    size = int.from_bytes(whole[16:18], "big")
    broken = {
        "noise": random.Random(1).randbytes(len(whole)),
        "cut": whole[: len(whole) // 3],
        "page": whole[: 9 * size] + b"\xa5" * size + whole[10 * size :],
        "empty": b"",
    }[how]
    path.write_bytes(broken)
    told: list[Event] = []
    store = make(told.extend)
    store.put(numbered(5000))
    assert store.flush(20) and numbers(store) == [5000] and store.state()["writable"]
    assert told[0].id > last
    aside = [one for one in path.parent.iterdir() if ".damaged-" in one.name and not one.name.endswith(("-wal", "-shm"))]
    if how == "empty":  # nothing is a database, too
        assert not aside
        return
    assert len(aside) == 1 and aside[0].read_bytes()[9 * size : 10 * size] == broken[9 * size : 10 * size]
    assert "was damaged" in store.state()["notes"][0]
    if how == "page":
        assert store.kept() == {"stream/a": {"x": 1}}


def test_damage_met_by_a_reader_is_mended_by_the_writer(make: Make, tmp_path: Path) -> None:
    store = make()
    store.put(numbered(*range(3000)))
    assert store.flush(20)
    store._writer.ask(lambda file: file.tidy())
    path = tmp_path / "data" / "events.db"
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xa5" * (path.stat().st_size - 4096 * 3))
    with contextlib.suppress(Exception):
        store.events(limit=100_000)
    store.put(numbered(7000))
    wait_until(lambda: store.state()["notes"])
    store.put(numbered(7001))
    assert store.flush(30) and numbers(store)[-1] == 7001 and store.state()["writable"]


def test_a_file_removed_while_in_use_is_begun_anew(make: Make, tmp_path: Path) -> None:
    store = make()
    store.put(numbered(0))
    assert store.flush(20)
    for name in ("events.db", "events.lock", "events.ids"):
        (tmp_path / "data" / name).unlink()
    store.put(numbered(1))
    assert store.flush(30) and numbers(store) == [1]
    assert "removed while it was in use" in store.state()["notes"][0]


def test_what_cannot_be_opened_is_tried_until_it_can(make: Make, tmp_path: Path) -> None:
    (tmp_path / "data" / "events.db").mkdir(parents=True)
    store = make()
    store.put(numbered(1))
    assert not store.flush(0.2) and not store.state()["writable"] and "cannot be opened" in store.state()["error"]
    (tmp_path / "data" / "events.db").rmdir()
    assert store.flush(30) and numbers(store) == [1]


FILLS = """
import json, os, sys, time
from kinesics.errors import SinkError
from kinesics.server.events import Event
from kinesics.server.store.store import Store

folder = sys.argv[1]
told = []
store = Store(folder + "/data", told.extend)
store.keep("before", {"n": 1})
with open(folder + "/ballast", "wb") as ballast:
    try:
        while True:
            os.write(ballast.fileno(), bytes(4096))
    except OSError:
        pass
n = 0
while store.state()["writable"]:
    store.put([Event(1.0, "a", "began", data={"n": n, "fat": "x" * 500})])
    n += 1
    time.sleep(0.001)
state = store.state()
acknowledged = [event.data["n"] for event in told]
readable = [event.data["n"] for event in store.events(limit=100_000)]
try:
    store.keep("full", {"n": 1})
    refused = ""
except SinkError as error:
    refused = str(error)
os.unlink(folder + "/ballast")
stored = store.flush(20)
result = {"state": state, "acknowledged": acknowledged, "readable": readable, "refused": refused, "stored": stored, "put": n}
result["at_last"] = [event.data["n"] for event in store.events(limit=100_000)]
result["kept"] = store.kept()
result["leftovers"] = sorted(os.listdir(folder + "/data"))
store.close()
print(json.dumps(result))
"""


@pytest.mark.debian
def test_a_full_disk_is_said_and_survived(tmp_path: Path) -> None:
    import json

    unshare = shutil.which("unshare")
    script = f'mount -t tmpfs -o size=1m none {tmp_path} && exec {sys.executable} -c "$FILLS" {tmp_path}'
    if unshare is None or subprocess.run([unshare, "-rm", "true"], capture_output=True).returncode:
        pytest.skip("no small disk can be made here (needs unshare)")
    run = subprocess.run(
        [unshare, "-rm", "sh", "-c", script], env={**os.environ, "FILLS": FILLS}, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert "disk is full" in found["state"]["error"] and found["state"]["waiting"] > 0 and found["state"]["lost"] == 0
    assert "disk is full" in found["refused"]
    assert set(found["acknowledged"]) <= set(found["readable"])
    assert found["stored"] and found["at_last"] == list(range(found["put"]))
    assert found["kept"] == {"before": {"n": 1}}
    assert not [name for name in found["leftovers"] if "partial" in name or "damaged" in name]


def test_the_log_is_emptied_while_events_go_on(make: Make, tmp_path: Path) -> None:
    store = make()
    for _ in range(30):
        store.put([Event(1.0, "a", "began", data={"fat": "x" * 3000})] * 200)
        assert store.flush(20)
    log = tmp_path / "data" / "events.db-wal"
    assert log.stat().st_size < 16 << 20


def test_a_store_that_is_not_closed_keeps_no_process_alive(tmp_path: Path) -> None:
    code = "import sys; from kinesics.server.store.store import Store; s = Store(sys.argv[1]); s.put([])"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)


def test_the_store_imports_nothing_heavy() -> None:
    code = "import sys, kinesics.server.store.store, kinesics.server.onward.webhooks; "
    code += "print([m for m in {names} if m in sys.modules])"
    names = ["pyarrow", "cv2", "scipy", "numba", "torch", "av", "ai_edge_litert", "onnxruntime", "paho"]
    run = subprocess.run(
        [sys.executable, "-c", code.replace("{names}", repr(names))], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_signals_do_not_disturb_the_writer(make: Make) -> None:
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        store = make()
        store.put(numbered(*range(500)))
        assert store.flush(30) and numbers(store) == list(range(500))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
