"""Actors: the skin goes where the stick goes, the same seed gives the same person, clothes break nothing."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kinesics.bodies import DOFS, JOINTS, PARTS, forward, limited, make_actor, mirrored_hands
from kinesics.bodies.human import load_human
from kinesics.bodies.kinematics import LIMITS, swing, turn
from kinesics.bodies.mirroring import mirrored_pose
from kinesics.bodies.posing import pose_segments
from kinesics.bodies.segments import SEGMENTS
from kinesics.errors import UsageError

STILL = np.zeros(len(DOFS))


def some_pose(rng, wide=0.5):
    low, high = np.array(list(LIMITS.values())).T
    pose = limited(rng.uniform(wide * low, wide * high))
    pose[DOFS.index("root_yaw")] = rng.uniform(-180, 180)
    pose[DOFS.index("jump") :] = 0
    return pose


def actor_of(seed, **options):
    return make_actor(np.random.default_rng(seed), **options)


def bones(joints):
    pairs = [
        ("shoulder", "elbow"),
        ("elbow", "wrist"),
        ("wrist", "hand"),
        ("hip", "knee"),
        ("knee", "ankle"),
        ("ankle", "foot"),
    ]
    at = dict(zip(JOINTS, joints.astype(float), strict=True))
    return np.array([np.linalg.norm(at[f"{s}_{a}"] - at[f"{s}_{b}"]) for s in ("left", "right") for a, b in pairs])


@pytest.mark.parametrize("detail", ("full", "light"))
def test_same_seed_gives_the_same_person_bit_for_bit(detail):
    one, other = (actor_of(7, detail=detail) for _ in range(2))
    pose = some_pose(np.random.default_rng(0))
    assert one.posed(pose).vertices.tobytes() == other.posed(pose).vertices.tobytes()
    assert one.faces.tobytes() == other.faces.tobytes() and one.describe() == other.describe()
    assert actor_of(8, detail=detail).describe() != one.describe()


def test_both_details_show_the_same_person():
    for seed in range(6):
        full, light = actor_of(seed), actor_of(seed, detail="light")
        assert full.describe() == light.describe()
        pose = some_pose(np.random.default_rng(seed))
        a, b = full.posed(pose), light.posed(pose)
        np.testing.assert_allclose(a.joints - a.joints[0], b.joints - b.joints[0], atol=1e-5)
        np.testing.assert_allclose(a.vertices.min(0), b.vertices.min(0), atol=0.03)
        np.testing.assert_allclose(a.vertices.max(0), b.vertices.max(0), atol=0.03)


def test_mirrored_pose_gives_the_mirrored_skin():
    actor = actor_of(1, dressed=False)
    rng = np.random.default_rng(2)
    mesh = load_human("full").meshes["body"]
    opposite = np.arange(len(actor.rest))
    opposite[mesh.mirrored] = len(mesh.rows) + np.arange(len(mesh.mirrored))
    opposite[len(mesh.rows) :] = mesh.mirrored
    for _ in range(5):
        pose, hands = some_pose(rng), np.array([30, -20, 0.2, 0.9])
        there = actor.posed(pose, hands).vertices
        back = actor.posed(mirrored_pose(pose), mirrored_hands(hands)).vertices
        np.testing.assert_allclose(back[opposite] * [-1, 1, 1], there, atol=2e-5)


def test_segments_turn_exactly_as_the_stick_body_does():
    actor = actor_of(3, dressed=False)
    pose = some_pose(np.random.default_rng(4), 0.9)
    value = dict(zip(DOFS, pose[:, None], strict=True))
    root = turn("y", value["root_yaw"]) @ turn("x", value["root_pitch"]) @ turn("z", value["root_roll"])
    half = turn("x", value["spine_bend"] / 2) @ turn("z", value["spine_side"] / 2) @ turn("y", value["spine_twist"] / 2)
    chest = root @ half @ half
    upper = chest @ swing(1, value["left_arm_raise"], value["left_arm_plane"]) @ turn("y", value["left_arm_twist"])
    hand = upper @ turn("x", -value["left_arm_elbow"]) @ turn("x", -value["left_arm_wrist"])
    matrices = pose_segments(pose, np.zeros(4), actor.rig)[:, :, :3]
    for name, frame in (("lower", root @ half), ("chest", chest), ("left_upper_2", upper), ("left_hand", hand)):
        at = SEGMENTS.index(name)
        np.testing.assert_allclose(matrices[at] @ actor.rig.facing[at], frame[0], atol=1e-9)


def test_joints_are_where_the_measured_stick_body_has_them():
    """Legs exactly; the trunk of people leans and their heads are in front of their necks, as no stick's."""
    rng = np.random.default_rng(5)
    apart = []
    for seed in range(12):
        actor = actor_of(seed, dressed=False, detail="light")
        for _ in range(4):
            pose = some_pose(rng)
            ours, stick = actor.posed(pose).joints, forward(actor.body, pose[None])[0]
            apart.append(np.linalg.norm((ours - ours[0]) - (stick - stick[0]), axis=1))
    mean = dict(zip(JOINTS, np.mean(apart, axis=0), strict=True))
    limbs = [f"{s}_{n}" for s in ("left", "right") for n in ("shoulder", "elbow", "wrist", "hand", "foot")]
    assert max(mean[n] for n in limbs) < 0.03
    assert max(mean[f"{s}_{n}"] for s in ("left", "right") for n in ("hip", "knee", "ankle")) < 1e-5
    assert mean["spine"] < 0.005 and mean["shoulder_center"] < 0.03 and mean["head"] < 0.09 and mean["nose"] < 0.05


