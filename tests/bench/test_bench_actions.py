"""Timing actions and teaching: the numbers are there, fit together, and carry where they come from."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from kinesics.actions import ActionClassifier
from kinesics.bench.actions import measure
from kinesics.bench.minirocket import series
from kinesics.bench.teach import bench_teach
from kinesics.cli import main
from kinesics.testing import made_clips
from kinesics.types import PoseSequence


def test_teaching_is_timed_from_the_last_example_to_the_first_answer() -> None:
    found = bench_teach(3, 2, embedding="plain", repeats=2)
    assert 0 < found["teach_seconds_p50"] <= found["teach_seconds_p95"] <= found["teach_seconds_most"] < 5
    assert {"teach_seconds_classes_1", "teach_seconds_classes_3"} <= set(found)


def test_a_model_is_timed_a_clip_and_a_frame_beside_the_reference_or_says_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips, labels, subjects = made_clips(3, ["wave_left", "kick_left"], joints="itop15", people=2)
    ActionClassifier(head="statistics").fit(clips, labels, subjects=subjects).save(tmp_path / "pair.kin")
    monkeypatch.setattr("kinesics.bench.actions.is_here", lambda: True)
    monkeypatch.setitem(sys.modules, "aeon.transformations.collection.convolution_based", None)  # there, and broken
    found = measure(str(tmp_path / "pair.kin"), clips=4, rounds=1)
    assert 0 < found["ms_per_person_frame"] < found["ms_per_clip"] <= found["ms_clip_p95"] <= found["ms_clip_p99"]
    assert (found["head"], found["clips"]) == ("statistics", 4) and found["parameters"] > 0
    assert "aeon is installed and cannot be used" in found["reference"] and "ratio_minirocket" not in found


def test_bench_teach_prints_one_object_with_its_origin(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["bench", "teach", "--classes", "2", "--examples", "1", "--repeats", "1", "--embedding", "plain", "--json"]
    assert main(arguments) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["classes"] == 2 and found["machine"]["cpu"] and found["versions"]["kinesics"]


def test_series_of_the_reference_hold_the_motion_whatever_is_missing() -> None:
    whole, gappy = (made_clips(1, ["wave_left"], missing=missing)[0][0] for missing in (0.0, 0.2))
    a, b = series(whole), series(gappy)
    assert a.shape == b.shape == (120, 64) and np.isfinite(b).all()
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.9
    nobody = PoseSequence(whole.points, np.zeros_like(whole.scores), whole.times, whole.skeleton)
    assert np.isfinite(series(nobody)).all() and np.isfinite(series(whole[:1])).all()
