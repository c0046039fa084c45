from __future__ import annotations

import json
from pathlib import Path

import pytest

from kinesics.cli import main
from kinesics.weights import __main__ as plain
from kinesics.weights import entries


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("kinesics.weights.store.folders", lambda: [tmp_path])
    return tmp_path


def test_list_shows_each_file_and_its_state(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert set(rows) == {row.name for row in entries()}
    assert rows["movenet_multipose"]["state"] == "ok" and rows["movenet_multipose"]["licence"] == "Apache-2.0"


def test_verify_is_content_with_what_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "verify", "default"]) == 0
    assert "movenet_multipose           ok" in capsys.readouterr().out


def test_verify_of_nothing_fails_with_the_command_that_mends(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "verify"]) == 1
    assert capsys.readouterr().err == "kinesics: weights are missing or damaged; run: kinesics weights pull default\n"


def test_verify_of_a_damaged_optional_file_fails_too(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (empty / "nanodet.onnx").write_bytes(b"half")
    assert main(["weights", "verify", "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["nanodet"]["state"].startswith("not made of")
    assert "pull accurate" in err


def test_pull_says_where_the_files_are_when_nothing_is_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "pull"]) == 0
    out, err = capsys.readouterr()
    assert all(Path(line).is_file() for line in out.splitlines()) and err == ""


def test_pull_from_a_wrong_place_is_bad_input(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "pull", "accurate", "--from", str(empty / "none.tgz"), "-q"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "none.tgz: expected the tarball" in err


def test_the_plain_module_does_the_same(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plain.main(["list"]) == 0
    assert plain.main(["verify"]) == 1
    assert plain.main(["pull", "accurate", "--from", str(empty / "none.tgz")]) == 2
    assert "none.tgz: expected the tarball" in capsys.readouterr().err
