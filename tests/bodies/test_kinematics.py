"""The stick body: bones keep their lengths, joints their limits, feet the floor."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.bodies import DOFS, JOINTS, LIMITS, Body, forward, limited, make_body
from kinesics.types import Array

AT = {name: i for i, name in enumerate(JOINTS)}
BONES = {
    ("left_shoulder", "left_elbow"): "upper_arm",
    ("right_elbow", "right_wrist"): "forearm",
    ("right_wrist", "right_hand"): "hand",
    ("left_hip", "left_knee"): "thigh",
    ("right_knee", "right_ankle"): "shin",
    ("shoulder_center", "head"): "neck",
}


def poses(seed: int, moments: int = 5) -> Array:
    low, high = np.array(list(LIMITS.values()), float).T
    return np.random.default_rng(seed).uniform(low, high, (moments, len(DOFS)))


def posed(**angles: float) -> Array:
    pose = np.zeros((1, len(DOFS)))
    for name, value in angles.items():
        pose[0, DOFS.index(name)] = value
    return forward(Body(), pose)[0]


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_bones_keep_their_lengths_in_any_pose(seed: int) -> None:
    body = make_body(np.random.default_rng(seed))
    at = forward(body, poses(seed))
    for (a, b), name in BONES.items():
        assert np.allclose(np.linalg.norm(at[:, AT[a]] - at[:, AT[b]], axis=1), getattr(body, name))


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_somebody_always_touches_the_floor_unless_in_the_air(seed: int) -> None:
    pose = poses(seed)
    pose[:, DOFS.index("jump")] = (0, 0, 0, 0.3, 0.3)
    low = forward(Body(), pose, floor=1.0)[:, [i for n, i in AT.items() if not n.endswith(("eye", "ear", "mouth", "nose"))], 1]
    assert (low.max(axis=1)[:3] >= 1.0 - 1e-9).all()
    assert low.max(axis=1)[3:].max() < 1.0 - 0.1


def test_limits_hold_what_is_beyond_them_and_leave_the_rest() -> None:
    inside, beyond = poses(3), poses(3) * 10
    assert np.array_equal(limited(inside), inside)
    low, high = np.array(list(LIMITS.values()), float).T
    assert (limited(beyond) >= low).all() and (limited(beyond) <= high).all()


@pytest.mark.parametrize(
    ("angles", "joint", "axis", "sign"),
    [
        ({"left_arm_raise": 90}, "left_wrist", 0, 1),
        ({"right_arm_raise": 90}, "right_wrist", 0, -1),
        ({"right_arm_raise": 90, "right_arm_plane": 90}, "right_wrist", 2, -1),
        ({"right_leg_flex": 80}, "right_knee", 2, -1),
        ({"right_leg_knee": 80}, "right_ankle", 2, 1),
        ({"spine_bend": 60}, "head", 2, -1),
        ({"left_leg_abduct": 40}, "left_ankle", 0, 1),
    ],
    ids=["left arm out", "right arm out", "arm forward", "knee forward", "heel back", "bow", "leg out"],
)
def test_positive_angles_go_where_their_names_say(angles: dict[str, float], joint: str, axis: int, sign: int) -> None:
    moved = (posed(**angles) - posed())[AT[joint]]
    assert np.sign(moved[axis]) == sign and abs(moved[axis]) > 0.15


def test_a_mirrored_pose_gives_mirrored_joints() -> None:
    left = posed(left_arm_raise=100, left_arm_plane=40, left_arm_twist=30, left_arm_elbow=60, left_leg_abduct=20)
    right = posed(right_arm_raise=100, right_arm_plane=40, right_arm_twist=30, right_arm_elbow=60, right_leg_abduct=20)
    for name, other in (("left_hand", "right_hand"), ("right_elbow", "left_elbow"), ("left_ankle", "right_ankle")):
        assert np.allclose(left[AT[name]], right[AT[other]] * (-1, 1, 1))


def test_standing_feet_do_not_slide_while_somebody_squats() -> None:
    pose = np.zeros((20, len(DOFS)))
    depth = 80 * np.sin(np.linspace(0, np.pi, 20))
    for side in ("left", "right"):
        for name, share in (("flex", 1.0), ("knee", 1.2), ("ankle", -0.2)):
            pose[:, DOFS.index(f"{side}_leg_{name}")] = share * depth
    at = forward(Body(), pose)
    assert np.ptp(at[:, AT["left_ankle"], 2]) < 0.01
    assert np.ptp(at[:, AT["hip_center"], 1]) > 0.2
