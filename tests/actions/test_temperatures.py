"""How far answers may be trusted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.actions.calibration import SHARES, Calibration, fit_calibration, softmax
from kinesics.types import Array


def held_out(n: int, sure: float, seed: int = 0, classes: int = 5) -> tuple[Array, Array]:
    """Logits (shares, n, c) that are `sure` times as sure as they should be, later ones better; labels."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    logits = []
    for share in SHARES:
        said = rng.normal(0, 1, (n, classes)) + 3 * share * np.eye(classes)[rng.permutation(labels) if share < 0.2 else labels]
        logits.append(np.log(softmax(said)) * sure)
    return np.array(logits), labels


def loss(proba: Array, labels: Array) -> float:
    return float(-np.log(np.maximum(proba[np.arange(len(labels)), labels], 1e-12)).mean())


@pytest.mark.parametrize("sure", [0.3, 4.0, 20.0])
def test_it_lowers_the_loss_on_what_it_was_fitted_to(sure: float) -> None:
    logits, labels = held_out(300, sure)
    seconds = 2 * np.array(SHARES)
    fitted = fit_calibration(logits, labels, seconds)
    for given_, at in zip(logits, seconds, strict=True):
        assert loss(fitted.proba(given_, float(at)), labels) < loss(softmax(given_), labels)
    assert (fitted.temperature > 1).all() if sure > 1 else (fitted.temperature[2:] < 1).all()


def test_a_few_clips_hardly_change_what_is_believed() -> None:
    logits, labels = held_out(4, 20.0)
    few = fit_calibration(logits, labels, np.array(SHARES))
    many = fit_calibration(*held_out(400, 20.0), np.array(SHARES))
    assert (np.abs(np.log(few.temperature)) < np.abs(np.log(many.temperature))).all()


@settings(max_examples=30, deadline=None)
@given(
    rows=st.integers(1, 6),
    classes=st.integers(2, 9),
    scale=st.floats(0, 1e4),
    seconds=st.floats(0, 1e5),
    seed=st.integers(0, 99),
)
def test_probabilities_sum_to_one_and_keep_their_order(
    rows: int, classes: int, scale: float, seconds: float, seed: int
) -> None:
    logits = np.random.default_rng(seed).normal(0, 1, (rows, classes)) * scale
    proba = Calibration(np.array([0.2, 2.0]), np.array([3.0, 0.5])).proba(logits, seconds)
    assert np.allclose(proba.sum(1), 1) and (proba >= 0).all() and np.isfinite(proba).all()
    assert np.array_equal(proba[np.arange(rows), logits.argmax(1)], proba.max(1))


def test_between_shares_temperatures_are_between_and_beyond_them_the_last() -> None:
    calibration = Calibration(np.array([0.2, 1.0, 2.0]), np.array([4.0, 2.0, 1.0]))
    logits = np.array([[2.0, 0.0]])
    sure = [calibration.proba(logits, s)[0, 0] for s in (0.0, 0.2, 0.6, 1.0, 1.5, 2.0, 60.0)]
    assert sure == sorted(sure) and sure[0] == sure[1] and sure[-1] == sure[-2]
    assert np.allclose(calibration.proba(np.repeat(logits, 2, 0), np.array([0.2, 2.0]))[:, 0], [sure[1], sure[5]])
