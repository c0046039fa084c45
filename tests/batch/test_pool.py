"""What a clip may do to its worker, and how the others do not notice."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kinesics.batch import Config, Limits, run
from kinesics.batch.child import TEMPORARY
from kinesics.batch.hashing import rows_sha256
from kinesics.batch.pool import run_shards
from kinesics.batch.shards import FOLDER, read_facts
from kinesics.batch.supervised import Stopped, Task, Worker
from kinesics.errors import JobError, UsageError

RUDE = """
import os, pathlib, re, signal, subprocess, sys, time

leaked = []

def note(shot, word):
    with open(pathlib.Path(__file__).with_name("notes"), "a") as file:
        file.write(f"{word} {os.getpid()} {os.path.basename(shot.path)}\\n")

def rude(shot):
    note(shot, "begun")
    name = pathlib.Path(shot.path).stem
    print('{"facts": {"status": "a lie"}}', flush=True)
    os.write(1, b"no answer\\n")
    first = not pathlib.Path(__file__).with_name(name).exists()
    pathlib.Path(__file__).with_name(name).touch()
    if name == "dies_once" and first or name == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "aborts":
        os.abort()
    if name == "leaves":
        os._exit(3)
    if name == "sleeps":
        time.sleep(1000)
    if name == "starts_another":
        another = subprocess.Popen(["sleep", "1000"])
        pathlib.Path(__file__).with_name("another").write_text(str(another.pid))
        re.match(r"(a+)+$", "a" * 100 + "b")  # takes for ever, and lets no other thread run
    if name == "hog":
        kept = [bytearray(b"x") * 50_000_000 for _ in range(400)]
    if name.startswith("leak"):
        leaked.append(bytearray(b"x") * 150_000_000)
    if name == "no_memory":
        raise MemoryError
    if name == "wrong":
        return 1 / 0
    return shot.index
