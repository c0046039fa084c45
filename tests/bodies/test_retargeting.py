"""Retargeting: a motion of any rig becomes angles of ours that bring the joints there."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.bodies import DOFS, JOINTS, LIMITS, Body, forward, joint_places, make_body, perform, random_recipe, retarget
from kinesics.bodies.angles import head_angles, root_angles, trunk_angles
from kinesics.bodies.kinematics import turn
from kinesics.errors import UsageError
from kinesics.formats.bvh import load_bvh
from kinesics.types import Array, PoseSequence, Skeleton, skeleton
from kinesics.types.joint_names import parts_of

MIXAMO = {
    "hip_center": "Hips", "spine": "Spine", "shoulder_center": "Neck", "head": "Head",
    **{
        f"{side}_{ours}": f"{side.title()}{theirs}"
        for side in ("left", "right")
        for ours, theirs in (
            ("shoulder", "Arm"), ("elbow", "ForeArm"), ("wrist", "Hand"), ("hip", "UpLeg"), ("knee", "Leg"), ("ankle", "Foot"),
            ("foot", "ToeBase"),
        )
    },
}  # fmt: skip


def clip(joints: Array, names: tuple[str, ...] = JOINTS, called: tuple[str, ...] | None = None) -> PoseSequence:
    points = joints[:, [JOINTS.index(name) for name in names]]
    body = Skeleton("made", called or names)
    return PoseSequence(points[:, None], np.ones((len(points), 1, len(names))), np.arange(len(points)) / 10, body)


def shown(body: Body, poses: Array) -> Array:
    """Joints (t, k, 3) from the pelvis, the heading kept."""
    return joint_places(body, poses)


def gaps(joints: Array, others: Array, names: tuple[str, ...]) -> Array:
    index = [JOINTS.index(name) for name in names]
    joints, others = joints - joints[:, :1], others - others[:, :1]
    return np.asarray(np.linalg.norm(joints[:, index] - others[:, index], axis=-1))


@pytest.mark.parametrize("seed", range(12))
def test_joints_come_back_within_three_centimetres(seed: int) -> None:
    rng = np.random.default_rng(seed)
    body = make_body(rng)
    there = perform(random_recipe(rng), body, rng, fps=8).joints
    assert gaps(there, shown(body, retarget(clip(there))), JOINTS).max() < 0.03


@pytest.mark.parametrize("names", [skeleton("kinect20").joints, tuple(MIXAMO)], ids=["kinect20", "mixamo"])
def test_other_skeletons_bring_limbs_to_the_same_places(names: tuple[str, ...]) -> None:
    rng = np.random.default_rng(3)
    body = make_body(rng)
    there = perform(random_recipe(rng), body, rng, fps=8).joints
    called = tuple(f"mixamorig:{MIXAMO[name]}" for name in names) if names == tuple(MIXAMO) else names
    limbs = tuple(n for n in names if n.endswith(("elbow", "wrist", "knee", "ankle", "foot", "shoulder")))
    assert gaps(there, shown(body, retarget(clip(there, names, called))), limbs).max() < 0.03


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_angles_of_turned_frames_come_back(seed: int) -> None:
    a, b, c = np.random.default_rng(seed).uniform(-85, 85, (3, 5))
    half = turn("x", a / 2) @ turn("z", b / 2) @ turn("y", c / 2)
    assert np.allclose(trunk_angles(half @ half), np.stack([a, b, c], axis=-1), atol=1e-6)
    assert np.allclose(head_angles(turn("x", a) @ turn("z", b) @ turn("y", c)), np.stack([a, b, c], axis=-1), atol=1e-6)
    assert np.allclose(root_angles(turn("y", a) @ turn("x", b) @ turn("z", c)), np.stack([a, b, c], axis=-1), atol=1e-6)
    over = turn("y", a) @ turn("x", np.full(5, 104.0)) @ turn("z", 0.1 * b)
    assert np.allclose(root_angles(over)[:, 1], 104) and np.allclose(root_angles(over)[:, 2], 0.1 * b)


def test_size_and_place_of_a_body_do_not_matter() -> None:
    rng = np.random.default_rng(4)
    there = perform(random_recipe(rng), Body(), rng, fps=8).joints
    assert np.allclose(retarget(clip(there)), retarget(clip(0.7 * there + (1, 0, 2)))[:, :], atol=0.1)


def test_recorded_walks_keep_the_directions_of_their_limbs(data: Path, tmp_path: Path) -> None:
    with tarfile.open(data / "bvh" / "cmu-walk-bvh.tar.xz") as packed:
        members = [m for m in packed.getmembers() if m.name.endswith((".bvh",))][:40:10]
        packed.extractall(tmp_path, members=members, filter="data")
    for path in sorted(tmp_path.rglob("*.bvh")):
        walk = load_bvh(path, scale=0.0564)[::20]
        poses = retarget(walk)
        low, high = np.array(list(LIMITS.values()), float).T
        assert ((poses >= low) & (poses <= high)).all()
        joints, known = shown(Body(), poses), parts_of(walk.skeleton)
        for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle")):
            for side in ("left", "right"):
                theirs = walk.points[:, 0, known[f"{side} {b}"]] - walk.points[:, 0, known[f"{side} {a}"]]
                ours = joints[:, JOINTS.index(f"{side}_{b}")] - joints[:, JOINTS.index(f"{side}_{a}")]
                cosine = (theirs * ours).sum(-1) / np.linalg.norm(theirs, axis=-1) / np.linalg.norm(ours, axis=-1)
                assert np.degrees(np.arccos(np.clip(cosine, -1, 1))).max() < 12, (path.name, side, b)


def test_gaps_are_filled_in_between() -> None:
    rng = np.random.default_rng(5)
    there = perform(random_recipe(rng), Body(), rng, fps=15).joints
    holes = there.copy()
    holes[3:5, JOINTS.index("left_wrist")] = np.nan
    whole = clip(there)
    torn = PoseSequence(holes[:, None], np.isfinite(holes[:, None, :, 0]).astype(float), whole.times, whole.skeleton)
    assert np.isfinite(retarget(torn)).all()
    assert gaps(there, shown(Body(), retarget(torn)), ("left_wrist", "right_wrist")).max() < 0.25


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c: clip(np.zeros((4, 35, 3)), tuple(n for n in JOINTS if n != "left_knee")), "has no left knee;"),
        (lambda c: PoseSequence(c.points[..., :2], c.scores, c.times, c.skeleton), "expected 3D"),
        (lambda c: PoseSequence(np.repeat(c.points, 2, 1), np.repeat(c.scores, 2, 1), c.times, c.skeleton), "2 people"),
        (lambda c: c[:0], "at least one moment"),
    ],
    ids=["joint", "flat", "two", "empty"],
)
def test_what_cannot_be_retargeted_is_said(change, says: str) -> None:  # type: ignore[no-untyped-def]
    whole = clip(forward(Body(), np.zeros((4, len(DOFS)))))
    with pytest.raises(UsageError, match=says) as caught:
        retarget(change(whole))
    assert "\n" not in str(caught.value)
