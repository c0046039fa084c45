"""`kinesics depth track`: files that are complete, one line for what is wrong, and the measurement of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import kinesics as ks
from kinesics.bodies.named import named_motion
from kinesics.cli import main
from kinesics.depth import train_depth
from kinesics.errors import SourceError
from kinesics.pipeline.depth_running import track_depth
from kinesics.pipeline.depth_sinks import DEPTH_KINDS
from kinesics.testing.depth_room import KnownJoints, Room, frames, walk

ROOM = Room(camera=Room().camera.resized(160, 120))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A depth model that knows little and is there in seconds."""
    place = tmp_path_factory.mktemp("depth") / "tiny.kin"
    train_depth(place, bodies=80, trees=1, depth=8, decoders=60, size=(160, 120), workers=1)
    return place


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    people = [walk(named_motion("wave", seed=s), (x, 2.4), (x, 2.4))[::3][:14] for s, x in ((1, -0.5), (2, 0.5))]
    depth = np.stack([frame.depth for frame, _, _ in frames(ROOM, people, fps=10)])
    camera = ROOM.camera
    np.savez_compressed(
        tmp_path / "clip.npz",
        depth=np.rint(depth * 1000).astype(np.uint16),
        camera=np.array([camera.fx, camera.fy, camera.cx, camera.cy]),
        times=np.arange(len(depth)) / 10,
    )
    return tmp_path


