"""`kinesics teach`: marks, folders, keys of a terminal, a pad; what is kept, and what is refused in one line."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "actions"))

from made_motions import clip, motion, still

from kinesics import ActionTeacher, write_sequence
from kinesics.cli import main
from kinesics.cli.keys import key_events, raw_keys
from kinesics.cli.pad import EVENT, open_pad, pad_events, read_pad
from kinesics.errors import SourceError
from kinesics.pipeline.marks import Event

FILM = clip(still(1), motion("squat"), still(1), motion("raise"), still(1))
PLAIN = ["--embedding", "plain"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_sequence("film.jsonl", FILM)
    return tmp_path


def test_marks_teach_and_what_was_taught_is_taught_on(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["teach", "film.jsonl", "-o", "m.kin", "--mark", "squat@0.9-2.7", "--json", *PLAIN]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["classes"] == {"squat": {"examples": 1, "sure": 0}} and told["model"] == "m.kin"
    (here / "marks.csv").write_text("start,end,label\n3.5,5.3,raise\n")
    assert main(["teach", "film.jsonl", "-o", "m.kin", "--marks", "marks.csv"]) == 0
    out, err = capsys.readouterr()
    assert "2 examples of 2 actions" in out and "example 2: raise" in err
    assert main(["teach", "-o", "m.kin", "--remove", "1"]) == 0
    assert main(["teach", "-o", "m.kin", "--list", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out.splitlines()[-1])["classes"]) == ["raise"]
    assert main(["teach", "film.jsonl", "-o", "m.kin", "--fresh", "--mark", "squat@0.9-2.7", *PLAIN]) == 0
    assert ActionTeacher.load("m.kin").classes_ == ("squat",)


def test_a_folder_of_clips_teaches(here: Path) -> None:
    for label in ("squat", "raise"):
        (here / "clips" / label).mkdir(parents=True)
        write_sequence(here / "clips" / label / "a.jsonl", clip(still(0.2), motion(label), still(0.2)))
    assert main(["teach", "--examples", "clips", "-o", "m.kin", *PLAIN]) == 0
    assert ActionTeacher.load("m.kin").classes_ == ("raise", "squat")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["film.jsonl"],
        ["-o", "new.kin"],
        ["film.jsonl", "-o", "new.kin"],
        ["film.jsonl", "-o", "new.kin", "--labels", "wave"],
        ["film.jsonl", "-o", "new.kin", "--mark", "wave"],
        ["film.jsonl", "-o", "new.kin", "--mark", "unknown@1-2"],
        ["film.jsonl", "-o", "new.kin", "--mark", "a@1-3", "--mark", "b@2-4"],
        ["film.jsonl", "-o", "new.kin", "--marks", "nosuch.csv"],
        ["film.jsonl", "-o", "new.kin", "--marks", "film.jsonl"],
        ["nosuch.mp4", "-o", "new.kin", "--mark", "a@1-2"],
        ["film.jsonl", "-o", "no/folder.kin", "--mark", "a@1-2"],
        ["film.jsonl", "-o", "film.jsonl", "--mark", "a@1-2"],
        ["film.jsonl", "-o", "new.kin", "--mark", "a@1-2", "--embedding", "nosuch"],
        ["film.jsonl", "-o", "new.kin", "--mark", "a@1-2", "--film", "nothing.xyz"],
        ["film.jsonl", "-o", "new.kin", "--labels", "a", "--pad", "nosuch"],
        ["-o", "new.kin", "--mark", "a@1-2"],
        ["-o", "new.kin", "--remove", "wave"],
        ["-o", "new.kin", "--remove", "7"],
        ["-o", "new.kin", "--examples", "nosuch"],
        ["film.jsonl", "-o", "new.kin", "--mark", "a@1-2", "--seconds", "-1"],
    ],
    ids=" ".join,
)
def test_bad_input_is_one_line_status_2_and_no_file(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    before = (here / "film.jsonl").read_bytes()
    assert main(["teach", *arguments]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("kinesics: ") and not (here / "new.kin").exists()
    assert (here / "film.jsonl").read_bytes() == before


def test_a_lesson_in_which_nothing_was_learned_fails_and_leaves_the_model(here: Path) -> None:
    assert main(["teach", "film.jsonl", "-o", "m.kin", "--mark", "a@50-60", *PLAIN]) == 1
    assert not (here / "m.kin").exists()
    assert main(["teach", "film.jsonl", "-o", "m.kin", "--mark", "squat@0.9-2.7", *PLAIN]) == 0
    assert main(["teach", "film.jsonl", "-o", "m.kin", "--mark", "a@50-60"]) == 1
    assert ActionTeacher.load("m.kin").classes_ == ("squat",)
    assert main(["teach", "-o", "m.kin", "--remove", "squat"]) == 2  # nothing would be left
    assert ActionTeacher.load("m.kin").classes_ == ("squat",)


def _in_a_terminal(here: Path, *arguments: str) -> tuple[subprocess.Popen[str], int]:
    """The command with a terminal to read from; the terminal's other end."""
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        [sys.executable, "-m", "kinesics", "teach", *arguments],
        cwd=here, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(theirs)
    return run, ours


def _wait_for(run: subprocess.Popen[str], words: str) -> None:
    assert run.stderr is not None
    for line in run.stderr:
        if words in line:
            return
    raise AssertionError(f"{words!r} was never said")


def test_keys_teach_and_ctrl_c_keeps_what_was_learned(here: Path) -> None:
    run, terminal = _in_a_terminal(here, "film.jsonl", "-o", "m.kin", "--labels", "squat,raise", *PLAIN)
    try:
        _wait_for(run, "1 squat, 2 raise")
        os.write(terminal, b"1")
        _wait_for(run, "squat: show it")
        time.sleep(1.2)
        os.write(terminal, b"1")
        _wait_for(run, "example 1: squat")
        os.write(terminal, b"2")
        _wait_for(run, "raise: show it")
        run.send_signal(signal.SIGINT)
        assert run.wait(20) == 0
    finally:
        run.kill()
        run.communicate()
        os.close(terminal)
    assert ActionTeacher.load(here / "m.kin").classes_ == ("squat",)


def test_keys_mean_what_the_help_says() -> None:
    assert key_events("1x2u", ["a", "b"]) == [Event(None, "toggle", "a"), Event(None, "toggle", "b"), Event(None, "undo")]
    assert key_events("39\x04", ["a"]) == [Event(None, "quit")]
    with open(os.devnull) as nothing, raw_keys(nothing) as keyed:
        assert not keyed


def test_a_pad_holds_labels_and_ignores_sticks_and_what_was_held_before(tmp_path: Path) -> None:
    data = b"".join(
        EVENT.pack(0, value, kind, button)
        for value, kind, button in ((1, 0x81, 0), (1, 1, 1), (900, 2, 0), (0, 1, 1), (1, 1, 2), (1, 1, 9))
    )
    assert pad_events(data, ["a", "b"]) == [Event(None, "begin", "b"), Event(None, "end"), Event(None, "undo")]
    (tmp_path / "js0").write_bytes(data)
    with open_pad(tmp_path / "js0") as number:
        assert number is not None and read_pad(number) == data and read_pad(number) == b""
    with open_pad(None) as number:
        assert number is None
    with pytest.raises(SourceError, match="js0"), open_pad(tmp_path / "no" / "js0"):
        pass
