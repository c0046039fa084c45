from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from kinesics.cli import main
from kinesics.formats import write_sequence
from kinesics.types import PoseSequence, skeleton

BODY = skeleton("coco17")


def hand(label: str, seed: int, t: int = 30) -> PoseSequence:
    """A figure that raises its left or its right hand, or jumps."""
    rng = np.random.default_rng(seed)
    points = np.zeros((t, 1, 17, 2))
    points[:, 0, :, 1] = [0, 0, 0, 0, 0, 40, 40, 80, 80, 110, 110, 110, 110, 160, 160, 210, 210]
    points[:, 0, :, 0] = [0, 2, -2, 4, -4, 20, -20, 25, -25, 27, -27, 12, -12, 12, -12, 12, -12]
    wave = np.sin(np.linspace(0, np.pi, t))
    for joint in {"left": [9], "right": [10], "jump": range(17)}[label]:
        points[:, 0, joint, 1] -= 120 * wave
    return PoseSequence(points + 300 + rng.normal(0, 2, points.shape), np.ones((t, 1, 17)), np.arange(t) / 30, BODY)


@pytest.fixture(scope="module")
def gym(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gym")
    for part, many in (("train", 8), ("test", 2)):
        for label in ("left", "right", "jump"):
            (folder / part / label).mkdir(parents=True)
            for i in range(many):
                write_sequence(folder / part / label / f"{i}.pose", hand(label, 31 * i + len(label) + many))
    return folder


def test_trains_saves_and_says_how_good_it_is(gym: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "gym.kin"
    assert main(["train", str(gym), "-o", str(out), "--head", "statistics", "--json", "--progress", "json"]) == 0
    told, said = capsys.readouterr()
    values = json.loads(told.splitlines()[-1])
    assert values["classes"] == ["jump", "left", "right"] and values["accuracy"] >= 80 and not values["interrupted"]
    assert (values["clips_train"], values["clips_test"]) == (24, 6) and out.stat().st_size > 1000
    steps = [json.loads(line) for line in said.splitlines()]
    assert {"reading clips"} <= {step.get("step") for step in steps}
    assert any("kept aside for the test" in step.get("say", "") for step in steps)


def test_a_report_is_written_where_it_is_asked_for(gym: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "train",
        str(gym),
        "-o",
        str(tmp_path / "a.kin"),
        "--head",
        "statistics",
        "--report",
        str(tmp_path / "deep" / "in"),
    ]
    assert main(arguments) == 0
    assert (tmp_path / "deep" / "in" / "report.html").read_text("utf-8").startswith("<!")
    words = capsys.readouterr().out
    assert "3 actions learned from 24 clips" in words and "right on the 6 clips of the test" in words


def bad(folder: Path, index: str) -> str:
    folder.mkdir()
    write_sequence(folder / "a.pose", hand("left", 0))
    (folder / "index.csv").write_text(f"file,label\n{index}", "utf-8")
    return str(folder)


@pytest.mark.parametrize(
    ("index", "says"),
    [
        ("a.pose,left\n", "one clip (a.pose) teaches nothing"),
        ("a.pose,left\na.pose,left\n", "all 2 clips have one label"),
        ("a.pose,up/down\na.pose,left\n", "a label is 1 to 100 letters"),
        (f"a.pose,{'x' * 300}\na.pose,left\n", "a label of 300 letters"),
        ("b.pose,left\nc.pose,right\n", "none of 2 clips can be read; the first"),
        ("a.pose,left\nb.pose,right\n", "1 clip cannot be read of 2"),
        ("", "no clips; expected a line for each"),
    ],
)
def test_bad_data_is_one_line_and_exit_2(tmp_path: Path, index: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", bad(tmp_path / "set", index), "-o", str(tmp_path / "a.kin"), "-q"]) == 2
    out, error = capsys.readouterr()
    assert not out and error.count("\n") == 1 and says in error and str(tmp_path / "set") in error
    assert not (tmp_path / "a.kin").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--split", "fold"], "no split column is called 'fold'; there are split"),
        (["--head", "magic"], "--head"),
        (["--minutes", "0"], "'--minutes': Input should be greater"),
        (["--view", "3d"], "3D"),
        (["-o", "/dev/null"], "there is a device or pipe"),
        (["-o", "/absent/a.kin"], "there is no folder"),
    ],
)
def test_bad_options_are_one_line_and_exit_2(
    gym: Path, tmp_path: Path, options: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = [] if "-o" in options else ["-o", str(tmp_path / "a.kin")]
    assert main(["train", str(gym), *place, *options, "-q"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and says in error


def program(gym: Path, out: Path, before: str = "", *options: str) -> subprocess.Popen[str]:
    arguments = ["train", str(gym), "-o", str(out), *options]
    code = f"import sys; {before}; from kinesics.cli import main; sys.exit(main({arguments!r}))"
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def test_a_full_disk_is_one_line(gym: Path, tmp_path: Path) -> None:
    """The limit on the size of files stands in for a disk: both fail in the middle of a write."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))"
    run = program(gym, tmp_path / "a.kin", limit, "--head", "statistics", "-q")
    out, error = run.communicate(timeout=120)
    assert run.returncode == 2 and not out and error.count("\n") == 1 and "could not be saved" in error
    assert not list(tmp_path.iterdir())


def test_ctrl_c_keeps_the_best_so_far(gym: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    run = program(gym, tmp_path / "a.kin", "pass", "--head", "net", "--json", "--progress", "json")
    assert run.stderr is not None and run.stdout is not None
    for line in run.stderr:
        if '"training"' in line:
            break
    assert json.loads(line)["classes"] == ["jump", "left", "right"]
    run.send_signal(signal.SIGINT)
    said = run.stderr.read()
    values = json.loads(run.stdout.read().splitlines()[-1])
    assert run.wait(60) == 0 and values["interrupted"] and (tmp_path / "a.kin").exists()
    assert "the best so far is kept" in said
    run.stdout.close(), run.stderr.close()


def test_a_second_ctrl_c_leaves_at_once_without_a_model(gym: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    run = program(gym, tmp_path / "a.kin", "pass", "--head", "net", "--progress", "json")
    assert run.stderr is not None and run.stdout is not None
    for line in run.stderr:
        if '"training"' in line:
            break
    run.send_signal(signal.SIGINT)
    for line in run.stderr:
        if "Ctrl-C again" in line:
            break
    time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    assert run.wait(60) in (130, 0)
    assert (run.returncode == 0) == (tmp_path / "a.kin").exists()  # a model that was saved before the second press is whole
    run.stdout.close(), run.stderr.close()
