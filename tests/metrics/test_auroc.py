"""The area under the ROC curve, against counting every pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import ShapeError
from kinesics.metrics.auroc import auroc, rejection_at

SIDES = st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=2, max_size=40).filter(
    lambda pairs: len({side for side, _ in pairs}) == 2
)


def split(pairs: list[tuple[bool, int]]) -> tuple[np.ndarray, np.ndarray]:
    positive, score = zip(*pairs, strict=True)
    return np.array(positive), np.array(score, float)


@settings(max_examples=40, deadline=None)
@given(pairs=SIDES)
def test_it_is_the_share_of_pairs_in_the_right_order(pairs: list[tuple[bool, int]]) -> None:
    positive, score = split(pairs)
    gap = score[positive][:, None] - score[~positive][None]
    assert auroc(positive, score) == pytest.approx((gap > 0).mean() + 0.5 * (gap == 0).mean())


@settings(max_examples=40, deadline=None)
@given(pairs=SIDES)
def test_only_the_order_of_scores_counts_and_the_other_side_is_the_rest(pairs: list[tuple[bool, int]]) -> None:
    positive, score = split(pairs)
    assert auroc(positive, np.exp(score) * 7 - 2) == pytest.approx(auroc(positive, score))
    assert auroc(positive, -score) == pytest.approx(1 - auroc(positive, score))
    assert auroc(~positive, score) == pytest.approx(1 - auroc(positive, score))


def test_one_side_only_gives_no_number() -> None:
    assert np.isnan(auroc(np.ones(3), np.arange(3)))
    assert np.isnan(rejection_at(np.zeros(3), np.arange(3)))


def test_scores_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ShapeError, match="NaN"):
        auroc(np.array([True, False]), np.array([0.1, np.nan]))
    with pytest.raises(ShapeError, match=r"\(n,\)"):
        auroc(np.array([True, False]), np.array([0.1]))


def test_rejection_keeps_what_it_promises() -> None:
    positive = np.array([True] * 10 + [False] * 4)
    score = np.array([*range(10, 20), 9.0, 10.0, 10.5, 30.0])
    assert rejection_at(positive, score, kept=1.0) == 0.25  # threshold 10: only the 9 lies below
    assert rejection_at(positive, score, kept=0.9) == 0.75  # threshold 11
