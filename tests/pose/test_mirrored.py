from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import UsageError
from kinesics.pose import mirror_clip
from kinesics.pose.adapting import whole_body
from kinesics.types import PoseSequence, Skeleton, skeleton

BODIES = ("coco17", "blazepose33", "hand21", "kinect20", "glimpse14", "itop15", "wholebody133")


def some(name: str, seed: int, size: tuple[int, int] | None, dims: int = 2) -> PoseSequence:
    rng = np.random.default_rng(seed)
    body = skeleton(name)
    points, scores = rng.uniform(0, 600, (4, 2, len(body), dims)), rng.uniform(0.1, 1, (4, 2, len(body)))
    scores[rng.random(scores.shape) < 0.3] = 0
    return PoseSequence(points, scores, np.arange(4), body, [5, 2], size)


@given(st.sampled_from(BODIES), st.integers(0, 99), st.sampled_from([None, (640, 480), (333, 7)]), st.sampled_from([2, 3]))
@settings(max_examples=40, deadline=None)
def test_a_mirrored_mirror_image_is_the_clip(name: str, seed: int, size: tuple[int, int] | None, dims: int) -> None:
    clip = some(name, seed, size, dims)
    once = mirror_clip(clip)
    twice = mirror_clip(once)
    assert np.allclose(twice.points, clip.points, atol=1e-3, equal_nan=True) and np.array_equal(twice.scores, clip.scores)
    left, right = skeleton(name).mirror[0] if skeleton(name).mirror else (0, 0)
    if size is not None:
        assert np.allclose(once.points[:, :, left, 0], size[0] - 1 - clip.points[:, :, right, 0], atol=1e-3, equal_nan=True)
    assert np.array_equal(once.points[:, :, left, 1:], clip.points[:, :, right, 1:], equal_nan=True)


@given(st.sampled_from(["coco17", "blazepose33", "kinect20"]), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_adapting_and_mirroring_may_change_places(name: str, seed: int) -> None:
    clip = some(name, seed, (640, 480))
    one, other = whole_body(mirror_clip(clip)), mirror_clip(whole_body(clip))
    assert np.allclose(one.points, other.points, atol=1e-3, equal_nan=True)


def test_hands_and_the_halves_of_a_face_change_places() -> None:
    clip = some("wholebody133", 1, (640, 480))
    at = skeleton("wholebody133").joints.index
    once = mirror_clip(clip)
    pairs = {
        "left_hand_index_tip": "right_hand_index_tip",
        "face_36": "face_45",
        "face_8": "face_8",
        "left_big_toe": "right_big_toe",
    }
    for a, b in pairs.items():
        assert np.array_equal(once.points[:, :, at(a), 1], clip.points[:, :, at(b), 1], equal_nan=True)


@pytest.mark.parametrize(
    "names", [("left_eye", "right_knee"), ("POSE.NOSE", "FACE_LANDMARKS.12", "FACE_LANDMARKS.13"), ("face_1", "nose")]
)
def test_joints_whose_sides_nobody_knows_are_refused(names: tuple[str, ...]) -> None:
    clip = PoseSequence(np.zeros((1, 1, len(names), 2)), np.ones((1, 1, len(names))), [0], Skeleton("odd", names))
    with pytest.raises(UsageError, match="whole body first"):
        mirror_clip(clip)
