"""Intervals hold the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import ShapeError, UsageError
from kinesics.metrics.intervals import bootstrap_interval, mean_interval, share_interval


def test_mean_interval_holds_the_true_mean_in_about_95_of_100_tries() -> None:
    draws = np.random.default_rng(0).normal(3.0, 2.0, (2000, 50))
    held = [abs(row.mean() - 3.0) <= mean_interval(row) for row in draws]
    assert np.mean(held) == pytest.approx(0.945, abs=0.02)


@settings(max_examples=40, deadline=None)
@given(total=st.integers(1, 500), share=st.floats(0, 1))
def test_share_interval_holds_the_share_and_shrinks_with_trials(total: int, share: float) -> None:
    right = round(share * total)
    low, high = share_interval(right, total)
    assert 0 <= low <= right / total <= high <= 1
    wide, narrow = high - low, np.diff(share_interval(4 * right, 4 * total))[0]
    assert narrow < wide


def test_no_trial_says_nothing() -> None:
    assert share_interval(0, 0) == (0.0, 1.0)
    assert np.isnan(mean_interval(np.ones(1)))


def test_bootstrap_agrees_with_the_normal_interval_and_repeats_itself() -> None:
    values = np.random.default_rng(1).random(400)
    low, high = bootstrap_interval(values)
    assert (high - low) / 2 == pytest.approx(mean_interval(values), rel=0.1)
    assert bootstrap_interval(values) == (low, high)
    assert bootstrap_interval(values, seed=1) != (low, high)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(UsageError, match="of 3"):
        share_interval(4, 3)
    with pytest.raises(UsageError, match="level"):
        mean_interval(np.ones(3), level=95)
    with pytest.raises(ShapeError):
        bootstrap_interval(np.ones(0))
