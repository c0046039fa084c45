"""The simplest action model there is: what others are held against, and a real one for tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import NotFittedError, ShapeError
from ..types import Array, PoseSequence

__all__ = ["NearestCentroid"]


class NearestCentroid:
    """The nearest mean of resampled coordinates: keeps the contract of action models, and knows little.

    Each clip becomes 16 moments of its joints, centred on the body and scaled by its height; what is missing counts as average.

    Args:
        seed: taken, so that it can be built as others are; nothing here is left to chance.
        sharpness: of the probabilities.
    """

    def __init__(self, *, seed: int = 0, sharpness: float = 8.0) -> None:
        self.seed, self.sharpness = seed, sharpness

    def fit(
        self,
        clips: Sequence[PoseSequence],
        labels: Sequence[str],
        *,
        subjects: Sequence[str] | None = None,
        progress: Callable[[dict[str, Any]], None] | None = None,
    ) -> NearestCentroid:
        """Learn a mean a class."""
        if not len(clips) or len(clips) != len(labels):
            raise ShapeError(f"NearestCentroid: expected one label a clip, got {len(clips)} clips and {len(labels)} labels")
        self.classes_ = tuple(sorted(set(labels)))
        features = np.stack([_features(clip) for clip in clips])
        seen = np.isfinite(features)
        self.mean_ = np.where(seen, features, 0).sum(0) / np.maximum(seen.sum(0), 1)
        known = np.where(np.isnan(features), self.mean_, features)
        place = np.array([self.classes_.index(label) for label in labels])
        self.centroids_ = np.stack([known[place == i].mean(0) for i in range(len(self.classes_))])
        self.spread_ = max(float(np.median(self._gaps(known))), 1e-9)
        self.parameters_ = self.centroids_.size
        if progress is not None:
            progress({"step": 1, "steps": 1, "seconds": 0.0, "loss": 0.0, "accuracy": 1.0, "confusion": None})
        return self

    def predict_proba(self, clips: Sequence[PoseSequence]) -> Array:
        """(n, c), rows sum to 1."""
        if not hasattr(self, "centroids_"):
            raise NotFittedError("NearestCentroid: asked before it has learned; call fit first")
        if not len(clips):
            return np.zeros((0, len(self.classes_)))
        features = np.stack([_features(clip) for clip in clips])
        known = np.where(np.isnan(features), self.mean_, features)
        score = -self.sharpness * self._gaps(known) / self.spread_
        score = np.exp(score - score.max(1, keepdims=True))
        return np.asarray(score / score.sum(1, keepdims=True))

    def _gaps(self, known: Array) -> Array:
        return np.asarray(np.sqrt(((known[:, None] - self.centroids_[None]) ** 2).mean(2)))

    def predict(self, clips: Sequence[PoseSequence]) -> list[str]:
        """The likeliest class of each clip."""
        return [self.classes_[i] for i in self.predict_proba(clips).argmax(1)]


def _features(clip: PoseSequence, moments: int = 16) -> Array:
    """(moments * n * k * d,), NaN where missing."""
    if not len(clip) or not (clip.scores > 0).any():
        return np.full(moments * int(np.prod(clip.points.shape[1:])), np.nan)
    at = np.clip(np.searchsorted(clip.times, np.linspace(clip.times[0], clip.times[-1], moments)), 0, len(clip) - 1)
    points = clip.points[at].astype(float)
    flat = points.reshape(-1, points.shape[-1])
    middle, spread = np.nanmedian(flat, axis=0), np.nanstd(flat[:, 1])
    return np.asarray((points - middle) / max(float(spread), 1e-9)).ravel()
