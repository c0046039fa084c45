"""Bodies that are mirror images are found by their knees, toes and hands, whichever way they face, and turned as a set."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies import motion_clips
from kinesics.pipeline.handed import unmirrored
from kinesics.types import PoseSequence, skeleton

CLIPS, _ = motion_clips(6, 4, seed=3)


def changed(clip: PoseSequence, matrix: object, joints: str | None = None) -> PoseSequence:
    rows = list(range(len(clip.skeleton)))
    body = clip.skeleton
    if joints is not None:
        body = skeleton(joints)
        rows = [clip.skeleton.joints.index(name) for name in body.joints]
    return PoseSequence(clip.points[:, :, rows] @ np.array(matrix, float), clip.scores[:, :, rows], clip.times, body)


@pytest.mark.parametrize("degrees", [0, 70, 180, 250])
def test_mirror_images_are_turned_back_and_bodies_stay_whichever_way_they_face(degrees: float) -> None:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    facing = [changed(clip, [[c, 0, s], [0, 1, 0], [-s, 0, c]]) for clip in CLIPS]
    same, nothing = unmirrored(facing)
    assert same == facing and not nothing
    turned, words = unmirrored([changed(clip, np.diag([-1, 1, 1])) for clip in facing])
    assert len(words) == 1 and "mirror image" in words[0]
    assert all(np.array_equal(a.points, b.points, equal_nan=True) for a, b in zip(turned, facing, strict=True))


def test_a_few_odd_clips_and_noise_change_nothing() -> None:
    rng = np.random.default_rng(0)
    noisy = [
        PoseSequence(clip.points + rng.normal(0, 0.03, clip.points.shape), clip.scores, clip.times, clip.skeleton)
        for clip in CLIPS
    ]
    odd = [changed(clip, np.diag([-1, 1, 1])) for clip in noisy[:5]]
    assert not unmirrored(odd + noisy[5:])[1]


def test_where_nothing_tells_nothing_is_turned() -> None:
    clip = CLIPS[0]
    flat = PoseSequence(clip.points[..., :2] * (-1, 1), clip.scores, clip.times, clip.skeleton)
    hidden = PoseSequence(clip.points * (-1, 1, 1), np.zeros_like(clip.scores), clip.times, clip.skeleton)
    hands = PoseSequence(
        np.random.default_rng(0).normal(size=(9, 1, 21, 3)), np.ones((9, 1, 21)), np.arange(9.0), skeleton("hand21")
    )
    for clips in ([flat], [hidden], [hands], []):
        assert unmirrored(clips) == (clips, [])


def test_depth_cameras_data_is_a_mirror_image(data: object) -> None:
    from kinesics.pipeline import read_actions

    found = read_actions(f"{data}/actions/msr-action3d")
    assert any("mirror image" in note for note in found.notes)
    body = found.clips[1]
    left, right = (body.points[:, 0, body.skeleton.joints.index(f"{side}_shoulder")] for side in ("left", "right"))
    assert (np.nanmean(right - left, 0)[0] < 0) and len(found.notes) == 2  # they face the camera: their right is on its left
