"""How likely a joint is where it is said to be: a logistic regression for each, so that 0.8 is right 8 times of 10."""

from __future__ import annotations

import numpy as np

from ..types import Array

RADIUS = 0.10  # metres within which a joint counts as right


def fit_confidence(signs: Array, right: Array, *, ridge: float = 1e-2) -> Array:
    """Coefficients (k, f + 1) of the chance that a joint is right, from signs (n, k, f) and what was right (n, k) bool.

    Newton's method with a ridge (Hoerl and Kennard, 1970); the last coefficient is the constant. Rows without the
    joint hold NaN signs and are left out.
    """
    _, k, f = signs.shape
    found = np.zeros((k, f + 1))
    for joint in range(k):
        there = np.isfinite(signs[:, joint]).all(axis=1)
        if there.sum() < 20:
            continue
        x = np.column_stack([signs[there, joint], np.ones(there.sum())])
        y = right[there, joint].astype(float)
        w = np.zeros(f + 1)
        for _ in range(12):
            p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
            slope = x.T @ (y - p) - ridge * w
            bend = (x * (p * (1 - p) + 1e-6)[:, None]).T @ x + ridge * np.eye(f + 1)
            w = w + np.linalg.solve(bend, slope)
        found[joint] = w
    return found


def confidence_of(coefficients: Array, signs: Array) -> Array:
    """(..., k) chances, 0 to 1, from signs (..., k, f); 0 where a sign is NaN."""
    logit = (signs * coefficients[:, :-1]).sum(axis=-1) + coefficients[:, -1]
    return np.asarray(np.where(np.isfinite(logit), 1 / (1 + np.exp(-np.clip(np.nan_to_num(logit), -30, 30))), 0.0))
