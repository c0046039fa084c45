from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.bodies import DOFS, LIMITS, forward, make_body, skeleton_of
from kinesics.bodies.kinematics import turn
from kinesics.errors import UsageError
from kinesics.pose.angles import ANGLES, MIDDLE, SIDED, joint_angles, world_clip
from kinesics.types import Array, People, PoseSequence, skeleton

BLAZE = skeleton("blazepose33")
T = 60
MADE = {  # the angle of a made body that each measure is, and its sign there
    "hip_flexion": ("leg_flex", 1), "hip_abduction": ("leg_abduct", 1), "hip_rotation": ("leg_turn", 1),
    "knee_flexion": ("leg_knee", 1), "ankle_dorsiflexion": ("leg_ankle", -1), "shoulder_elevation": ("arm_raise", 1),
    "shoulder_plane": ("arm_plane", 1), "elbow_flexion": ("arm_elbow", 1),
}  # fmt: skip
FREE = [name for name in SIDED] + ["trunk_rotation", *(name for name in MIDDLE if name.startswith("neck"))]


def poses(seed: int, still: tuple[str, ...] = ("spine", "root_pitch", "root_roll", "jump", "step")) -> Array:
    """(T, len(DOFS)) degrees, anywhere within the limits; those that are still are 0."""
    low, high = np.array(list(LIMITS.values()), float).T
    pose = 0.9 * np.random.default_rng(seed).uniform(low, high, (T, len(DOFS)))
    pose[:, [i for i, name in enumerate(DOFS) if name.startswith(still)]] = 0
    return pose


def joints(pose: Array, seed: int = 0) -> Array:
    return skeleton_of(forward(make_body(np.random.default_rng(seed)), pose), "blazepose33")


def clip(points: Array) -> PoseSequence:
    return PoseSequence(points[:, None], np.ones((len(points), 1, 33)), np.arange(len(points)) / 30, BLAZE)


def angles(points: Array) -> dict[str, Array]:
    return {name: values[:, 0] for name, values in joint_angles(clip(points)).items()}


def gap(a: Array, b: Array) -> Array:
    return np.abs((a - b + 180) % 360 - 180)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_made_body_gives_its_angles_back(seed: int, side: str) -> None:
    pose = poses(seed)
    found = angles(joints(pose, seed))
    for name, (dof, sign) in MADE.items():
        values, truth = found[f"{side}_{name}"], sign * pose[:, DOFS.index(f"{side}_{dof}")]
        assert np.isfinite(values).mean() > 0.5, name
        assert np.nanmax(gap(values, truth)) < 0.1, name
    for name, dof, sign in (
        ("neck_flexion", "neck_nod", 1),
        ("neck_lateral_bend", "neck_tilt", -1),
        ("neck_rotation", "neck_turn", -1),
    ):
        assert gap(found[name], sign * pose[:, DOFS.index(dof)]).max() < 3, name  # eyes are not exactly 10 degrees up
    assert max(np.abs(found[name]).max() for name in MIDDLE if name.startswith("trunk")) < 0.1


@pytest.mark.parametrize(
    ("dof", "name", "share"),
    [
        ("root_pitch", "trunk_flexion", 1.0),
        ("root_roll", "trunk_lateral_bend", 1.0),
        ("spine_twist", "trunk_rotation", 1.0),
        ("spine_bend", "trunk_flexion", 0.7),  # the lower half of a bent trunk stays nearer to upright
        ("spine_side", "trunk_lateral_bend", 0.7),
    ],
)
def test_the_trunk_bends_forwards_right_and_turns_left(dof: str, name: str, share: float) -> None:
    pose = np.zeros((5, len(DOFS)))
    pose[:, DOFS.index(dof)] = np.linspace(-30, 30, 5)
    pose[:, DOFS.index("root_yaw")] = 130
    found = angles(joints(pose))[name]
    sign = 1 if dof in ("root_pitch", "spine_bend") else -1
    np.testing.assert_allclose(found, sign * share * np.linspace(-30, 30, 5), atol=3)
    if dof != "spine_twist":
        np.testing.assert_allclose(angles(joints(pose))["trunk_lean"], np.abs(found), atol=0.1)


@pytest.mark.parametrize("seed", [2, 3])
def test_a_mirrored_body_swaps_left_and_right_and_keeps_values(seed: int) -> None:
    points = joints(poses(seed, ("jump", "step")))
    straight, mirror = angles(points), angles((points * [-1, 1, 1])[:, BLAZE.mirror_order])
    for name in SIDED:
        np.testing.assert_allclose(mirror[f"left_{name}"], straight[f"right_{name}"], atol=1e-2)
        np.testing.assert_allclose(mirror[f"right_{name}"], straight[f"left_{name}"], atol=1e-2)
    for name in MIDDLE:
        sign = -1 if "lateral" in name or "rotation" in name else 1
        assert np.nanmax(gap(mirror[name], sign * straight[name])) < 1e-2, name


def test_turns_moves_and_sizes_change_nothing() -> None:
    points = joints(poses(4, ("jump", "step")))
    straight = angles(points)
    about = angles(1.7 * points @ turn("y", np.array(77.0)).T + [3, -1, 5])
    for name in ANGLES:
        assert np.nanmax(gap(about[name], straight[name])) < 1e-2, name
    tumbled = angles(points @ (turn("x", np.array(50.0)) @ turn("z", np.array(-120.0))).T)
    for name in FREE:
        for key in (f"left_{name}", f"right_{name}") if name in SIDED else (name,):
            assert np.nanmax(gap(tumbled[key], straight[key])) < 1e-2, key


