from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from kinesics.bodies import JOINTS, PARTS, ViewMaker
from kinesics.cli import main
from kinesics.depth import synthesize
from kinesics.depth.png_folder import read_png
from kinesics.draw.depth_sheet import depth_sheet
from kinesics.errors import SinkError, UsageError


def read_grey(path: Path) -> np.ndarray:
    import cv2

    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert picture is not None and picture.ndim == 2
    return picture


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("synth") / "set"
    synthesize(out, count=3, seed=7, people=2, size=(160, 120), detail="light", picture=depth_sheet)
    return out


def test_a_set_holds_what_the_views_are(made: Path) -> None:
    maker = ViewMaker(7, people=2, size=(160, 120), detail="light")
    lines = [json.loads(line) for line in (made / "views.jsonl").read_text("utf-8").splitlines()]
    assert [line["view"] for line in lines] == [0, 1, 2]
    for line in lines:
        view = maker.view(line["view"])
        name = f"{view.index:06d}.png"
        assert np.abs(read_png(made / "depth" / name) / 1000 - view.depth).max() <= 0.0006
        np.testing.assert_array_equal(read_grey(made / "parts" / name), view.parts)
        np.testing.assert_array_equal(read_grey(made / "people" / name).astype(int), view.kept.astype(int) + 1)
        assert line["camera"]["fx"] == view.camera.fx and len(line["people"]) == 2
        for person, joints, visible in zip(line["people"], view.joints, view.visible, strict=True):
            np.testing.assert_allclose([person["joints"][joint] for joint in JOINTS], joints, atol=1e-4)
            assert person["visible"] == [joint for joint, seen in zip(JOINTS, visible, strict=True) if seen]
            assert person["about"]["height"] > 0.5


def test_a_set_says_what_is_what(made: Path) -> None:
    words = (made / "README.txt").read_text("utf-8")
    assert all(part in words for part in PARTS) and "3 views of 160 x 120 pixels, 2 people in each; seed 7" in words
    sheet = read_sheet(made / "contact.png")
    assert sheet.shape[0] > 300 and len(np.unique(sheet.reshape(-1, 3), axis=0)) > 100


def read_sheet(path: Path) -> np.ndarray:
    import cv2

    picture = cv2.imread(str(path))
    assert picture is not None
    return picture


def test_the_same_options_give_the_same_files(made: Path, tmp_path: Path) -> None:
    synthesize(tmp_path / "set", count=3, seed=7, people=2, size=(160, 120), detail="light", picture=depth_sheet)
    files = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
    assert len(files) == 3 * 3 + 3
    for name in files:
        assert (made / name).read_bytes() == (tmp_path / "set" / name).read_bytes(), name


def test_one_focal_length_is_one_camera_file(tmp_path: Path) -> None:
    out = tmp_path / "set"
    synthesize(out, count=2, focal=100.0, size=(80, 60), detail="light")
    camera = json.loads((out / "camera.json").read_text("utf-8"))
    assert camera["fx"] == 100.0 and (camera["width"], camera["cx"]) == (80, 39.5)
    assert not (out / "contact.png").exists() and "camera.json" in (out / "README.txt").read_text("utf-8")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SinkError, match="there is something already"):
        synthesize(tmp_path, count=1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_after_an_error(tmp_path: Path) -> None:
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synthesize(tmp_path / "set", count=3, size=(32, 24), detail="light", progress=stop)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("options", [{"count": 0}, {"sensor": "lidar"}, {"people": -1}])
def test_wrong_options_leave_nothing(options: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        synthesize(tmp_path / "set", **options)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_the_command_writes_a_set_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "set"
    assert main(["depth", "synth", "-o", str(out), "--count", "1", "--size", "64x48", "--sensor", "tof", "--json"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["count"] == 1 and Path(said["out"]) == out and (out / "contact.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--size", "big"], "expected WIDTHxHEIGHT like 320x240, got big"),
        (["--sensor", "lidar"], "there is no lidar"),
        (["--yaw", "north"], "round, front, mixed or degrees"),
        (["--count", "0"], "at least 1, got 0"),
    ],
)
def test_the_command_refuses_in_one_line(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["depth", "synth", "-o", str(tmp_path / "set"), *arguments]) == 2
    said = capsys.readouterr().err.strip()
    assert words in said and "\n" not in said and not list(tmp_path.iterdir())


def test_an_interrupted_command_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "set"
    run = subprocess.Popen(
        [sys.executable, "-m", "kinesics", "depth", "synth", "-o", str(out), "--count", "100000"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list(tmp_path.glob("*/depth/*.png")):
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130 and "interrupted" in said
    assert not list(tmp_path.iterdir())
