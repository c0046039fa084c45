from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kinesics.cli import main
from kinesics.depth import load_model, train_depth
from kinesics.depth import making as making_module
from kinesics.errors import UsageError

SMALL = [
    "--bodies",
    "24",
    "--trees",
    "2",
    "--depth",
    "6",
    "--pixels",
    "60",
    "--offsets",
    "16",
    "--smallest",
    "4",
    "--size",
    "96x72",
]
COMMAND = ["depth", "train", *SMALL, "--decoders", "0", "--workers", "1"]


def test_a_model_is_made_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "m.kin"
    assert main([*COMMAND, "-o", str(out), "--json", "--progress", "json"]) == 0
    said = capsys.readouterr()
    values = json.loads(said.out.splitlines()[-1])
    assert values["bodies"] == 24 and values["trees"] == 2 and values["size"] == [96, 72]
    assert values["mb"] < 1
    steps = [json.loads(line) for line in said.err.splitlines()]
    growing = [step for step in steps if step["step"] == "growing trees"]
    assert [(step["tree"], step["level"]) for step in growing] == [(tree, level) for tree in (1, 2) for level in range(1, 7)]
    assert growing[-1]["done"] == 1.0 and "seconds_left" in growing[0]
    model = load_model(out)
    assert model.forest.trees == 2 and model.forest.has_votes
    assert model.recipe["seed"] == 0 and model.recipe["smallest"] == 4 and "numba" in model.recipe["versions"]
    assert [path.name for path in tmp_path.iterdir()] == ["m.kin"]


def test_ctrl_c_leaves_a_training_that_goes_on_to_the_same_forest(tmp_path: Path) -> None:
    whole, halved = tmp_path / "whole.kin", tmp_path / "halved.kin"
    assert main([*COMMAND, "-o", str(whole), "-q"]) == 0
    arguments = [sys.executable, "-m", "kinesics", *COMMAND, "-o", str(halved), "--progress", "json"]
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if '"level": 3' in line:
            process.send_signal(signal.SIGINT)
            break
    rest = process.stderr.read()
    process.wait(60)
    process.stderr.close()
    assert "Traceback" not in rest
    if process.returncode != 0:  # it may have been done before it heard
        assert process.returncode == 130
        assert not halved.exists()
        assert Path(f"{halved}.training").exists()
        assert "the same command goes on" in rest
    assert main([*COMMAND, "-o", str(halved), "-q"]) == 0
    assert load_model(halved).forest == load_model(whole).forest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["halved.kin", "whole.kin"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "nowhere/m.kin"], "choose another place"),
        (["-o", "."], "there is a folder or device"),
        (["-o", "m.kin", "--size", "big"], "expected WIDTHxHEIGHT"),
        (["-o", "m.kin", "--trees", "0"], "expected 1 to 64"),
        (["-o", "m.kin", "--memory", "0.9", "--bodies", "100000"], "bodies need about"),
        (["-o", "m.kin", "--bodies", "0"], "bodies"),
    ],
    ids=["no folder", "folder", "size", "trees", "memory", "bodies"],
)
def test_what_cannot_be_is_said_in_one_line(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["depth", "train", "--bodies", "8", "--size", "64x48", "--decoders", "0", *arguments]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert len(said.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_of_another_training_is_not_gone_on_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {
        "bodies": 8,
        "trees": 1,
        "depth": 4,
        "pixels": 20,
        "offsets": 8,
        "smallest": 4,
        "decoders": 0,
        "size": (64, 48),
        "workers": 1,
    }
    monkeypatch.setattr(making_module, "save_model", _full)
    with pytest.raises(OSError, match="disk"):
        train_depth(tmp_path / "m.kin", **options)
    monkeypatch.undo()
    with pytest.raises(UsageError, match="depth 4 there and 5 here"):
        train_depth(tmp_path / "m.kin", **{**options, "depth": 5})
    assert train_depth(tmp_path / "m.kin", **options)["training_cpu_seconds"] < 5
    assert [path.name for path in tmp_path.iterdir()] == ["m.kin"]


def _full(*_: object, **__: object) -> None:
    raise OSError("the disk is full")