"""


@pytest.fixture
def rude(tmp_path: Path) -> Config:
    """A configuration whose function does to its worker what the name of the clip says."""
    module = tmp_path / "rude.py"
    module.write_text(RUDE)
    return Config(jobs=("function",), function=f"{module}:rude")


@pytest.fixture
def named(tiny_clips: Path, tmp_path: Path) -> Callable[..., list[Path]]:
    """Clips of these names."""

    def make(*names: str) -> list[Path]:
        folder = tmp_path / "corpus"
        folder.mkdir(exist_ok=True)
        for name in names:
            (folder / f"{name}.mp4").write_bytes((tiny_clips / "0.mp4").read_bytes())
        return [folder / f"{name}.mp4" for name in names]

    return make


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    assert not children(os.getpid())
    assert not list(Path(os.environ.get("TMPDIR", "/tmp")).glob(f"{TEMPORARY}{os.getpid()}-*"))


def children(pid: int) -> list[int]:
    """Processes whose parent this is and that run a worker."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat, words = (folder / "stat").read_text().rpartition(")")[2].split(), (folder / "cmdline").read_text()
        except OSError:
            continue
        if int(stat[1]) == pid and "kinesics.batch.worker" in words and stat[0] != "Z":
            found.append(int(folder.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def facts_of(out: Path) -> dict[str, dict[str, Any]]:
    """What the shards of a folder say, by the clip's name."""
    found = [read_facts(place) for place in (out / FOLDER).iterdir()]
    assert all(found)
    return {Path(one["path"]).stem: one for one in found if one}


def test_one_worker_and_two_give_the_same_rows(tiny_clips: Path, tmp_path: Path) -> None:
    one, two = (run(tiny_clips, tmp_path / str(n), Config(jobs=("shots",)), workers=n) for n in (1, 2))
    assert one["rows_sha256"] == two["rows_sha256"] == rows_sha256((tmp_path / "2" / FOLDER).glob("*.parquet"))
    assert one["statuses"] == {"ok": 4} and one["rows"] == 8 and not list((tmp_path / "1" / FOLDER).glob("*.tmp"))


def test_a_worker_that_dies_is_replaced_and_its_clip_done_again_or_marked(rude: Config, named: Any, tmp_path: Path) -> None:
    clips = named("dies", "aborts", "dies_once", "wrong", "fine", "also_fine")
    result = run(clips, tmp_path / "out", rude, workers=2)
    assert result["failed"] == {"crashed": 2, "failed": 1} and result["statuses"]["ok"] == 3
    told = facts_of(tmp_path / "out")
    assert {name: one["attempts"] for name, one in told.items() if one["attempts"] > 1} == {
        "dies": 2,
        "aborts": 2,
        "dies_once": 2,
    }
    assert told["dies"]["error"] == "the worker died of it, twice: killed by SIGKILL"
    assert told["aborts"]["error"].endswith("killed by SIGABRT") and "ZeroDivisionError" in told["wrong"]["error"]
    begun = [line.split() for line in (tmp_path / "notes").read_text().splitlines()]
    assert len({pid for _, pid, name in begun if name == "dies.mp4"}) == 2  # the second time in a fresh one
    again = run(clips, tmp_path / "out", rude, workers=1)  # somebody may have killed it
    assert (again["done"], again["skipped"], again["failed"]) == (1, 5, result["failed"])


def test_a_worker_that_leaves_by_itself_is_said_so(rude: Config, named: Any, tmp_path: Path) -> None:
    (clip,) = named("leaves")
    with Worker(rude, Limits()) as worker:
        told = worker.do(Task(str(clip), clip.stat().st_size, str(tmp_path / "new" / "a.parquet")))
        assert (told["status"], told["error"]) == ("crashed", "the worker died of it, twice: it ended with status 3")
        assert worker.do(Task(str(clip), clip.stat().st_size, str(tmp_path / "new" / "a.parquet"))) == told  # as it is there


def test_a_clip_that_takes_too_long_is_ended_with_what_it_started(
    rude: Config, named: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    named("starts_another", "fine", "also_fine")
    run(tmp_path / "corpus" / "fine.mp4", tmp_path / "out", rude, workers=1)
    limit = 1 + round(4 * facts_of(tmp_path / "out")["fine"]["seconds"])  # ample for what is fine, however busy the machine
    result = run(tmp_path / "corpus", tmp_path / "out", rude, workers=1, limits=Limits(timeout=limit))
    assert result["statuses"] == {"ok": 2, "timeout": 1}
    told = facts_of(tmp_path / "out")["starts_another"]
    assert told["error"] == f"it took longer than {limit} s, the limit for a clip"
    assert told["attempts"] == 1 and told["seconds"] >= limit
    wait_until(lambda: not alive(int((tmp_path / "another").read_text())), 1.0)


def test_a_clip_that_eats_memory_is_ended_after_a_fresh_worker_met_it(rude: Config, named: Any, tmp_path: Path) -> None:
    result = run(named("hog", "no_memory", "fine"), tmp_path / "out", rude, workers=1, limits=Limits(memory=450))
    told = facts_of(tmp_path / "out")
    assert result["statuses"] == {"memory": 2, "ok": 1}
    assert {told[name]["attempts"] for name in ("hog", "no_memory")} == {2}
    assert told["hog"]["error"] == told["no_memory"]["error"] == "it needed more than 450 MB, the limit for a worker"


def test_a_worker_killed_between_two_clips_is_no_clips_fault(tiny_clips: Path, tmp_path: Path) -> None:
    one, two = (Task(str(tiny_clips / f"{i}.mp4"), 1, str(tmp_path / f"{i}.parquet")) for i in range(2))
    with Worker(Config(jobs=("shots",)), Limits()) as worker:
        assert worker.do(one)["attempts"] == 1
        (pid,) = children(os.getpid())
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert worker.do(two)["attempts"] == 1


def test_a_worker_that_leaks_is_replaced_between_two_clips(rude: Config, named: Any, tmp_path: Path) -> None:
    clips = named(*(f"leak{i}" for i in range(5)))
    assert run(clips, tmp_path / "out", rude, workers=1, limits=Limits(memory=1000))["statuses"] == {"ok": 5}
    assert {told["attempts"] for told in facts_of(tmp_path / "out").values()} == {1}
    assert len({line.split()[1] for line in (tmp_path / "notes").read_text().splitlines()}) == 2


def test_no_room_ends_the_run_in_one_line(tiny_clips: Path, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))  # the workers have it, too
    try:
        with pytest.raises(JobError, match=r"^[^\n]*parquet: cannot be written \([^\n]*too large[^\n]*then run again$"):
            run(tiny_clips, tmp_path / "out", Config(jobs=("shots",)), workers=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list((tmp_path / "out" / FOLDER).iterdir())


def test_what_no_clip_can_do_is_said_once(tiny_clips: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nonsense"):
        run(tiny_clips, tmp_path / "out", Config(jobs=("people",), pose="nonsense"), workers=2)
    assert not list((tmp_path / "out" / FOLDER).iterdir())


def test_a_worker_too_large_before_it_begins_is_said(tiny_clips: Path, tmp_path: Path) -> None:
    with pytest.raises(JobError, match="it needs more than 5 MB"):
        run(tiny_clips, tmp_path / "out", Config(jobs=("shots",)), workers=1, limits=Limits(memory=5))


def test_closing_a_worker_ends_it_in_the_middle(rude: Config, named: Any, tmp_path: Path, wait_until: Any) -> None:
    (clip,) = named("sleeps")
    worker, ends = Worker(rude, Limits()), []

    def work() -> None:
        try:
            worker.do(Task(str(clip), 1, str(tmp_path / "shards" / "a.parquet")))
        except Stopped as stopped:
            ends.append(stopped)

    thread = threading.Thread(target=work)
    thread.start()
    wait_until((tmp_path / "sleeps").exists)
    began = time.monotonic()
    worker.close()
    thread.join()
    assert ends and time.monotonic() - began < 5
    with pytest.raises(Stopped):
        worker.do(Task(str(clip), 1, str(tmp_path / "shards" / "a.parquet")))


def test_a_step_that_raises_ends_all_workers(tiny_clips: Path, tmp_path: Path) -> None:
    def step(facts: dict[str, Any]) -> None:
        raise KeyboardInterrupt

    tasks = [Task(str(clip), 1, str(tmp_path / f"{clip.stem}.parquet")) for clip in sorted(tiny_clips.iterdir())]
    with pytest.raises(KeyboardInterrupt):
        run_shards(tasks, Config(jobs=("shots",)), Limits(), workers=2, step=step)
    assert not list(tmp_path.glob("*.tmp"))


DRIVER = """
import sys
from kinesics.batch import Config, run
print(run(sys.argv[1], sys.argv[2], Config.from_json(sys.argv[3]), workers=2))
"""


def test_a_driver_killed_leaves_no_process_and_a_rerun_does_the_rest(
    rude: Config, named: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    named("fine", "starts_another", "other")
    out = tmp_path / "out"
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, str(tmp_path / "corpus"), str(out), rude.to_json()])
    wait_until(lambda: (tmp_path / "another").exists() and (tmp_path / "another").read_text())
    wait_until(lambda: len(list((out / FOLDER).glob("*.parquet"))) == 2)
    workers = children(driver.pid)
    assert workers
    driver.kill()
    driver.wait()
    another = int((tmp_path / "another").read_text())
    wait_until(lambda: not any(map(alive, [*workers, another])), 2.0)
    before = {place.name: place.stat().st_mtime_ns for place in (out / FOLDER).glob("*.parquet")}
    result = run(tmp_path / "corpus", out, rude, limits=Limits(timeout=1.0))  # its lock is free at once
    assert (result["done"], result["skipped"], result["statuses"]) == (1, 2, {"ok": 2, "timeout": 1})
    after = {place.name: place.stat().st_mtime_ns for place in (out / FOLDER).iterdir()}
    assert len(after) == 3 and before.items() <= after.items()  # what was there is as it was, nothing half-written is left
    assert result["rows_sha256"] == rows_sha256((out / FOLDER).iterdir())


def test_an_interrupt_ends_the_driver_without_a_word_from_its_workers(
    rude: Config, named: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    named("sleeps", "fine")
    program = [sys.executable, "-c", DRIVER, str(tmp_path / "corpus"), str(tmp_path / "out"), rude.to_json()]
    driver = subprocess.Popen(
        program, stderr=subprocess.PIPE, start_new_session=True, env={**os.environ, "KINESICS_DEBUG": "1"}
    )
    wait_until((tmp_path / "sleeps").exists)
    os.killpg(driver.pid, signal.SIGINT)  # as a terminal does, to all of the group
    said = driver.communicate()[1].decode()
    assert driver.returncode == -signal.SIGINT
    assert said.count("Traceback") == 1 and said.rstrip().endswith("KeyboardInterrupt")  # the driver's own
    assert not list((tmp_path / "out" / FOLDER).glob("*.tmp"))


def test_lines_of_a_config_pass_the_pipe() -> None:
    config = Config(jobs=("shots",), seconds=1.5)
    assert Config.from_json(json.loads(json.dumps({"config": config.to_json()}))["config"]) == config
