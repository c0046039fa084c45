"""Precision of joints in metres, and sides exchanged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinesics.errors import ShapeError
from kinesics.metrics.joints3d import average_precision, joint_precision, left_right_swapped
from kinesics.types import skeleton

BODY = skeleton("kinect20")
MIRROR = BODY.mirror_order


def people(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.5, (n, len(BODY), 3)) + (0, 0, 3)


def test_perfect_joints_have_precision_one_whatever_their_confidence() -> None:
    truth = people(30)
    sure = np.random.default_rng(1).random((30, len(BODY)))
    assert np.allclose(joint_precision(truth, sure, truth, np.ones((30, len(BODY)), bool), 0.1), 1)


def test_a_small_case_by_hand() -> None:
    # ranked: right (1/1), wrong, right (2/3), a second one near the first picture's joint (wrong); 3 joints to be found
    errors, sure, owner = [0.05, 0.3, 0.09, 0.02], [0.9, 0.8, 0.7, 0.1], [0, 1, 2, 0]
    assert average_precision(errors, sure, owner, [True] * 3, 0.1) == pytest.approx((1 + 2 / 3) / 3)


def test_a_hidden_joint_is_not_missed_but_a_wrong_guess_of_it_counts() -> None:
    seen, hidden = [True, False], [True, True]
    assert average_precision([0.0], [0.5], [0], seen, 0.1) == 1
    assert average_precision([0.0], [0.5], [0], hidden, 0.1) == 0.5
    assert average_precision([0.0, 0.5], [0.5, 0.9], [0, 1], seen, 0.1) == 0.5
    assert average_precision([0.0, 0.05], [0.5, 0.9], [0, 1], seen, 0.1) == 1


@given(st.integers(0, 1000))
def test_ranking_by_truth_is_never_worse_than_any_other(seed: int) -> None:
    rng = np.random.default_rng(seed)
    errors, owner, counted = rng.uniform(0, 0.2, 20), np.arange(20), np.ones(20, bool)
    some = average_precision(errors, rng.random(20), owner, counted, 0.1)
    best = average_precision(errors, -errors, owner, counted, 0.1)
    assert some <= best + 1e-12 and best == pytest.approx((errors <= 0.1).mean())


def test_proposals_that_are_not_there_are_nothing() -> None:
    truth = people(5)
    two = np.stack([truth, np.full_like(truth, np.nan)], axis=2)
    sure = np.stack([np.full(truth.shape[:2], 0.5), np.zeros(truth.shape[:2])], axis=2)
    assert np.allclose(joint_precision(two, sure, truth, np.ones(truth.shape[:2], bool), 0.1), 1)


def test_nothing_to_be_found_is_no_number() -> None:
    assert np.isnan(average_precision([0.1], [0.5], [0], [False], 0.1))


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ShapeError, match="as many errors"):
        average_precision([0.1, 0.2], [0.5], [0], [True], 0.1)


def test_exchanged_sides_are_seen_and_missing_joints_do_not_matter() -> None:
    truth = people(10)
    found = truth + 0.01
    found[5:] = found[5:][:, MIRROR]
    found[:, 4] = np.nan
    assert left_right_swapped(found, truth, MIRROR).tolist() == [False] * 5 + [True] * 5
