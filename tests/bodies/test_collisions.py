"""Collisions: limbs may touch and press, but not pass through."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.bodies import DOFS, JOINTS, LIMITS, NAMED_MOTIONS, Body, collides, forward, joint_places, make_body, perform
from kinesics.bodies.collisions import all_collide, crossing
from kinesics.bodies.kinematics import turn
from kinesics.types import Array


def posed(**angles: float) -> Array:
    pose = np.zeros(len(DOFS))
    for dof, value in angles.items():
        pose[DOFS.index(dof)] = value
    return pose


def anywhere(seed: int, n: int = 20) -> Array:
    low, high = np.array(list(LIMITS.values()), float).T
    return np.asarray(np.random.default_rng(seed).uniform(low, high, (n, len(DOFS))))


def test_compiled_joints_are_those_of_the_stick_body() -> None:
    poses = anywhere(0)
    body = make_body(np.random.default_rng(1))
    shown = np.concatenate([forward(body, pose[None]) for pose in poses])
    assert np.allclose(shown - shown[:, :1], joint_places(body, poses), atol=1e-9)


@pytest.mark.parametrize(
    ("angles", "parts"),
    [
        ({}, None),
        ({"left_arm_raise": 90.0, "right_arm_raise": 90.0}, None),
        ({"left_leg_flex": 85.0, "left_leg_knee": 85.0}, None),
        ({"left_arm_raise": 40.0, "left_arm_plane": 90.0, "left_arm_twist": 90.0, "left_arm_elbow": 90.0}, None),
        ({"left_arm_raise": 12.0, "left_arm_twist": 90.0, "left_arm_elbow": 95.0}, ("left_forearm", "trunk")),
        ({"left_leg_flex": 30.0, "left_leg_abduct": -20.0, "right_leg_flex": 30.0, "right_leg_abduct": -20.0}, "legs"),
        ({"left_arm_raise": 60.0, "left_arm_plane": 115.0, "right_arm_raise": 60.0, "right_arm_plane": 115.0}, "arms"),
    ],
)
def test_limbs_stay_out_of_each_other(angles: dict[str, float], parts: tuple[str, str] | str | None) -> None:
    joints = joint_places(Body(), posed(**angles)[None])[0]
    found = crossing(Body(), joints)
    assert collides(Body(), joints) == (found is not None)
    if isinstance(parts, str):
        assert found is not None and {name.partition("_")[0] for name in found} == {"left", "right"}
    elif parts is None:
        assert found is None
    else:
        assert found is not None and found[0].startswith("left") and not found[1].startswith("right")


@given(st.integers(0, 10_000), st.floats(0.6, 1.5), st.floats(-180, 180))
@settings(max_examples=30, deadline=None)
def test_place_facing_and_size_do_not_matter(seed: int, size: float, yaw: float) -> None:
    poses, body = anywhere(seed, 4), Body()
    joints = joint_places(body, poses)
    moved = joints @ turn("y", np.array(yaw)).T * size + (1.0, -2.0, 3.0)
    large = Body(
        **{name: getattr(body, name) * size for name in Body.__dataclass_fields__ if name != "waist"}, waist=body.waist
    )
    assert (all_collide(body, joints, give=0.0) == all_collide(large, moved, give=0.0)).all()


def test_a_mirror_image_collides_as_well() -> None:
    across = [JOINTS.index(n.replace("left", "~").replace("right", "left").replace("~", "right")) for n in JOINTS]
    joints = joint_places(Body(), anywhere(7, 200))
    assert (all_collide(Body(), joints) == all_collide(Body(), joints[:, across] * (-1, 1, 1))).all()
    assert 0.05 < all_collide(Body(), joints).mean() < 0.95


def test_what_people_do_hardly_ever_collides() -> None:
    rng = np.random.default_rng(2)
    joints = np.concatenate(
        [perform(NAMED_MOTIONS[name], Body(), rng, fps=6).joints for name in ("stand", "walk", "run", "wave", "kick", "squat")]
    )
    assert all_collide(Body(), joints).mean() < 0.05
