"""Calibration: laws, and a case counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import ShapeError, UsageError
from kinesics.metrics.calibration import brier, calibration_error, reliability


def answers(seed: int, n: int = 400, c: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities, and truths drawn from just these probabilities: perfectly calibrated but for chance."""
    draw = np.random.default_rng(seed)
    proba = draw.dirichlet(np.full(c, 0.4), n)
    truth = (proba.cumsum(1) > draw.random((n, 1))).argmax(1)
    return truth, proba


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 999), bins=st.integers(1, 40), equal=st.sampled_from(["width", "mass"]))
def test_reliability_counts_each_answer_once_and_keeps_the_means(seed: int, bins: int, equal: str) -> None:
    truth, proba = answers(seed, 97)
    shown = reliability(truth, proba, bins=bins, equal=equal)
    assert shown.count.sum() == 97
    assert np.average(shown.confidence, weights=shown.count) == pytest.approx(proba.max(1).mean())
    assert np.average(shown.accuracy, weights=shown.count) == pytest.approx((proba.argmax(1) == truth).mean())
    assert (np.diff(shown.confidence) >= 0).all()


@pytest.mark.parametrize("equal", ["width", "mass"])
def test_error_is_small_for_honest_probabilities_and_large_for_boasting(equal: str) -> None:
    truth, proba = answers(0, 20_000)
    boasting = proba**3 / (proba**3).sum(1, keepdims=True)
    assert calibration_error(truth, proba, equal=equal) < 0.015
    assert calibration_error(truth, boasting, equal=equal) > 0.1


def test_error_of_one_bin_is_the_gap_between_mean_confidence_and_accuracy() -> None:
    truth, proba = answers(3)
    gap = abs(proba.max(1).mean() - (proba.argmax(1) == truth).mean())
    assert calibration_error(truth, proba, bins=1) == pytest.approx(gap)


def test_error_counted_by_hand() -> None:
    proba = np.array([[0.95, 0.05], [0.93, 0.07], [0.6, 0.4], [0.45, 0.55]])
    truth = np.array([0, 1, 0, 0])  # the bin above 0.9: half right at 0.94; the bin 0.5 to 0.6: half right at 0.575
    assert calibration_error(truth, proba, bins=10) == pytest.approx(0.5 * 0.44 + 0.5 * 0.075)


def test_mass_bins_hold_equally_many() -> None:
    truth, proba = answers(1, 103)
    count = reliability(truth, proba, bins=10, equal="mass").count
    assert len(count) == 10 and np.ptp(count) <= 1


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999))
def test_brier_is_least_for_the_truth_and_bounded(seed: int) -> None:
    truth, proba = answers(seed, 50)
    sure = np.eye(5)[truth]
    assert brier(truth, sure) == 0
    assert 0 <= brier(truth, proba) <= 2
    assert brier(truth, np.eye(5)[(truth + 1) % 5]) == pytest.approx(2)


def test_a_truth_that_is_no_column_is_always_wrong() -> None:
    assert reliability(np.array([-1]), np.array([[0.8, 0.2]])).accuracy.tolist() == [0]


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(ShapeError, match="sum to 1"):
        calibration_error(np.zeros(1, int), np.array([[0.8, 0.8]]))
    with pytest.raises(ShapeError, match="sum to 1"):
        calibration_error(np.zeros(1, int), np.array([[np.nan, 1.0]]))
    with pytest.raises(ShapeError, match=r"\(n, classes\)"):
        calibration_error(np.zeros(2, int), np.ones((3, 1)))
    with pytest.raises(UsageError, match="'mass'"):
        reliability(np.zeros(1, int), np.ones((1, 1)), equal="size")  # type: ignore[arg-type]


def test_no_answers_give_no_number() -> None:
    assert np.isnan(calibration_error(np.zeros(0, int), np.zeros((0, 3))))
    assert np.isnan(brier(np.zeros(0, int), np.zeros((0, 3))))