def test_a_recording_becomes_files_and_one_object(here: Path, tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = [kind for kind in DEPTH_KINDS if kind != "rrd"]
    words = ["depth", "track", "clip.npz", "-o", "out", "--model", str(tiny), "--decoder", "votes", "--save", ",".join(kinds)]
    assert main([*words, "--json", "-q"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["frames"] == 14
    assert result["status"] == "ok"
    assert set(result["outputs"]) == set(kinds)
    files = {kind: Path(path) for kind, path in result["outputs"].items()}
    assert all(path.is_file() for path in files.values())
    assert sorted(p.name for p in (here / "out").iterdir()) == sorted(path.name for path in files.values())
    scenes = list(ks.read_scenes(files["jsonl"]))
    assert len(scenes) == 14
    assert scenes[0].people.masks is None
    assert scenes[-1].chosen["camera"][0] == pytest.approx(ROOM.camera.fx)
    assert cv2.imread(str(files["png"])).shape[1] > 1000
    assert cv2.imread(str(files["sides"])) is not None
    with av.open(str(files["mp4"])) as film:
        assert sum(1 for _ in film.decode(video=0)) == 14
    with np.load(files["npz"], allow_pickle=False) as arrays:
        assert arrays["world"].shape == (14, len(arrays["ids"]), 20, 3)
        assert arrays["joints"].tolist() == list(ks.skeleton("kinect20").joints)
        assert arrays["times"] == pytest.approx(np.arange(14) / 10)
        seen = arrays["scores"] > 0
        assert np.isfinite(arrays["world"][seen]).all()
        assert arrays["floor"][3] == pytest.approx(1.1, abs=0.05)


def test_a_known_finder_gives_the_same_people_in_every_file(here: Path) -> None:
    known = KnownJoints()
    people = [walk(named_motion("stand", seed=1), (0.0, 2.4), (0.0, 2.4))[:10]]
    for _frame in known.feed(frames(ROOM, people, fps=10)):
        pass  # it knows the last joints, and the person stands still
    result = track_depth("clip.npz", "out", save=["jsonl", "npz"], model=known, skeleton="itop15")
    with np.load(result["outputs"]["npz"], allow_pickle=False) as arrays:
        worlds = {int(i): arrays["world"][:, k] for k, i in enumerate(arrays["ids"])}
    for at, scene in enumerate(ks.read_scenes(result["outputs"]["jsonl"])):
        for identity, world in zip(scene.people.ids.tolist(), np.asarray(scene.people.world), strict=True):
            assert worlds[identity][at] == pytest.approx(world, abs=1e-4, nan_ok=True)


def test_options_reach_the_tracker(here: Path, tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["depth", "track", "clip.npz", "--model", str(tiny), "--save", "jsonl", "--masks", "--skeleton", "coco17"]
    more = [
        "--seconds",
        "0.45",
        "--background",
        "none",
        "--predict",
        "50",
        "--people",
        "1",
        "--decoder",
        "parts",
        "--no-smooth",
    ]
    assert main([*words, *more, "--json", "-q"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["frames"] == 5
    scenes = list(ks.read_scenes(result["outputs"]["jsonl"]))
    assert all(scene.people.skeleton.name == "coco17" for scene in scenes)
    assert max(len(scene.people) for scene in scenes) <= 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["missing/"],
        ["empty"],
        ["words.npz"],
        ["clip.npz", "--model", "missing.kin"],
        ["clip.npz", "--model", "words.npz"],
        ["clip.npz", "--save", "nosuch"],
        ["clip.npz", "--skeleton", "hand21"],
        ["clip.npz", "--skeleton", "nosuch"],
        ["clip.npz", "--decoder", "nosuch"],
        ["clip.npz", "--background", "green"],
        ["clip.npz", "--predict", "200"],
        ["clip.npz", "--people", "0"],
        ["clip.npz", "--fps", "0"],
        ["clip.npz", "--camera", "words.npz"],
        ["clip.npz", "--out", "words.npz"],
        ["nosuch://camera"],
        [],
    ],
    ids=" ".join,
)
def test_bad_input_is_one_line_status_2_and_no_files(
    here: Path, tiny: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    (here / "words.npz").write_text("these are words")
    (here / "empty").mkdir()
    before = {p: p.stat().st_mtime_ns for p in here.rglob("*")}
    model = [] if "--model" in arguments else ["--model", str(tiny)]
    assert main(["depth", "track", *arguments, *model, "-q"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("kinesics: ")
    assert said.err.count("\n") == 1
    assert {p: p.stat().st_mtime_ns for p in here.rglob("*")} == before


def test_a_recording_without_anybody_gives_complete_files(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(here / "nobody.npz", depth=np.zeros((4, 60, 80), np.uint16))
    result = track_depth("nobody.npz", "out", save=["jsonl", "csv", "npz", "png", "sides", "mp4"], model=KnownJoints())
    assert result["people"] == 0
    assert all(Path(path).is_file() for path in result["outputs"].values())
    with np.load(result["outputs"]["npz"]) as arrays:
        assert arrays["world"].shape == (4, 0, 20, 3)


def test_a_camera_that_dies_leaves_complete_files(here: Path) -> None:
    class Dying:
        """Eight pictures, then nothing but errors."""

        camera = ROOM.camera

        def __init__(self) -> None:
            self.rng, self.left = np.random.default_rng(0), 8

        def read(self) -> object:
            time.sleep(0.01)
            if not self.left:
                raise OSError("the plug was pulled")
            self.left -= 1
            return ROOM.shot([], self.rng)[0]

    try:
        result = track_depth(Dying(), "out", save=["jsonl", "npz"], model=KnownJoints())
    except SourceError as error:
        assert "\n" not in str(error)
    else:
        assert result["status"] != "open"
    (jsonl,) = (here / "out").glob("*.jsonl")
    assert 1 <= len(list(ks.read_scenes(jsonl))) <= 8
    assert not list((here / "out").glob("*.partial*"))


def test_an_interrupt_ends_with_130_and_complete_files(here: Path, tiny: Path) -> None:
    rng = np.random.default_rng(0)
    depth = np.rint(ROOM.shot([], rng)[0] * 1000).astype(np.uint16)
    np.savez_compressed(here / "long.npz", depth=np.repeat(depth[None], 4000, axis=0))
    words = [sys.executable, "-m", "kinesics", "depth", "track", "long.npz", "--model", str(tiny), "--progress", "json"]
    process = subprocess.Popen(
        [*words, "--save", "jsonl,npz,png"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if json.loads(line).get("done", 0) >= 20:
            break
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert rest.splitlines()[-1] == "kinesics: interrupted"
    out = here / "kinesics-depth"
    count = len(list(ks.read_scenes(out / "long.jsonl")))
    assert count >= 15  # what is told as done may still be on its way into the file
    with np.load(out / "long.npz") as arrays:
        assert len(arrays["times"]) == pytest.approx(count, abs=1)
    assert cv2.imread(str(out / "long.png")) is not None
    assert not list(out.glob("*.partial*"))


def test_rerun_is_asked_for_before_the_work(
    here: Path, tiny: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rerun", None)
    assert main(["depth", "track", "clip.npz", "--model", str(tiny), "--save", "rrd", "-q"]) == 2
    assert "pip install 'kinesics[rerun]'" in capsys.readouterr().err
    assert not (here / "kinesics-depth").exists()


def test_a_recording_for_rerun_is_written_whole(here: Path) -> None:
    pytest.importorskip("rerun", reason="the extra kinesics[rerun] is not installed")
    known = KnownJoints()
    people = [walk(named_motion("stand", seed=1), (-0.5, 2.4), (-0.5, 2.4))[:10]]
    for _frame in known.feed(frames(ROOM, people, fps=10)):
        pass
    result = track_depth("clip.npz", "out", save=["rrd"], model=known, seconds=0.5)
    data = Path(result["outputs"]["rrd"]).read_bytes()
    assert data[:3] == b"RRF"
    assert len(data) > 20_000
    assert b"world/people/" in data
    assert [p.name for p in (here / "out").iterdir()] == ["clip.rrd"]


def test_the_measurement_has_its_keys(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["bench", "depth-track", "--model", str(tiny), "--frames", "6", "--repeats", "1", "--decoder", "votes", "--json"]
    assert main(words) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["fps"] > 1
    assert 0 < result["ms_p50"] <= result["ms_p95"] <= result["ms_p99"]
    for key in ("people_ms", "joints_ms", "tracks_ms", "body_pixels", "machine", "versions", "command"):
        assert key in result
