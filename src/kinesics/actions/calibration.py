"""How far an answer may be trusted after so much of an action: a temperature for each share seen (Guo et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types.arrays import Array

__all__ = ["SHARES", "Calibration", "fit_calibration", "fit_temperature", "likeliest", "softmax"]

SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
TEMPERATURES = np.exp(np.linspace(-1.5, 2.0, 71))
PRIOR = 5.0  # held-out clips that believing in a temperature of 1 is worth


@dataclass(frozen=True)
class Calibration:
    """What logits are divided by, by the seconds that were seen.

    Attributes:
        seconds: (s,) rising.
        temperature: (s,).
    """

    seconds: Array
    temperature: Array

    def proba(self, logits: Array, seconds: Array | float) -> Array:
        """(n, c) logits after `seconds` (n,) of an action to probabilities."""
        heat = np.interp(seconds, self.seconds, self.temperature)
        return softmax(logits / np.atleast_1d(heat)[:, None])


def softmax(logits: Array) -> Array:
    """Rows to probabilities that sum to 1, float64."""
    up = np.exp(np.asarray(logits, np.float64) - np.max(logits, axis=-1, keepdims=True))
    return np.asarray(up / up.sum(-1, keepdims=True))


def fit_calibration(logits: Array, labels: Array, seconds: Array) -> Calibration:
    """Temperatures that make held-out answers as sure as they are right.

    Args:
        logits: (s, n, c) after each of `SHARES` of n held-out clips.
        labels: (n,) index of the class.
        seconds: (s,) typical seconds that each share is.
    """
    heats = [fit_temperature(answers, labels) for answers in logits]
    return Calibration(np.asarray(seconds, float), np.array(heats))


def fit_temperature(logits: Array, labels: Array) -> float:
    """What logits (n, c) are divided by so that they are the likeliest for labels (n,), and not far from 1 if n is small."""
    return likeliest(logits, labels)[0]


def likeliest(logits: Array, labels: Array) -> tuple[float, float]:
    """That temperature, and the nats that all labels are then unlikely by."""
    told = logits[np.arange(len(labels)), labels]
    loss = [np.mean(_log_sum(logits / t) - told / t) * len(labels) + PRIOR * np.log(t) ** 2 / 2 for t in TEMPERATURES]
    best = int(np.argmin(loss))
    return float(TEMPERATURES[best]), float(loss[best])


def _log_sum(values: Array) -> Array:
    top = values.max(-1)
    return np.asarray(top + np.log(np.exp(values - top[:, None]).sum(-1)))
