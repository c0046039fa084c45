"""Principal components of a stream, found while it goes by: Oja's rule."""

from __future__ import annotations

import numpy as np

from ..errors import ShapeError, UsageError
from ..types import Array

__all__ = ["StreamingPCA"]


class StreamingPCA:
    """The directions in which a stream of vectors varies most, learned one vector at a time.

    Each vector turns the directions a little towards itself, the first the most (Oja, A simplified neuron model as a principal
    component analyzer, 1982; for several components Oja's subspace rule, 1989, kept orthonormal). The rate falls as 1 / n
    from a start that takes the first vectors in quickly, down to a floor, so that slow change is followed.

    Args:
        size: length of the vectors.
        components: how many directions.
        floor: least rate; about one over the number of vectors that are remembered.
        seed: of the first directions.
    """

    def __init__(self, size: int, components: int = 8, *, floor: float = 0.01, seed: int = 0) -> None:
        if not (0 < components <= size and 0 < floor < 1):
            raise UsageError(f"StreamingPCA: expected components from 1 to {size} and 0 < floor < 1, got {components}, {floor}")
        self.size, self.components, self.floor = size, components, floor
        self.mean = np.zeros(size)
        self.directions = np.linalg.qr(np.random.default_rng(seed).normal(size=(size, components)))[0]
        self.spread = 0.0
        self.count = 0

    def update(self, vector: Array) -> float:
        """Say how badly the directions learned so far make up a vector, then learn from it.

        Args:
            vector: (size,) finite.

        Returns:
            reconstruction error: the squared part of the vector that lies outside the directions, in shares of the mean
            squared distance of the vectors from their mean; 0 for the first.
        """
        x = np.asarray(vector, float)
        if x.shape != (self.size,):
            raise ShapeError(f"StreamingPCA: expected a vector of {self.size}, got {x.shape}")
        self.count += 1
        if self.count == 1:
            self.mean = x.copy()
            return 0.0
        away = x - self.mean
        parts = self.directions.T @ away
        rest = away - self.directions @ parts
        error = float(rest @ rest) / self.spread if self.spread > 0 else 0.0
        rate = max(1 / self.count, self.floor)
        self.mean = self.mean + rate * away
        length = float(away @ away)
        self.spread += max(1 / (self.count - 1), self.floor) * (length - self.spread)
        if length > 0:
            step = min(5 * rate, 1.0) / max(self.spread, 1e-12)
            grown = self.directions + step * np.outer(away, parts)
            self.directions = np.linalg.qr(grown)[0]
        return error