def test_a_tilted_camera_is_put_right_by_up() -> None:
    points = joints(poses(5, ("jump", "step")))
    tilt = turn("x", np.array(25.0))
    found = joint_angles(clip(points @ tilt.T), up=tilt @ [0, -2.0, 0])
    for name, values in angles(points).items():
        assert np.nanmax(gap(found[name][:, 0], values)) < 1e-2, name


def test_joints_that_are_missing_or_unsure_leave_gaps_and_nothing_else() -> None:
    points = joints(poses(6))
    scores = np.ones((T, 1, 33))
    scores[:20, 0, 25] = 0.1  # left knee
    scores[20:40, 0, 25] = 0.0
    whole = joint_angles(clip(points))
    found = joint_angles(PoseSequence(points[:, None], scores, np.arange(T) / 30, BLAZE))
    told = {name for name in ANGLES if np.isnan(found[name][:40]).all()}
    assert told == {
        f"left_{name}" for name in ("hip_flexion", "hip_abduction", "hip_rotation", "knee_flexion", "ankle_dorsiflexion")
    }
    for name in ANGLES:
        np.testing.assert_array_equal(found[name][40:], whole[name][40:])
    eager = joint_angles(PoseSequence(points[:, None], scores, np.arange(T) / 30, BLAZE), least=0.05)
    assert np.isfinite(eager["left_knee_flexion"][:20]).all() and np.isnan(eager["left_knee_flexion"][20:40]).all()


def test_people_of_one_picture_have_the_angles_of_the_clip() -> None:
    points = joints(poses(7))[:3]
    boxes, flat = np.tile([0.0, 0, 9, 9], (3, 1)), points[..., :2] * 100
    people = People(boxes, np.ones(3), flat, np.ones((3, 33)), BLAZE, world=points)
    found, truth = joint_angles(people), angles(points)
    assert all(values.shape == (3,) for values in found.values())
    for name in ANGLES:
        np.testing.assert_allclose(found[name], truth[name], atol=1e-3)
    assert all(values.shape == (0,) for values in joint_angles(people[:0]).values())


def test_from_the_side_a_flat_picture_shows_the_same_bends() -> None:
    pose = np.zeros((5, len(DOFS)))
    bend = np.linspace(0, 80, 5)
    for name in ("leg_flex", "leg_knee", "arm_elbow", "arm_raise"):
        pose[:, DOFS.index(f"left_{name}")] = bend
    pose[:, DOFS.index("left_arm_plane")] = 90
    pose[:, DOFS.index("root_yaw")] = 90
    flat = joint_angles(clip(joints(pose)[..., :2]))
    for name in ("hip_flexion", "knee_flexion", "shoulder_elevation", "elbow_flexion"):
        np.testing.assert_allclose(flat[f"left_{name}"][:, 0], bend, atol=1, err_msg=name)
    assert np.isnan(flat["left_hip_abduction"]).all() and np.isnan(flat["trunk_flexion"]).all()
    assert flat["trunk_lean"].max() < 1


@pytest.mark.parametrize("name", ["coco17", "kinect20", "itop15", "wholebody133", "boxes"])
def test_every_skeleton_has_every_name(name: str) -> None:
    kind = skeleton(name)
    points = np.random.default_rng(0).normal(size=(4, 2, len(kind), 3))
    found = joint_angles(PoseSequence(points, np.ones(points.shape[:3]), np.arange(4.0), kind))
    assert list(found) == list(ANGLES) and all(values.shape == (4, 2) for values in found.values())
    assert np.isfinite(found["left_elbow_flexion"]).all() == (name in ("coco17", "kinect20", "wholebody133"))
    assert np.isfinite(found["left_ankle_dorsiflexion"]).all() == (name == "wholebody133")


def test_a_clip_of_people_in_metres_keeps_ids_and_gaps() -> None:
    points = joints(poses(8))[:4]
    world = np.stack([points, points + 0.1], axis=1).astype(np.float32)
    world[1, 0, 5] = np.nan
    people = [
        People(np.zeros((2, 4)), np.ones(2), np.zeros((2, 33, 2)), np.ones((2, 33)), BLAZE, [4, 2], metres) for metres in world
    ]
    made = world_clip(people, np.arange(4) / 10)
    assert made.ids.tolist() == [2, 4]
    np.testing.assert_array_equal(made.points[:, 1], world[:, 0])
    assert made.scores[1, 1, 5] == 0 and made.scores.sum() == 4 * 2 * 33 - 1
    with pytest.raises(UsageError, match="world"):
        world_clip([People.empty(BLAZE)], [0.0])


@pytest.mark.parametrize("up", [(0, 0, 0), (1, 0), (np.nan, 0, 0)])
def test_a_direction_that_is_none_is_refused(up: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match="upwards"):
        joint_angles(People.empty(BLAZE), up=up)


def test_each_angle_is_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs/body.md").read_text("utf-8")
    assert not [name for name in (*SIDED, *MIDDLE) if f"`{name}`" not in page]


def test_the_public_name_is_the_function_whatever_was_imported_before() -> None:
    import kinesics
    import kinesics.pose

    assert kinesics.world_clip is world_clip and kinesics.joint_angles is joint_angles
    assert kinesics.pose.joint_angles is joint_angles
