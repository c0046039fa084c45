"""`kinesics eval depth`: on made people, and on a labelled set written on the spot."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics.cli import main
from kinesics.depth import open_depth_model
from kinesics.depth.tuning import person_of
from kinesics.evaluate.depth import SCORED, constant_offsets, eval_depth_made, eval_depth_set, measured_across, unseen_views


def test_decoders_are_measured_on_the_same_people() -> None:
    values = eval_depth_made(open_depth_model(), count=12)
    assert values["people"] == 12 and set(values["joints"]) == {"fit", "votes", "parts"}
    for name in ("fit", "votes", "parts"):
        assert 0 < values[f"map_10cm_{name}"] <= 1 and 0 <= values[f"left_right_swaps_{name}"] <= 1
    assert values["map_10cm"] == max(values[f"map_10cm_{name}"] for name in ("fit", "votes", "parts"))
    assert 0.2 < values["part_recall"] < 1


def test_measuring_twice_gives_the_same_numbers() -> None:
    one, two = (eval_depth_made(open_depth_model(), count=3, decoders=("votes",)) for _ in range(2))
    assert {k: v for k, v in one.items() if not k.startswith("ms")} == {k: v for k, v in two.items() if not k.startswith("ms")}


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clips of made people, the sensor's joints 5 cm behind the true ones."""
    folder = tmp_path_factory.mktemp("labelled")
    maker = unseen_views(77)
    for subject in (1, 2, 3):
        pictures, joints = [], []
        for index in range(4):
            view = maker.view(8 * subject + index)
            depth, truth, _ = person_of(view)
            away = truth[:SCORED] / np.linalg.norm(truth[:SCORED], axis=-1, keepdims=True)
            pictures.append(depth)
            joints.append(truth[:SCORED] + 0.05 * away)
        lens = view.camera
        np.savez(
            folder / f"a1_s{subject}_t1.npz", depth=np.stack(pictures), joints=np.stack(joints).astype(np.float32),
            camera=np.array([lens.fx, lens.fy, lens.cx, lens.cy]),
        )  # fmt: skip
    return folder


def test_a_labelled_set_is_measured_across_subjects(labelled: Path) -> None:
    values = eval_depth_set(open_depth_model(), labelled)
    assert values["frames"] == 12 and values["subjects"] == 3
    assert values["map_15cm"] >= values["map_10cm"] and values["map_15cm_raw"] >= values["map_10cm_raw"]


def test_constant_offsets_are_taken_from_the_others_only() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(0, 0.3, (60, SCORED, 3)) + (0, 0, 3)
    found = truth - 0.12 * truth / np.linalg.norm(truth, axis=-1, keepdims=True)
    ray, each = constant_offsets(found, truth)
    assert ray == pytest.approx(0.12, abs=1e-6) and np.allclose(np.linalg.norm(each, axis=-1), 0.12, atol=0.01)
    subjects = np.repeat(["1", "2"], 30)
    values = measured_across(found, truth, np.ones((60, SCORED)), subjects)
    assert values["map_10cm"] > 0.99 and values["map_10cm_ray"] > 0.99 and values["map_10cm_raw"] == 0
    odd = found.copy()
    odd[30:] = truth[30:]  # the second person needs no offset but gets that of the first
    assert measured_across(odd, truth, np.ones((60, SCORED)), subjects)["map_10cm"] < 0.1


def test_the_command_says_the_numbers_and_draws_the_chart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chart = tmp_path / "decoders.png"
    assert main(["eval", "depth", "synth", "--count", "4", "--chart", str(chart), "--json", "--quiet"]) == 0
    values = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert values["people"] == 4 and "map_10cm_fit" in values and "machine" in values and chart.stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["synth", "--stride", "2"], "--stride is for"),
        (["missing", "--count", "2"], "--count and --chart"),
        (["missing"], "missing"),
        (["synth", "--decoder", "magic"], "magic"),
        (["synth", "--model", "missing.kin"], "missing.kin"),
    ],
)
def test_bad_use_is_one_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "depth", *arguments]) == 2
    said = capsys.readouterr().err.strip()
    assert words in said and "\n" not in said
