from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics.cli.output import Output, Progress, plain


def test_words_go_to_stderr_and_results_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output()
    out.say("reading")
    out.result({"fps": 29.97, "path": Path("a.mp4")})
    assert capsys.readouterr() == ("fps   29.97\npath  a.mp4\n", "reading\n")


def test_json_is_one_object_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=True).result({"name": "ä", "path": Path("x"), "n": np.int64(3)}, words="never shown")
    line = capsys.readouterr().out
    assert line.count("\n") == 1 and json.loads(line) == {"name": "ä", "path": "x", "n": 3}


def test_quiet_says_results_only(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(quiet=True)
    out.say("reading")
    with out.steps(10, "frames") as bar:
        bar(1)
    out.result({}, words="done")
    assert capsys.readouterr() == ("done\n", "")


def test_progress_as_json_is_lines_of_objects(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(progress=Progress.json)
    out.say("reading")
    with out.steps(2, "frames") as bar:
        bar(1, fps=np.float32(30))
        bar(2, fps=float("nan"))
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert lines[0] == {"say": "reading"}
    assert lines[1] == {"step": "frames", "done": 1, "total": 2, "fps": 30}
    assert lines[2]["fps"] is None


def test_without_a_terminal_there_is_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with Output().steps(None, "frames") as bar:
        bar(1, fps=30)
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_there_is_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with Output().steps(2, "frames") as bar:
        bar(1, fps=30.0)
    out, err = capsys.readouterr()
    assert out == "" and "frames" in err


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.array([[1.5, np.nan], [np.inf, 2]]), [[1.5, None], [None, 2]]),
        ({1: (True, None)}, {"1": [True, None]}),
        (np.bool_(True), True),
        (Path("a/b"), "a/b"),
        ([np.float32(0.5), {"x": {3}}], [0.5, {"x": [3]}]),
    ],
    ids=["array", "mapping", "numpy bool", "path", "nested"],
)
def test_plain_holds_nothing_but_what_json_knows(value: object, expected: object) -> None:
    assert plain(value) == expected
    json.dumps(plain(value), allow_nan=False)
