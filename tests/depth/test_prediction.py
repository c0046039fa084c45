"""Joints over time: smoother, bridged, told ahead, never beyond 100 ms."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies import JOINTS
from kinesics.bodies.named import named_motion
from kinesics.depth.anatomy import VOTED, mirror_order
from kinesics.depth.prediction import AHEAD, JointFilter
from kinesics.errors import UsageError
from kinesics.types import Array

VOTED_OF = [JOINTS.index(name) for name in VOTED]
SQUAT = named_motion("squat", seed=2).joints[:, VOTED_OF] + (0, 0, 2.5)
STAND = np.repeat(SQUAT[:1], 60, axis=0)
SURE = np.full(len(VOTED), 0.8)


def run(clip: Array, noise: float = 0.0, seed: int = 0) -> tuple[JointFilter, Array]:
    rng, made = np.random.default_rng(seed), JointFilter()
    told = [made.update(joints + rng.normal(0, noise, joints.shape), SURE, t / 30)[0] for t, joints in enumerate(clip)]
    return made, np.array(told)


def test_a_still_body_trembles_less() -> None:
    rng = np.random.default_rng(0)
    noisy = STAND + rng.normal(0, 0.02, STAND.shape)
    made = JointFilter()
    told = np.array([made.update(joints, SURE, t / 30)[0] for t, joints in enumerate(noisy)])
    assert np.diff(told[10:], axis=0).std() < 0.75 * np.diff(noisy[10:], axis=0).std()


def test_steady_motion_is_told_ahead() -> None:
    path = STAND + np.arange(60)[:, None, None] / 30 * np.array([0.8, 0, 0])
    made, _ = run(path, noise=0.003)
    ahead, sure = made.predict(59 / 30 + 0.1)
    true = path[-1] + (0.08, 0, 0)
    assert np.linalg.norm(ahead - true, axis=1).mean() < 0.55 * 0.08, "about half of what holding still would miss"
    assert ((sure > 0) & (sure < 0.8)).all()


@pytest.mark.parametrize("late", [0.101, 0.2, 5.0])
def test_nothing_is_told_more_than_100_ms_ahead(late: float) -> None:
    made, _ = run(SQUAT[:30])
    joints, sure = made.predict(29 / 30 + late)
    assert np.isnan(joints).all()
    assert not sure.any()
    there, _ = made.predict(29 / 30 + AHEAD)
    assert np.isfinite(there).all()


def test_gaps_are_bridged_for_100_ms_and_no_longer() -> None:
    made, _ = run(SQUAT[:30])
    hidden, wrist = SURE.copy(), VOTED.index("left_wrist")
    hidden[wrist] = 0
    seen = []
    for t in range(30, 38):
        joints = SQUAT[t].copy()
        joints[wrist] = np.nan
        told, sure = made.update(joints, hidden, t / 30)
        seen.append((bool(np.isfinite(told[wrist]).all()), float(sure[wrist])))
        assert np.isfinite(np.delete(told, wrist, axis=0)).all()
    assert [there for there, _ in seen] == [True, True, True, False, False, False, False, False]
    assert all(0 < sure < 0.8 for there, sure in seen if there)


def test_a_leap_of_one_frame_is_not_believed() -> None:
    made, _ = run(STAND, noise=0.004)
    wild = STAND[0].copy()
    wild[VOTED.index("right_hand")] += (0.9, 0, 0)
    told, _ = made.update(wild, SURE, 2.0)
    assert np.linalg.norm(told - STAND[0], axis=1).max() < 0.05


def test_a_place_that_stays_is_believed_in_the_end() -> None:
    made, _ = run(STAND, noise=0.004)
    moved = STAND[0] + (0.9, 0, 0)
    for t in range(60, 70):
        told, _ = made.update(moved, SURE, t / 30)
    assert np.linalg.norm(told - moved, axis=1).max() < 0.05


def test_sides_exchanged_for_a_moment_are_turned_back_and_a_body_that_turned_round_is_believed() -> None:
    made, _ = run(STAND, noise=0.004)
    turned = STAND[0][mirror_order()]
    for t in range(60, 64):
        told, _ = made.update(turned, SURE, t / 30)
        assert np.linalg.norm(told - STAND[0], axis=1).max() < 0.05
    for t in range(64, 80):
        told, _ = made.update(turned, SURE, t / 30)
    assert np.linalg.norm(told - turned, axis=1).max() < 0.05


def test_nobody_is_faster_than_people_are() -> None:
    made = JointFilter()
    for t in range(10):
        made.update(STAND[0] + (t * 1.0, 0, 0), SURE, t / 30)
    now, _ = made.predict(9 / 30)
    later, _ = made.predict(9 / 30 + 0.1)
    assert np.nan_to_num(np.linalg.norm(later - now, axis=1)).max() <= 11 * 0.1


def test_what_was_never_seen_is_missing() -> None:
    made = JointFilter()
    joints, sure = made.update(np.full((len(VOTED), 3), np.nan), np.zeros(len(VOTED)), 0.0)
    assert np.isnan(joints).all()
    assert not sure.any()
    infinite = STAND[0].copy()
    infinite[3] = np.inf
    joints, sure = made.update(infinite, SURE, 0.1)
    assert np.isnan(joints[3]).all()
    assert sure[3] == 0


def test_reset_equals_new() -> None:
    made, first = run(SQUAT[:40], noise=0.01)
    made.reset()
    rng = np.random.default_rng(0)
    again = [made.update(j + rng.normal(0, 0.01, j.shape), SURE, t / 30)[0] for t, j in enumerate(SQUAT[:40])]
    assert np.array_equal(first, np.array(again), equal_nan=True)


@pytest.mark.parametrize("time", [0.5, np.nan, np.inf])
def test_time_that_falls_or_is_none_is_told(time: float) -> None:
    made, _ = run(SQUAT[:30])
    with pytest.raises(UsageError, match="seconds that do not fall"):
        made.update(SQUAT[0], SURE, time)
    with pytest.raises(UsageError, match="gap"):
        JointFilter(gap=0.2)
