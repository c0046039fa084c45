"""The bank of poses: possible, varied, even-handed, reproducible."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies import (
    DOFS,
    JOINTS,
    LIMITS,
    NAMED_MOTIONS,
    Body,
    PoseBank,
    collides,
    forward,
    joint_places,
    make_body,
    mirrored_hands,
    mirrored_pose,
    perform,
)
from kinesics.bodies.balance import balanced, centre_of_mass, overhang
from kinesics.bodies.footing import Footing, stand
from kinesics.bodies.lower_poses import LOWER
from kinesics.errors import UsageError
from kinesics.types import Array, PoseSequence, Skeleton

LOW, HIGH = np.array(list(LIMITS.values()), float).T


@pytest.fixture(scope="module")
def bank() -> PoseBank:
    return PoseBank(5, poses=3000)


@pytest.fixture(scope="module")
def drawn(bank: PoseBank) -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    poses, hands = zip(*(bank.draw(rng) for _ in range(1500)), strict=True)
    return np.array(poses), np.array(hands)


def test_draws_are_possible(drawn: tuple[Array, Array]) -> None:
    poses, hands = drawn
    assert ((poses >= LOW) & (poses <= HIGH)).all()
    assert not any(collides(Body(), joints) for joints in joint_places(Body(), poses))
    assert not poses[:, [DOFS.index(name) for name in ("root_yaw", "step_side", "step_forward")]].any()
    assert (np.abs(hands[:, :2]) <= 80).all() and ((hands[:, 2:] >= 0) & (hands[:, 2:] <= 1)).all()


def test_draws_for_a_body_keep_its_own_parts_apart(bank: PoseBank) -> None:
    rng = np.random.default_rng(9)
    slim = make_body(rng)
    wide = Body(height=1.6, shoulders=0.15, hips=0.11, trunk=0.42, upper_arm=0.25, forearm=0.22)
    for body in (slim, wide):
        poses = np.array([bank.draw(rng, body)[0] for _ in range(150)])
        assert not any(collides(body, joints) for joints in joint_places(body, poses))
    usual = np.array([bank.draw(rng)[0] for _ in range(150)])
    assert any(collides(wide, joints) for joints in joint_places(wide, usual))


def test_draws_reach_everywhere_that_people_reach(drawn: tuple[Array, Array]) -> None:
    joints = joint_places(Body(), drawn[0])
    place = {name: joints[:, JOINTS.index(name)] for name in JOINTS}
    for side, out in (("left", 1), ("right", -1)):
        hand, shoulder = place[f"{side}_wrist"], place[f"{side}_shoulder"]
        beside = (hand - shoulder) * (out, 1, 1)
        upright = place["shoulder_center"][:, 1] < -0.4
        for share, where in (
            (0.1, hand[:, 1] < place["head"][:, 1]),  # overhead
            (0.2, beside[:, 2] < -0.3),  # ahead
            (0.03, beside[:, 2] > 0.15),  # behind
            (0.1, beside[:, 0] > 0.3),  # out
            (0.05, beside[:, 0] < -0.2),  # across
            (0.25, beside[:, 1] > 0.4),  # hanging
        ):
            assert (where & upright).mean() > share * upright.mean() * 0.7
        foot = place[f"{side}_ankle"]
        assert (foot[:, 1] < -0.1).mean() > 0.01 and (place[f"{side}_knee"][:, 1] < 0.2).mean() > 0.08
    height = joints[..., 1].max(axis=1) - joints[..., 1].min(axis=1)
    assert (height > 1.4).mean() > 0.5 and (height < 0.9).mean() > 0.03


def test_left_and_right_do_the_same_equally_often(drawn: tuple[Array, Array]) -> None:
    poses, hands = drawn
    twin, other = mirrored_pose(poses), mirrored_hands(hands)
    spread = np.maximum(poses.std(axis=0), 1e-9)
    assert (np.abs(poses.mean(axis=0) - twin.mean(axis=0)) / spread).max() < 0.15
    assert np.abs(hands.mean(axis=0) - other.mean(axis=0))[2:].max() < 0.05


def test_a_mirrored_pose_is_the_mirror_image() -> None:
    poses = np.random.default_rng(3).uniform(LOW, HIGH, (40, len(DOFS)))
    poses[:, DOFS.index("step_side") :] = 0
    across = [JOINTS.index(n.replace("left", "~").replace("right", "left").replace("~", "right")) for n in JOINTS]
    image = joint_places(Body(), poses)[:, across] * (-1, 1, 1)
    assert np.allclose(joint_places(Body(), mirrored_pose(poses)), image, atol=1e-9)
    assert np.array_equal(mirrored_pose(mirrored_pose(poses)), poses)
    assert mirrored_hands(np.array([1.0, 2.0, 0.3, 0.4])).tolist() == [2.0, 1.0, 0.4, 0.3]


def test_the_same_seed_gives_the_same_poses_and_another_seed_others() -> None:
    a, b, c = (PoseBank(seed, poses=300) for seed in (1, 1, 2))
    assert np.array_equal(a.poses, b.poses) and np.array_equal(a.hands, b.hands)
    one, same, other = (bank.draw(np.random.default_rng(4)) for bank in (a, b, c))
    assert np.array_equal(one[0], same[0]) and np.array_equal(one[1], same[1]) and not np.array_equal(one[0], other[0])
    nearest = np.abs(a.poses[:, None, :26] - c.poses[None, :, :26]).max(axis=-1).min(axis=1)
    assert np.median(nearest) > 15  # degrees: not one pose of the other bank is alike in all angles


def test_who_stands_has_the_weight_above_the_feet() -> None:
    rng = np.random.default_rng(5)
    for kind in ("standing", "striding", "squatting", "bending", "on one leg"):
        poses = LOWER[kind][0](rng, 60, Body(), 0.0)
        off = np.linalg.norm(overhang(joint_places(Body(), poses), touch=0.08), axis=1)
        assert np.quantile(off, 0.8) < 0.06, kind


def test_legs_reach_the_places_of_the_feet() -> None:
    rng, n = np.random.default_rng(6), 30
    ankles = np.zeros((n, 2, 3))
    ankles[:, 0, 0], ankles[:, 1, 0] = rng.uniform(0.08, 0.25, n), -rng.uniform(0.08, 0.25, n)
    ankles[:, 0, 2] = rng.uniform(-0.2, 0.2, n)
    footing = Footing(ankles, rng.uniform(0, 15, (n, 2)), rng.uniform(0.75, 1, n), np.full(n, 0.5), np.zeros((n, 2), bool))
    joints = joint_places(Body(), stand(Body(), np.zeros((n, len(DOFS))), footing))
    feet = joints[:, [JOINTS.index("left_ankle"), JOINTS.index("right_ankle")]]
    assert np.allclose(feet[:, 0] - feet[:, 1], ankles[:, 0] - ankles[:, 1], atol=0.01)
    mean = ankles.mean(axis=1)[:, [0, 2]] - feet.mean(axis=1)[:, [0, 2]]
    assert np.abs((centre_of_mass(joints)[:, [0, 2]] + mean) - ankles.mean(axis=1)[:, [0, 2]]).max() < 0.1


def test_tilting_brings_the_weight_above_the_feet() -> None:
    poses = np.zeros((20, len(DOFS)))
    poses[:, DOFS.index("root_pitch")] = np.linspace(-12, 12, 20)
    before = np.linalg.norm(overhang(joint_places(Body(), poses)), axis=1)
    after = np.linalg.norm(overhang(joint_places(Body(), balanced(Body(), poses))), axis=1)
    assert before.max() > 0.05 and after.max() < 0.02


def test_half_of_the_draws_come_from_clips() -> None:
    rng = np.random.default_rng(8)
    shown = perform(NAMED_MOTIONS["jumping jack"], make_body(rng), rng, fps=20)
    clip = PoseSequence(
        shown.joints[:, None], np.ones((len(shown.times), 1, len(JOINTS))), shown.times, Skeleton("made", JOINTS)
    )
    bank = PoseBank(0, poses=50, clips=[clip])
    assert bank.recorded == len(clip)
    recorded = mirrored_pose(bank.poses[-bank.recorded :])
    both = np.concatenate([bank.poses[-bank.recorded :], recorded])[:, :26]
    near = [np.abs(bank.draw(rng)[0][:26] - both).max(axis=1).min() < 12 for _ in range(200)]
    assert 0.35 < np.mean(near) < 0.65


def test_clips_that_are_no_poses_are_refused() -> None:
    with pytest.raises(UsageError, match="at least one pose"):
        PoseBank(poses=0)
    flat = PoseSequence(np.zeros((3, 1, 2, 3)), np.ones((3, 1, 2)), np.arange(3.0), Skeleton("two", ("left_hip", "right_hip")))
    with pytest.raises(UsageError, match="no left shoulder"):
        PoseBank(poses=5, clips=[flat])


def test_somebody_stands_on_the_floor_in_every_pose(bank: PoseBank) -> None:
    joints = np.concatenate([forward(Body(), pose[None]) for pose in bank.poses[::30]])
    lowest = joints[..., 1].max(axis=1) + bank.poses[::30, DOFS.index("jump")]
    assert (np.abs(lowest) < 0.1).all()
