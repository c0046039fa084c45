"""Made motions: the same for the same seed, alike within a class, within the joints' limits, in both views."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies import (
    DOFS,
    JOINTS,
    LIMITS,
    NAMED_MOTIONS,
    backwards,
    make_body,
    mirrored,
    motion_clips,
    named_motion,
    perform,
    random_recipe,
    recipe_of,
)
from kinesics.errors import UsageError
from kinesics.types import Array, PoseSequence

FOOT, HEAD, HIP, WRIST = (JOINTS.index(name) for name in ("left_ankle", "head", "hip_center", "right_wrist"))


def test_the_same_seed_gives_the_same_clips_however_many_are_asked_for() -> None:
    few, labels = motion_clips(2, 2, seed=4)
    many, _ = motion_clips(3, 3, seed=4)
    assert labels == ["made-0000", "made-0000", "made-0001", "made-0001"]
    assert few[0] == many[0] and few[1] == many[1] and few[2] == many[3]
    assert motion_clips(1, 1, seed=5)[0][0] != few[0]


@pytest.mark.parametrize(("view", "k", "d"), [("3d", 20, 3), ("2d", 17, 2)])
def test_clips_are_what_the_view_promises(view: str, k: int, d: int) -> None:
    for clip in motion_clips(6, 1, seed=1, view=view)[0]:
        assert clip.points.shape[1:] == (1, k, d) and len(clip) > 10
        assert np.isfinite(clip.points[clip.scores > 0]).all()
        extent = np.nanmax(clip.points, axis=(0, 1, 2)) - np.nanmin(clip.points, axis=(0, 1, 2))
        assert extent[1] < (3 if d == 3 else 2000)


@pytest.mark.parametrize("name", ["kinect20", "itop15", "glimpse14", "coco17", "blazepose33"])
def test_clips_come_in_every_skeleton_of_a_body(name: str) -> None:
    clip = motion_clips(1, 1, skeleton=name)[0][0]
    assert clip.skeleton.name == name and clip.points.shape[2] == len(clip.skeleton)


def test_a_hand_is_no_body() -> None:
    with pytest.raises(UsageError, match="the made body has no"):
        motion_clips(1, 1, skeleton="hand21")


def test_every_pose_is_within_the_joints_limits() -> None:
    low, high = np.array(list(LIMITS.values()), float).T
    for number in range(30):
        rng = np.random.default_rng(number)
        shown = perform(recipe_of(number, 3), make_body(rng), rng)
        assert (shown.pose >= low).all() and (shown.pose <= high).all()
        assert np.isfinite(shown.joints).all()


def test_nobody_moves_faster_than_people_can() -> None:
    fastest = []
    for number in range(40):
        rng = np.random.default_rng(number)
        shown = perform(recipe_of(number, 3), make_body(rng), rng)
        fastest.append(np.linalg.norm(np.diff(shown.joints[:, WRIST] - shown.joints[:, HIP], axis=0), axis=1).max() * 30)
    assert np.median(fastest) < 5 and max(fastest) < 25  # metres a second; a pitcher's hand passes 20


def _drawn(clip: PoseSequence) -> Array:
    points = clip.points[:, 0] - clip.points[:, :1, 3]
    rows = np.linspace(0, len(points) - 1, 16).round().astype(int)
    return np.asarray((points[rows] / np.ptp(points[0, :, 1])).ravel())


def test_clips_of_a_class_are_nearer_to_each_other_than_to_other_classes() -> None:
    clips, labels = motion_clips(12, 4, seed=2)
    drawn = np.array([_drawn(clip) for clip in clips])
    gap = np.linalg.norm(drawn[:, None] - drawn[None], axis=-1) + 1e9 * np.eye(len(drawn))
    nearest = gap.argmin(axis=1)
    same = [labels[i] == labels[j] for i, j in enumerate(nearest)]
    assert np.mean(same) > 0.4  # by chance 0.06


def test_mirroring_and_running_backwards_twice_changes_nothing() -> None:
    for number in range(20):
        recipe = random_recipe(np.random.default_rng(number))
        assert mirrored(mirrored(recipe)) == recipe
        assert mirrored(recipe) != recipe or not (recipe.moves or recipe.paths)
        assert backwards(backwards(recipe)).paths == recipe.paths


def test_without_variety_only_the_body_differs() -> None:
    recipe = NAMED_MOTIONS["wave"]
    a, b = (perform(recipe, make_body(np.random.default_rng(s)), np.random.default_rng(s), variety=0.0) for s in (1, 2))
    assert a.body != b.body
    assert np.allclose(a.pose[:, DOFS.index("right_arm_raise")], b.pose[:, DOFS.index("right_arm_raise")], atol=12)


@pytest.mark.parametrize("name", NAMED_MOTIONS)
def test_named_motions_do_what_they_are_called(name: str) -> None:
    shown = named_motion(name, seed=1)
    height = shown.joints[:, FOOT, 1] - shown.joints[:, HEAD, 1]
    hips = shown.joints[:, FOOT, 1] - shown.joints[:, HIP, 1]
    tall, leg = shown.body.height, shown.body.thigh + shown.body.shin
    hand_over_head = (shown.joints[:, WRIST, 1] < shown.joints[:, HEAD, 1]).any()
    checks = {
        "lie": height.max() < 0.3 * tall,
        "fall": height[0] > 0.8 * tall and height[-1] < 0.5 * tall,
        "sit down": hips[0] > 0.9 * leg and hips[-1] < 0.7 * leg,
        "stand up": hips[-1] > 0.9 * leg and hips[0] < 0.7 * leg,
        "squat": hips.min() < 0.7 * leg,
        "raise hand": hand_over_head,
        "wave": hand_over_head,
        "walk": np.ptp(shown.joints[:, HIP, 2]) > 1.0,
        "stand": np.ptp(shown.joints[:, WRIST], axis=0).max() < 0.15,
    }
    assert checks.get(name, True)


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(UsageError, match="no motion is called 'fly'; there are stand"):
        named_motion("fly")
