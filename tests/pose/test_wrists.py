from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import UsageError
from kinesics.pose import correct_wrists
from kinesics.types import PoseSequence, skeleton

WHOLE = skeleton("wholebody133")


def some(seed: int, lost: float) -> PoseSequence:
    rng = np.random.default_rng(seed)
    points, scores = rng.uniform(0, 400, (5, 2, 133, 2)), rng.uniform(0.05, 1, (5, 2, 133))
    return PoseSequence(points, np.where(rng.random(scores.shape) < lost, 0, scores), np.arange(5), WHOLE, size=(640, 480))


@given(st.integers(0, 999), st.sampled_from([0.0, 0.3, 0.9]))
@settings(max_examples=30, deadline=None)
def test_there_is_one_wrist_and_hands_keep_their_shape(seed: int, lost: float) -> None:
    clip = some(seed, lost)
    fixed = correct_wrists(clip)
    for arm, hand in ((9, slice(91, 112)), (10, slice(112, 133))):
        seen = fixed.scores[..., hand.start] > 0
        assert np.array_equal(fixed.points[seen][:, arm], fixed.points[seen][:, hand.start])
        assert np.array_equal(fixed.scores[seen][:, arm], fixed.scores[seen][:, hand.start])
        was = clip.points[..., hand, :] - clip.points[..., hand.start + 3 : hand.start + 4, :]
        now = fixed.points[..., hand, :] - fixed.points[..., hand.start + 3 : hand.start + 4, :]
        assert np.allclose(was[:, :, 1:], now[:, :, 1:], atol=1e-3, equal_nan=True)
    others = np.r_[0:9, 11:91]
    assert np.array_equal(fixed.points[:, :, others], clip.points[:, :, others], equal_nan=True)
    again = correct_wrists(fixed)
    assert np.allclose(again.points, fixed.points, atol=1e-3, equal_nan=True) and np.array_equal(again.scores, fixed.scores)


def test_the_surer_wrist_counts_more_and_far_ones_are_not_averaged() -> None:
    points, scores = np.zeros((3, 1, 133, 2)), np.zeros((3, 1, 133))
    points[:, 0, 91], points[:, 0, 100], scores[:, 0, [91, 100]] = (100, 100), (130, 100), 0.8
    points[:, 0, 9], scores[:, 0, 9] = [(112, 100), (300, 100), (300, 100)], [0.8, 0.9, 0.1]
    scores[1, 0, [91, 100]] = 0.2
    fixed = correct_wrists(PoseSequence(points, scores, np.arange(3), WHOLE))
    assert fixed.points[:, 0, 9, 0] == pytest.approx([104, 300, 100])  # a hand's wrist counts twice
    assert fixed.points[:, 0, 100, 0] == pytest.approx([134, 330, 130])
    assert fixed.scores[:, 0, 91] == pytest.approx([0.8, 0.9, 0.8])


def test_a_hand_without_a_wrist_takes_the_arms_and_the_other_way_round() -> None:
    points, scores = np.full((2, 1, 133, 2), 50.0), np.zeros((2, 1, 133))
    scores[0, 0, [10, 120]], scores[1, 0, [112, 120]] = 0.6, 0.7
    fixed = correct_wrists(PoseSequence(points, scores, [0, 1], WHOLE))
    assert (fixed.scores[0, 0, [10, 112]] > 0).all() and (fixed.scores[1, 0, [10, 112]] > 0).all()
    assert fixed.scores[0, 0, 9] == 0 and fixed.scores[0, 0, 91] == 0
    with pytest.raises(UsageError, match="wholebody133"):
        correct_wrists(PoseSequence(np.zeros((1, 1, 17, 2)), np.zeros((1, 1, 17)), [0], skeleton("coco17")))
