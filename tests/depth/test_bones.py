"""Bones get the lengths they have and keep them."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies import JOINTS
from kinesics.bodies.named import named_motion
from kinesics.depth.anatomy import VOTED
from kinesics.depth.bones import BONES, Bones
from kinesics.types import Array

VOTED_OF = [JOINTS.index(name) for name in VOTED]
WALK = named_motion("walk", seed=3).joints[:, VOTED_OF] + (0, 0, 2.5)
SURE = np.full(len(VOTED), 0.8)
TRUE = np.linalg.norm(WALK[0][BONES[:, 1]] - WALK[0][BONES[:, 0]], axis=1)


def lengths(joints: Array) -> Array:
    return np.linalg.norm(joints[BONES[:, 1]] - joints[BONES[:, 0]], axis=1)


def learned(seconds: float = 5.0, noise: float = 0.02, seed: int = 0) -> Bones:
    rng, bones = np.random.default_rng(seed), Bones()
    for t in range(int(seconds * 30)):
        joints = WALK[t % len(WALK)]
        bones.learn(joints + rng.normal(0, noise, joints.shape), SURE, 1 / 30)
    return bones


def test_every_joint_hangs_on_one_bone() -> None:
    assert len(BONES) == len(VOTED) - 1
    assert sorted(BONES[:, 1].tolist()) == sorted(set(range(len(VOTED))) - {VOTED.index("hip_center")})


def test_lengths_are_learned_from_noisy_joints() -> None:
    away = np.abs(learned().lengths - TRUE)
    spine = BONES[:, 1] == VOTED.index("spine")
    assert away[~spine].max() < 0.02
    assert away.max() < 0.06, "where the trunk is cut in two differs most from person to person"


def test_left_and_right_are_alike() -> None:
    found = learned().lengths
    named = {VOTED[b]: found[i] for i, (_, b) in enumerate(BONES.tolist())}
    assert all(named[name] == named[name.replace("left", "right")] for name in named if name.startswith("left"))


def test_once_learned_lengths_stay_within_a_centimetre() -> None:
    rng, bones = np.random.default_rng(1), learned(6)
    seen = []
    for t in range(300):
        joints = WALK[t % len(WALK)] + rng.normal(0, 0.03, WALK[0].shape)
        bones.learn(joints, SURE, 1 / 30)
        seen.append(lengths(bones.hold(joints, SURE)))
    assert np.ptp(seen, axis=0).max() < 0.01


def test_held_joints_have_bones_of_the_known_lengths_and_lie_nearer_to_the_truth() -> None:
    rng, bones = np.random.default_rng(2), learned()
    before, after = [], []
    for joints in WALK:
        noisy = joints + rng.normal(0, 0.03, joints.shape)
        held = bones.hold(noisy, SURE)
        assert lengths(held) == pytest.approx(bones.lengths, abs=1e-9)
        before.append(np.linalg.norm(noisy - joints, axis=1).mean())
        after.append(np.linalg.norm(held - joints, axis=1).mean())
    assert np.mean(after) < 0.95 * np.mean(before)


def test_what_is_sure_moves_less_than_what_is_not() -> None:
    bones = learned()
    elbow, wrist = VOTED.index("left_elbow"), VOTED.index("left_wrist")
    joints = bones.hold(WALK[5], SURE)
    joints[wrist] += 0.2 * (joints[wrist] - joints[elbow]) / np.linalg.norm(joints[wrist] - joints[elbow])
    doubt = SURE.copy()
    doubt[wrist] = 0.05
    moved = np.linalg.norm(bones.hold(joints, doubt) - joints, axis=1)
    assert moved[wrist] > 0.15
    assert moved[elbow] < 0.03


def test_missing_joints_stay_missing_and_spoil_nothing() -> None:
    bones, joints = learned(), WALK[0].copy()
    joints[VOTED.index("left_knee")] = np.nan
    bones.learn(joints, SURE, 1 / 30)
    held = bones.hold(joints, SURE)
    assert np.isnan(held).all(axis=1).sum() == 1
    assert np.isfinite(bones.lengths).all()
    nothing = np.full_like(joints, np.nan)
    bones.learn(nothing, np.zeros(len(VOTED)), 1 / 30)
    assert np.isnan(bones.hold(nothing, np.zeros(len(VOTED)))).all()


def test_nobody_has_arms_like_a_spider() -> None:
    bones, joints = Bones(), WALK[0].copy()
    joints[VOTED.index("left_wrist")] += (0.5, 0, 0)
    joints[VOTED.index("right_wrist")] -= (0.5, 0, 0)
    for _ in range(100):
        bones.learn(joints, SURE, 1 / 30)
    assert lengths(bones.hold(joints, SURE))[BONES[:, 1] == VOTED.index("left_wrist")].max() < 0.2 * bones.height


def test_an_unknown_person_has_bones_of_usual_lengths() -> None:
    bones = Bones()
    assert bones.height == pytest.approx(1.68)
    assert (bones.lengths > 0.03).all()
    assert bones.seconds == 0
