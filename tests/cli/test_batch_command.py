"""`kinesics batch`: what it says where, how it ends, and that nothing is written where nothing was to be."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kinesics.cli import main
from kinesics.testing.video import make_video

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clips, one of them twice, and one that is none."""
    folder = tmp_path_factory.mktemp("films")
    for i in range(2):
        make_video(folder / f"{i}.mp4", size=(96, 64), frames=10 + 10 * i, start=100 * i)
    (folder / "[bad]\n.mp4").write_text("no video")
    (folder / "notes.txt").write_text("not a clip")
    return folder


@pytest.fixture(scope="module")
def tables(films: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `kinesics batch` makes of them."""
    out = tmp_path_factory.mktemp("tables") / "out"
    assert main(["batch", str(films), "-o", str(out), "--jobs", "shots", "--workers", "1", "--quiet"]) == 0
    return out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["films"], "give -o DIR"),
        (["nosuch", "-o", "out"], "nosuch: there is no such file or folder"),
        (["films/notes*", "-o", "films/0.mp4"], "cannot be written"),
        (["films", "-o", "out", "--jobs", "nosuch"], "expected some of people, shots"),
        (["films", "-o", "out", "--jobs", ","], "got none"),
        (["films", "-o", "out", "--jobs", "function"], "needs to be told which"),
        (["films", "-o", "out", "--function", "nosuch.py:f"], "nosuch.py"),
        (["films", "-o", "out", "--timeout", "0"], "timeout: expected a number above 0"),
        (["films", "-o", "out", "--workers", "0"], "--workers"),
        (["films", "-o", "out", "--engine", "ray"], "--engine"),
        (["films", "-o", "out", "--master", "local[2]"], "add --engine spark"),
        (["films", "-o", "out", "--known", "friends"], "add the job"),
        (["films", "-o", "out", "--nosuch"], "--nosuch"),
        (["-o", "out"], "CORPUS"),
        (["summary"], "DIR"),
        (["summary", "films"], "no corpus in this folder; run: kinesics batch CORPUS -o films"),
        (["search", "films"], "EXAMPLE"),
        (["search", "films", "0.mp4"], "films"),
        (["nosuch", "--dry-run"], "there is no such file or folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_usage_is_one_line_status_2_and_no_files(
    films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said, arguments: list[str], words: str
) -> None:
    shutil.copytree(films, tmp_path / "films")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert main(["batch", *arguments]) == 2
    said = capsys.readouterr()
    assert not said.out and len(said.err.splitlines()) == 1 and words in said.err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_run_tells_each_clip_and_ends_with_one_object(films: Path, tmp_path: Path, capsys: Said) -> None:
    out = tmp_path / "out"
    asked = ["batch", str(films), "-o", str(out), "--jobs", "shots", "--json", "--progress", "json", "--workers", "1"]
    assert main(asked) == 0  # a bad file is a result
    said = capsys.readouterr()
    steps = [json.loads(line) for line in said.err.splitlines()]
    assert [step["done"] for step in steps] == [1, 2, 3] and {step["total"] for step in steps} == {3}
    assert steps[-1]["left"] == 0 and all(step["rate"] > 0 for step in steps)
    assert {Path(step["path"]).name: step["status"] for step in steps} == {
        "0.mp4": "ok",
        "1.mp4": "ok",
        "[bad]\n.mp4": "unreadable",
    }
    result = json.loads(said.out.splitlines()[-1])
    assert (result["clips"], result["done"], result["failed"], result["lost"], result["doubled"]) == (3, 3, 1, 0, 0)
    assert result["failures"] == {"unreadable": 1} and result["others"] == 1 and len(result["rows_sha256"]) == 64

    assert main(asked) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["done"], again["skipped"], again["rows_sha256"]) == (0, 3, result["rows_sha256"])


def test_words_name_the_clip_that_failed_on_one_line(films: Path, tmp_path: Path, capsys: Said) -> None:
    assert main(["batch", str(films / "[[]bad]*"), str(films / "0.mp4"), "-o", str(tmp_path / "out"), "--jobs", "shots"]) == 0
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert len(lines) == 1 and r"[bad]\n.mp4: unreadable: not a video" in lines[0]
    assert said.out.startswith("2 clips, ") and "not done: 1 unreadable" in said.out


def test_a_corpus_may_be_called_like_a_command(
    films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("summary", "run"):
        Path(name).mkdir()
        (Path(name) / "words.mp4").write_text("no video")
        assert main(["batch", f"./{name}", "-o", f"out-{name}", "--jobs", "shots", "--json", "--dry-run"]) == 0
        assert json.loads(capsys.readouterr().out)["clips"] == 1


def test_the_summary_is_told_and_drawn(tables: Path, tmp_path: Path, capsys: Said) -> None:
    assert main(["batch", "summary", str(tables)]) == 0
    words = capsys.readouterr().out
    assert words.startswith("3 clips, ") and "2 ok, 1 unreadable" in words and r"[bad]\n.mp4" in words
    assert (tables / "summary.html").is_file()
    assert main(["batch", "summary", str(tables), "--html", str(tmp_path / "page.html"), "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["clips"] == 3 and values["page"] == str(tmp_path / "page.html") and (tmp_path / "page.html").is_file()


def test_who_was_not_looked_for_cannot_be_searched(films: Path, tables: Path, capsys: Said) -> None:
    assert main(["batch", "search", str(tables), str(films / "0.mp4")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_dry_run_reckons_and_writes_nothing(films: Path, tables: Path, tmp_path: Path, capsys: Said) -> None:
    before = {p: p.stat().st_mtime_ns for p in (*films.rglob("*"), *tables.rglob("*"))}
    out = tmp_path / "out"
    assert main(["batch", str(films), "-o", str(out), "--jobs", "shots", "--dry-run", "--json", "--quiet"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert (values["clips"], values["missing"], values["sampled"], values["unreadable"], values["others"]) == (3, 3, 3, 1, 1)
    assert 0 < values["video_hours"] * 3600 < 2
    for name in ("video_hours", "hours", "table_bytes"):
        assert 0 <= values[f"{name}_low"] <= values[name] <= values[f"{name}_high"]
    real = sum(p.stat().st_size for p in (tables / "shards").iterdir())
    assert 0.5 * real < values["table_bytes"] < 2 * real
    assert not out.exists()

    assert main(["batch", str(films), "-o", str(tables), "--jobs", "shots", "--dry-run"]) == 0
    assert "3 are done already" in capsys.readouterr().out
    assert {p: p.stat().st_mtime_ns for p in (*films.rglob("*"), *tables.rglob("*"))} == before


SLOW = """
import pathlib, time
def wait(shot):
    here = pathlib.Path(__file__).parent
    if shot.path.endswith("0.mp4"):
        (here / "begun").touch()
        while not (here / "go").exists():
            time.sleep(0.02)
    return shot.index
"""


def test_interrupted_it_says_so_and_goes_on_where_it_stopped(films: Path, tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    asked = ["batch", str(films), "-o", str(tmp_path / "out"), "--function", f"{tmp_path / 'slow.py'}:wait", "--jobs", "shots"]
    command = [sys.executable, "-m", "kinesics", *asked, "--workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as run:
        end = time.monotonic() + 60
        while not (tmp_path / "begun").exists() and run.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all of them
        said, errors = run.communicate(timeout=60)
    assert (run.returncode, said) == (130, "")
    assert "the same command goes on where this stopped" in errors and "Traceback" not in errors
    assert not list((tmp_path / "out").rglob("*.tmp"))
    (tmp_path / "go").touch()
    assert main([*asked, "--json", "--quiet"]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (result["clips"], result["lost"]) == (3, 0) and result["skipped"] == 3 - result["done"] > 0
