"""Confidences: what is claimed comes true as often as claimed."""

from __future__ import annotations

import numpy as np

from kinesics.depth.confidence import confidence_of, fit_confidence


def test_claimed_chances_come_true() -> None:
    rng = np.random.default_rng(0)
    signs = rng.normal(0, 1, (8000, 2, 3))
    chance = 1 / (1 + np.exp(-(signs @ [1.0, -2.0, 0.0] + 0.5)))
    right = rng.random(chance.shape) < chance
    given = confidence_of(fit_confidence(signs[:4000], right[:4000]), signs[4000:])
    assert np.abs(given - chance[4000:]).mean() < 0.03
    for low in (0.1, 0.5, 0.8):
        band = (given > low) & (given < low + 0.1)
        assert abs(right[4000:][band].mean() - given[band].mean()) < 0.06


def test_what_is_missing_has_no_confidence_and_teaches_nothing() -> None:
    rng = np.random.default_rng(1)
    signs = rng.normal(0, 1, (500, 1, 1))
    right = signs[..., 0] > 0
    holes = signs.copy()
    holes[::2] = np.nan
    assert (confidence_of(fit_confidence(holes, right), holes)[::2] == 0).all()
    assert np.isfinite(fit_confidence(holes, right)).all()
    assert (fit_confidence(np.full((500, 1, 1), np.nan), right) == 0).all()
