"""Timing actions and teaching: the numbers are there, fit together, and carry where they come from."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kinesics.bench.minirocket import series
from kinesics.bench.teach import bench_teach
from kinesics.cli import main
from kinesics.testing import made_clips
from kinesics.types import PoseSequence


def test_teaching_is_timed_from_the_last_example_to_the_first_answer() -> None:
    found = bench_teach(3, 2, embedding="plain", repeats=2)
    assert 0 < found["teach_seconds_p50"] <= found["teach_seconds_p95"] <= found["teach_seconds_most"] < 5
    assert {"teach_seconds_classes_1", "teach_seconds_classes_3"} <= set(found)


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
