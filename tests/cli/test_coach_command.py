"""`kinesics coach`: what a user sees; the counting itself is tested with the actions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kinesics.cli import main
from kinesics.formats import write_sequence
from kinesics.testing import make_video
from kinesics.testing.exercising import exercise_clip
from kinesics.weights import find


@pytest.fixture
def squats(tmp_path: Path) -> Path:
    clip, _ = exercise_clip("squat", [1, 0.5, 1], azimuth=20, fps=15)
    write_sequence(tmp_path / "squats.pose", clip)
    return tmp_path / "squats.pose"


def test_exercises_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coach", "list"]) == 0
    listed = capsys.readouterr().out
    assert main(["coach", "--list"]) == 0
    assert capsys.readouterr().out == listed
    assert [line.split()[0] for line in listed.splitlines()][:3] == ["biceps-curl", "deadlift", "lunge"]


def test_a_file_of_poses_is_coached(squats: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coach", "squat", str(squats), "--json", "--out", str(squats.parent / "page")]) == 0
    values = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (values["repetitions"], values["not_counted"]) == (2, 1)
    assert [round(start) for start, _, _ in values["times"]] == [1, 8]
    assert values["tries"][1]["why_not"].startswith("not deep enough")
    assert Path(values["outputs"]["session"]).stat().st_size > 5000


def test_in_words_it_is_a_line_of_counts_and_one_of_advice(squats: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coach", "squat", str(squats)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "squat: 2 repetitions, 1 not counted"
    assert lines[1].startswith("one did not count: not deep enough")


def test_an_exercise_is_recorded_and_used(squats: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = squats.parent / "mine.toml"
    assert main(["coach", "record", str(squats), "-o", str(mine), "--name", "my squat"]) == 0
    assert main(["coach", str(mine), str(squats), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["exercise"] == "my squat"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "expected an exercise and a source"),
        (["squat"], "expected an exercise and a source"),
        (["sqaut", "film.mp4"], "'sqaut', squat perhaps"),
        (["bad.toml", "film.mp4"], "bad.toml: measures: expected a table"),
        (["none.toml", "film.mp4"], "none.toml: no exercise can be read there"),
        (["squat", "none.mp4"], "none.mp4: there is no such file"),
        (["squat", "words.mp4"], "words.mp4: not a video"),
        (["record", "squats.pose", "-o", "mine.txt"], "mine.txt: an exercise is written to a .toml file"),
    ],
    ids=["nothing", "no source", "a typing error", "a bad exercise", "no exercise", "no video", "no film", "no toml"],
)
def test_bad_input_is_one_line(
    arguments: list[str], words: str, squats: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(squats.parent)
    Path("bad.toml").write_text("name = 3", "utf-8")
    Path("words.mp4").write_text("no film", "utf-8")
    assert main(["coach", *arguments]) == 2
    told = capsys.readouterr().err.strip()
    assert words in told and "\n" not in told


def test_a_film_without_people_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _weights()
    make_video(tmp_path / "film.mp4", frames=8)
    assert main(["coach", "squat", str(tmp_path / "film.mp4"), "--pose", "balanced"]) == 0
    told = capsys.readouterr()
    assert told.out == "squat: 0 repetitions\n" and "nobody seen" in told.err


@pytest.mark.skipif(os.name == "nt", reason="interrupts are sent otherwise there")
def test_an_interrupt_keeps_what_was_counted(tmp_path: Path) -> None:
    _weights()
    make_video(tmp_path / "film.mp4", frames=3000)
    program = [sys.executable, "-m", "kinesics", "coach", "squat", "film.mp4", "--pose", "fast", "--json", "--progress", "json"]
    run = subprocess.Popen(program, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stderr is not None
    for _ in range(3):
        run.stderr.readline()
    time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 0, err
    assert "ended early" in err
    assert json.loads(out.splitlines()[-1])["repetitions"] == 0


def _weights() -> None:
    try:
        find("movenet_multipose")
    except Exception as error:
        pytest.skip(str(error))
