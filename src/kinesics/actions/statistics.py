"""Means and deviations of features as an encoder: what trees on a few clips need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import NotFittedError
from ..types import Array
from .encoding import checked_clip

__all__ = ["StatisticsEncoder", "deviations", "standardiser", "with_deviations"]

_EXACT = 1 - 1e-6  # of a mean square in float32
_FARTHEST = 8.0  # deviations beyond which a value is cut: one wild tick must not own a mean of squares


class StatisticsEncoder:
    """How much features change, the features, their squares: pooling gives mean change, mean and mean square.

    The features are standardised by `fit`; those that never change give 0.
    """

    def __init__(self) -> None:
        self.mean_: Array | None = None
        self.scale_: Array | None = None

    def fit(self, clips: Sequence[Array], seed: int = 0) -> StatisticsEncoder:
        """Learn mean and deviation of each feature.

        Args:
            clips: each (t, c) float32.
            seed: not used; encoders are fitted alike.
        """
        del seed
        self.mean_, self.scale_ = standardiser(clips)
        return self

    def start(self) -> Array | None:
        """Nothing seen."""
        return None

    def encode(self, x: Array, state: Array | None) -> tuple[Array, Array, Array]:
        """See `Encoder`; z is (t, 3c)."""
        if self.mean_ is None or self.scale_ is None:
            raise NotFittedError("expected an encoder that was fitted or loaded; call fit first")
        s = np.clip((checked_clip(x, len(self.mean_)) - self.mean_) * self.scale_, -_FARTHEST, _FARTHEST)
        before = s[:1] if state is None else state
        change = np.abs(np.diff(s, axis=0, prepend=before))
        return np.concatenate([change, s, s * s], 1), np.ones((len(s), 1), np.float32), s[-1:]

    def arrays(self) -> dict[str, Array]:
        """What was learned, for a bundle."""
        if self.mean_ is None or self.scale_ is None:
            raise NotFittedError("expected an encoder that was fitted or loaded; call fit first")
        return {"mean": self.mean_, "scale": self.scale_}

    @classmethod
    def from_arrays(cls, arrays: dict[str, Array]) -> StatisticsEncoder:
        """The encoder whose `arrays` these are."""
        encoder = cls()
        encoder.mean_, encoder.scale_ = arrays["mean"], arrays["scale"]
        return encoder


def standardiser(clips: Sequence[Array]) -> tuple[Array, Array]:
    """Mean and 1 / deviation of each channel over all ticks, (c,) float32 each; 0 for channels that never change."""
    first = checked_clip(clips[0]) if len(clips) else np.zeros((1, 0))
    count, total, square = 0, np.zeros(first.shape[1]), np.zeros(first.shape[1])
    shift = first.mean(0, dtype=np.float64)  # squares of differences from a typical value lose no digits
    for clip in clips:
        x = checked_clip(clip, len(shift)) - shift
        count, total, square = count + len(x), total + x.sum(0), square + (x * x).sum(0)
    mean = total / max(count, 1)
    deviation = np.sqrt(np.maximum(square / max(count, 1) - mean**2, 0))
    moves = deviation > 1e-6 * (1 + np.abs(shift + mean))
    return (shift + mean).astype(np.float32), np.where(moves, 1 / np.where(moves, deviation, 1), 0).astype(np.float32)


def with_deviations(pooled: Array, channels: int) -> Array:
    """Rows whose last columns were means and mean squares of so many channels, the squares turned into deviations.

    Args:
        pooled: (n, f), f at least twice the channels.
        channels: 0 leaves the rows as they are.
    """
    if not channels:
        return pooled
    return np.concatenate([pooled[:, :-channels], deviations(pooled, channels)], 1)


def deviations(pooled: Array, channels: int) -> Array:
    """(n, channels) of rows whose last columns are means and mean squares of so many channels, at least one.

    A millionth of the square is taken for rounding: what never changed has a deviation of exactly 0.
    """
    mean, square = pooled[:, -2 * channels : -channels], pooled[:, -channels:]
    return np.asarray(np.sqrt(np.maximum(square * _EXACT - mean**2, 0)))
