"""The viewer's bench: what it counts and says, on a small person and few pictures."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from kinesics.bench.unet2022 import OUT, SIDE, Unet2022, write_unet
from kinesics.bench.viewer import bench_viewer, driving_poses, simulate_slow_machine
from kinesics.cli import main
from kinesics.viewer import SIZE, CostTable, Person, save_person


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def person() -> Person:
    """Somebody who is a disc with a stick."""
    rng = np.random.default_rng(0)
    rest = rng.uniform(150, 350, (133, 2)).astype(np.float32)
    points = np.stack([rest + np.float32(12 * k) for k in range(4)])
    encoded = []
    for k in range(4):
        picture = np.zeros((200, 200, 4), np.uint8)
        cv2.circle(picture, (100, 100), 70 + k, (200, 120, 60, 255), -1)
        encoded.append(cv2.imencode(".webp", picture)[1].tobytes())
    boxes = np.array([[150 + 12 * k, 150 + 12 * k, 200, 200] for k in range(4)], np.int32)
    return Person("disc", tuple(encoded), boxes, points, np.ones((4, 133), np.float32))


def test_driving_poses_lead_from_keyframe_to_keyframe_in_small_steps(person: Person) -> None:
    poses = driving_poses(person, 20)
    times, points = np.array([p[0] for p in poses]), np.stack([p[1] for p in poses])
    assert np.allclose(np.diff(times), 0.04) and len(poses) == 20
    assert np.abs(np.diff(points, axis=0)).max() <= 12 / 6 + 1e-3
    assert (points[0] == person.points[0]).all() and (points[18] == person.points[3]).all()


def test_the_simulated_slow_machine_keeps_the_contract_and_is_the_same_each_time() -> None:
    costs = CostTable((0.005, 0.010, 0.016, 0.024), (0.006, 0.012, 0.018, 0.027))
    for budget in (0.02, 0.033, 0.04, 0.1):
        found = simulate_slow_machine(costs, budget)
        assert found["over_budget"] <= 0.05 and found["over_budget_settled"] <= 0.01, budget
        assert found["tier_changes"] <= 24
        assert found == simulate_slow_machine(costs, budget)
    assert {"t0", "t3"} <= set(simulate_slow_machine(costs, 0.033)["tiers"])


def test_the_net_of_2022_has_its_size_and_shapes(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    facts = write_unet(tmp_path / "unet.onnx")
    assert facts["parameters"] == pytest.approx(56_582_000, rel=1e-3)
    assert facts["macs"] == pytest.approx(10.498e9, rel=1e-3)
    net = Unet2022(tmp_path / "unet.onnx")
    points, scores = np.full((133, 2), np.nan, np.float32), np.zeros(133, np.float32)
    blank = net.input(points, scores)
    assert blank.shape == (1, 3, SIDE, SIDE) and (blank == -1).all()
    points[:17], scores[:17] = np.random.default_rng(1).uniform(100, 400, (17, 2)), 1
    assert (net.input(points, scores) > 0).any()
    picture = net.draw(points, scores)
    assert picture.shape == (OUT, OUT, 3) and picture.dtype == np.uint8 and picture.std() > 0
    assert len(net.timed([(points, scores)] * 2, 2)) == 2


def test_bench_viewer_without_onnx_measures_the_tiers_and_says_what_is_absent(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    save_person(tmp_path / "disc.kin", person)
    found = bench_viewer(tmp_path / "disc.kin", rounds=1, pictures=4, starts=1)
    assert found["fps_t0"] > 10 and 0 < found["ms_p50_t0"] <= found["ms_p95_t0"]
    assert {f"fps_{name}" for name in ("t1", "t2", "t3")} - set(found) == {f"fps_{name}" for name in found["missing"]}
    assert "onnx is needed" in found["reference"] and "fps_2022" not in found
    assert found["nets"] == ("generic, for this person has none" if found["bytes_nets"] else "none")
    assert 0 < found["first_picture_seconds"] < 30 and found["peak_rss_mb"] > 20
    assert 0 <= found["over_budget"] <= 1 and found["over_budget_simulated"] <= 0.05


def test_bench_viewer_command_gives_one_object(person: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_person(tmp_path / "disc.kin", person)
    arguments = ["bench", "viewer", "--person", str(tmp_path / "disc.kin"), "--rounds", "1"]
    arguments += ["--starts", "1", "--pictures", "4", "--no-reference", "--json"]
    assert main(arguments) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {"fps_t0", "over_budget", "first_picture_seconds", "machine", "command"} <= set(found)
    assert found["size"] == SIZE and found["reference"] == "not asked for"


def test_bench_viewer_of_no_person_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["bench", "viewer", "--person", str(tmp_path / "nobody.kin")]) == 2
    assert "nobody.kin" in capsys.readouterr().err