def test_bones_keep_their_lengths_in_every_pose():
    actor = actor_of(6)
    rng = np.random.default_rng(6)
    lengths = np.array([bones(actor.posed(some_pose(rng, 1.0)).joints) for _ in range(10)])
    np.testing.assert_allclose(lengths, np.broadcast_to(lengths[0], lengths.shape), atol=1e-5)
    body = actor.body
    np.testing.assert_allclose(lengths[0, :5], [body.upper_arm, body.forearm, body.hand, body.thigh, body.shin], atol=1e-5)


def test_lowest_vertex_stands_on_the_floor_but_for_the_jump():
    actor = actor_of(9, dressed=False)
    rng = np.random.default_rng(9)
    for jump in (0.0, 0.25):
        pose = some_pose(rng)
        pose[DOFS.index("jump")] = jump
        assert actor.posed(pose).vertices[:, 1].max() == pytest.approx(-jump, abs=1e-5)
    moved = pose.copy()
    moved[DOFS.index("step_side")], moved[DOFS.index("step_forward")] = 0.5, 0.25
    np.testing.assert_allclose(
        actor.posed(moved).joints - actor.posed(pose).joints, np.tile([0.5, 0, -0.25], (35, 1)), atol=1e-5
    )


@pytest.mark.parametrize("height", (1.05, 1.45, 1.75, 2.05))
def test_people_are_as_tall_as_they_were_asked_to_be(height):
    actor = actor_of(10, dressed=False, height=height)
    standing = actor.posed(STILL)
    assert -standing.vertices[:, 1].min() == pytest.approx(height, abs=0.015)
    assert actor.body.height == pytest.approx(height, abs=1e-3)
    assert 0.40 < actor.body.thigh + actor.body.shin < 1.1


def test_joints_lie_inside_the_standing_body():
    actor = actor_of(11, dressed=False)
    at = dict(zip(JOINTS, actor.posed(STILL).joints, strict=True))
    assert at["left_shoulder"][0] > 0.1 and at["right_hip"][0] < -0.05  # left is positive
    down = ["head", "shoulder_center", "spine", "hip_center", "left_knee", "left_ankle", "left_foot"]
    assert (np.diff([at[name][1] for name in down]) > 0).all()
    assert at["nose"][2] < at["head"][2] - 0.05 and at["left_foot"][2] < at["left_heel"][2] - 0.1  # the front is -z
    assert at["left_ear"][0] > at["left_eye"][0] > at["nose"][0]


def test_fingers_curl_and_forearms_turn_without_moving_the_wrist():
    actor = actor_of(12, dressed=False)
    open_hand, fist = (actor.posed(STILL, np.array([0, 0, c, c])).joints for c in (0.0, 1.0))
    turned = actor.posed(STILL, np.array([80.0, 80, 0, 0])).joints
    wrist, index, thumb = (JOINTS.index(f"left_{n}") for n in ("wrist", "index", "thumb"))
    assert np.linalg.norm(fist[index] - fist[wrist]) < 0.75 * np.linalg.norm(open_hand[index] - open_hand[wrist])
    np.testing.assert_allclose(turned[wrist], open_hand[wrist], atol=1e-4)
    assert open_hand[thumb][2] < open_hand[wrist][2]  # in front of a hanging arm
    assert turned[thumb][0] < open_hand[thumb][0] - 0.01  # inwards


def test_clothes_keep_labels_and_weights_in_order():
    rng = np.random.default_rng(13)
    kinds = set()
    for seed in range(40):
        actor = actor_of(seed, detail="light")
        kinds.update(actor.worn["with"], (actor.worn["bottom"], actor.worn["top"]))
        assert actor.face_parts.max() < len(PARTS) and len(actor.face_parts) == len(actor.faces)
        assert actor.faces.min() >= 0 and actor.faces.max() < len(actor.rest)
        np.testing.assert_allclose(actor.weights.sum(1), 1, atol=1e-6)
        posed = actor.posed(some_pose(rng))
        assert np.isfinite(posed.vertices).all() and np.isfinite(posed.joints).all()
        assert posed.vertices[: actor.standing, 1].max() == pytest.approx(0, abs=1e-5)
    assert {"trousers", "skirt", "shirt", "jacket"} <= kinds


def test_dressed_people_have_the_same_skeleton_and_are_a_little_larger():
    for seed in range(8):
        bare, dressed = (actor_of(seed, detail="light", dressed=d) for d in (False, True))
        assert dataclasses.asdict(bare.body) == dataclasses.asdict(dressed.body)
        there, here = bare.posed(STILL), dressed.posed(STILL)
        np.testing.assert_allclose(here.joints - here.joints[0], there.joints - there.joints[0], atol=1e-6)
        wide = np.ptp(dressed.rest[: dressed.standing], axis=0) - np.ptp(bare.rest, axis=0)
        assert (wide > -0.02).all() and (wide < 0.15).all()


def test_one_pose_at_a_time_is_asked_for():
    actor = actor_of(0, detail="light")
    with pytest.raises(UsageError, match="one pose at a time"):
        actor.posed(np.zeros((3, len(DOFS))))
    with pytest.raises(UsageError, match="fine"):
        make_actor(np.random.default_rng(0), detail="coarse")
