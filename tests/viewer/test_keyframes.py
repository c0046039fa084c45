"""Which frames become keyframes."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.errors import ShapeError, UsageError
from kinesics.viewer import pick_keyframes
from kinesics.viewer.pose_distance import pose_distance, pose_features


def poses(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A person whose arms and fingers go round slowly."""
    rng = np.random.default_rng(seed)
    rest = rng.uniform(180, 330, (133, 2))
    rest[91:112], rest[112:133] = rest[9] + rng.normal(0, 12, (21, 2)), rest[10] + rng.normal(0, 12, (21, 2))
    points = np.repeat(rest[None], n, 0)
    turn = np.linspace(0, 4 * np.pi, n)[:, None, None]
    for joints, reach in (((7, 9, *range(91, 112)), 90.0), ((8, 10, *range(112, 133)), 60.0)):
        points[:, list(joints)] += reach * np.concatenate([np.cos(turn * (reach / 60)), np.sin(turn)], 2)
    return points.astype(np.float32), np.full((n, 133), 0.9, np.float32)


def cover(points: np.ndarray, scores: np.ndarray, chosen: np.ndarray) -> float:
    """How far the pose that is served worst lies from its keyframe."""
    keys = pose_features(points[chosen], scores[chosen])
    return max(float(pose_distance(keys, pose_features(p, s)).min()) for p, s in zip(points, scores, strict=True))


def test_keyframes_cover_the_poses_better_than_even_steps() -> None:
    points, scores = poses(40)
    still_p, still_s = np.repeat(points[:1], 200, 0), np.repeat(scores[:1], 200, 0)  # mostly nothing happens
    points, scores = np.concatenate([still_p, points]), np.concatenate([still_s, scores])
    chosen = pick_keyframes(points, scores, 16)
    assert cover(points, scores, chosen) < 0.5 * cover(points, scores, np.linspace(0, 239, 16).astype(int))


def test_choice_is_the_same_each_time_rising_and_without_repeats() -> None:
    points, scores = poses(60)
    first, second = pick_keyframes(points, scores, 20), pick_keyframes(points, scores, 20)
    assert np.array_equal(first, second) and len(first) == 20 and (np.diff(first) > 0).all()


def test_of_frames_alike_the_sharp_and_sure_one_is_taken() -> None:
    points, scores = poses(30)
    points, scores = np.repeat(points, 2, 0), np.repeat(scores, 2, 0)
    blurred = np.arange(60) % 2 == 0
    chosen = pick_keyframes(points, scores, 12, sharpness=np.where(blurred, 1.0, 5.0))
    assert not blurred[chosen].any()
    scores[~blurred, 91:] = 0.1
    assert blurred[pick_keyframes(points, scores, 12)].all()


def test_what_has_no_pose_is_left_out_and_poses_alike_are_taken_once() -> None:
    points, scores = poses(20)
    points[5:15], scores[5:15] = np.nan, 0
    chosen = pick_keyframes(points, scores, 64)
    assert set(chosen.tolist()) == {*range(5), *range(15, 19)}  # the last has the pose of the first
    assert len(pick_keyframes(np.repeat(points[:1], 50, 0), np.repeat(scores[:1], 50, 0), 64)) == 1


def test_no_pose_at_all_still_gives_a_frame_and_nothing_gives_nothing() -> None:
    nothing = np.full((3, 133, 2), np.nan, np.float32), np.zeros((3, 133), np.float32)
    assert len(pick_keyframes(*nothing, 8)) == 1
    assert len(pick_keyframes(nothing[0][:0], nothing[1][:0], 8)) == 0


def test_wrong_arguments_are_said() -> None:
    points, scores = poses(4)
    with pytest.raises(ShapeError, match="133"):
        pick_keyframes(points[:, :17], scores[:, :17], 4)
    with pytest.raises(ShapeError, match="sharpness"):
        pick_keyframes(points, scores, 4, sharpness=np.zeros(3))
    with pytest.raises(UsageError, match="count"):
        pick_keyframes(points, scores, 0)
