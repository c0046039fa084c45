from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import ShapeError
from kinesics.metrics.temporal import distance, jitter, lag

T = np.arange(90) / 30
WAVE = np.stack([50 * np.sin(3 * T), 30 * np.cos(2 * T)], axis=-1)[:, None] + np.arange(17)[:, None] * 10.0


def test_distance_is_in_pixels_and_nan_where_missing() -> None:
    moved = WAVE + [3, 4]
    moved[0, 0] = np.nan
    gap = distance(WAVE, moved)
    assert gap[1:] == pytest.approx(5) and np.isnan(gap[0, 0])


def test_jitter_is_the_second_difference() -> None:
    straight = np.arange(20)[:, None, None] * np.ones((1, 17, 2)) + np.arange(17)[:, None] * 10
    assert jitter(straight) == pytest.approx(0)
    shaken = straight + np.where(np.arange(20) % 2, 1.0, 0.0)[:, None, None] * [1, 0]
    assert jitter(shaken) == pytest.approx(2)
    scores = np.ones((20, 17))
    shaken[:, 3] += np.random.default_rng(1).normal(0, 50, (20, 2))
    scores[:, 3] = 0.2
    assert jitter(shaken, scores) == pytest.approx(2)
    assert np.isnan(jitter(straight[:2])) and np.isnan(jitter(straight * np.nan))


def test_a_leap_of_the_body_is_no_jitter() -> None:
    leap = np.tile(np.arange(17)[:, None] * [5.0, 10.0], (20, 1, 1))
    leap[10:] += 100
    assert jitter(leap) == pytest.approx(0)


@pytest.mark.parametrize("frames", [-2, 0, 1, 3])
def test_lag_is_found_in_frames(frames: int) -> None:
    assert lag(WAVE[5:-5], WAVE[5 - frames : -5 - frames]) == pytest.approx(frames, abs=0.02)


def test_lag_is_found_between_frames() -> None:
    half = (WAVE[1:] + WAVE[:-1]) / 2
    assert lag(WAVE[1:], half) == pytest.approx(0.5, abs=0.05)


def test_published_joints_are_calm(data: Path) -> None:
    frames = json.loads((data / "video/tfjs/pose_1.json").read_text("utf-8"))
    points = np.array([[[j["x"], j["y"]] for j in frame.values()] for frame in frames])
    assert jitter(points) == pytest.approx(0.19, abs=0.01)


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ShapeError, match="same shape"):
        distance(WAVE, WAVE[:5])
    with pytest.raises(ShapeError, match="jitter"):
        jitter(WAVE[0])
    with pytest.raises(ShapeError, match="at least 4"):
        lag(WAVE[:2], WAVE[:2])
