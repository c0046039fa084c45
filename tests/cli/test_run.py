"""`kinesics run` and `kinesics demo`: bad input is one line and status 2, good input is files and one JSON object."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

from kinesics.cli import main
from kinesics.testing import damage, make_video
from kinesics.weights import find


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["missing.mp4"],
        ["empty.mp4"],
        ["words.mp4"],
        ["folder"],
        ["none*.mp4"],
        ["pipe"],
        ["/dev/zero"],
        ["47"],
        ["http://127.0.0.1:9/film.mp4"],
        ["film.mp4", "--pose", "nosuch"],
        ["film.mp4", "--save", "nosuch"],
        ["film.mp4", "--budget", "0"],
        ["film.mp4", "--budget", "soon"],
        ["film.mp4", "--seconds", "-1"],
        ["film.mp4", "--nosuch"],
        ["film.mp4", "--out", "words.mp4"],
        ["film.mp4", "--out", ".", "--save", "mp4"],
        [],
    ],
    ids=" ".join,
)
def test_bad_input_is_one_line_status_2_and_no_files(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    (here / "empty.mp4").touch()
    (here / "words.mp4").write_text("these are words")
    (here / "folder").mkdir()
    os.mkfifo(here / "pipe")
    make_video(here / "film.mp4", frames=4)
    before = {p: p.stat().st_mtime_ns for p in here.rglob("*")}
    assert main(["run", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("kinesics: ")
    assert said.err.count("\n") == 1
    assert {p: p.stat().st_mtime_ns for p in here.rglob("*")} == before


def test_run_writes_what_is_asked_and_prints_one_object(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_video(here / "film.mp4", frames=10)
    assert main(["run", "film.mp4", "--save", "mp4,jsonl,openpose", "--json", "--pose", "fast"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["frames"] == 10
    assert result["status"] == "ok"
    assert set(result["outputs"]) == {"mp4", "jsonl", "openpose"}
    assert all(Path(path).exists() for path in result["outputs"].values())


def test_run_takes_a_folder_of_films_and_one_bad_film_does_not_stop_the_others(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "films").mkdir()
    for name in ("b", "a"):
        make_video(here / "films" / f"{name}.mp4", frames=4)
    (here / "films" / "c.mp4").write_text("no film")
    assert main(["run", "films", "--save", "jsonl", "--json", "--pose", "fast"]) == 1
    said = capsys.readouterr()
    result = json.loads(said.out.splitlines()[-1])
    assert [Path(clip["source"]).name for clip in result["clips"]] == ["a.mp4", "b.mp4"]
    assert result["failed"] == 1
    assert "c.mp4" in said.err


def test_run_says_what_a_cut_film_lacks(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damage(make_video(here / "film.mkv", frames=75), here / "cut.mkv", keep=0.5)
    assert main(["run", "cut.mkv", "--save", "jsonl", "--json", "--pose", "fast"]) == 0
    said = capsys.readouterr()
    result = json.loads(said.out.splitlines()[-1])
    assert result["status"] == "truncated"
    assert 20 < result["frames"] < 60
    assert result["notes"]


def test_an_interrupt_ends_with_130_and_a_film_that_plays(here: Path) -> None:
    words = [sys.executable, "-m", "kinesics", "run", str(find("demo_clip")), "--save", "mp4,jsonl", "--progress", "json"]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if json.loads(line).get("done", 0) >= 20:
            break
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert rest.splitlines()[-1] == "kinesics: interrupted"
    with av.open(str(here / "kinesics-out" / "demo_clip.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) >= 15


def test_progress_json_says_how_far_it_is(here: Path) -> None:
    make_video(here / "film.mp4", frames=6)
    words = [sys.executable, "-m", "kinesics", "run", "film.mp4", "--save", "jsonl", "--progress", "json", "--pose", "fast"]
    start = time.monotonic()
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    steps = [json.loads(line) for line in done.stderr.splitlines()]
    assert [s["done"] for s in steps if "done" in s] == [1, 2, 3, 4, 5, 6]
    assert time.monotonic() - start < 60
