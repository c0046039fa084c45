"""Which keyframes a pose is drawn from: one that is near as a whole, and one that is nearer where the first is not.

The choice holds on to what it had: a keyframe gives way only to one that is clearly nearer, so that a picture does not pop
from one keyframe to another and back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .pose_distance import WEIGHTS, Features, part_distances, pose_features

__all__ = ["Choice", "Retrieval"]

HOLD = 0.85  # a new keyframe must be nearer than this share of the old one's distance
WORTH = 0.9  # a second keyframe must bring the cost below this share


@dataclass(frozen=True, eq=False)
class Choice:
    """Keyframes for one pose.

    Attributes:
        first: index of the keyframe that is nearest as a whole.
        second: index of the one that helps where `first` is far; equal to `first` where none does.
        prefer: (7,) float32 in the order of `pose_distance.PARTS`: by how much the second is to be preferred, 0 to 1.
        distance: pixels, of the first.
    """

    first: int
    second: int
    prefer: Array
    distance: float


class Retrieval:
    """Chooses keyframes pose by pose.

    Args:
        points: (n, 133, 2) poses of the keyframes, canvas pixels.
        scores: (n, 133).
    """

    def __init__(self, points: Array, scores: Array) -> None:
        self.features: Features = pose_features(points, scores)
        self.reset()

    def reset(self) -> None:
        """Forget what was chosen before."""
        self._first = self._second = -1

    def choose(self, points: Array, scores: Array, allowed: Array | None = None) -> Choice:
        """Keyframes for one pose (133, 2) with scores (133,).

        Args:
            points: canvas pixels.
            scores: 0 where missing.
            allowed: (n,) bool; keyframes that may be taken, all if None.
        """
        parts = (part_distances(self.features, pose_features(points, scores)) * WEIGHTS) ** 2
        cost = parts.sum(1)
        if allowed is not None:
            cost = np.where(allowed, cost, np.inf)
        first = self._held(cost, self._first)
        together = np.minimum(parts, parts[first]).sum(1) + 0.02 * cost
        if allowed is not None:
            together = np.where(allowed, together, np.inf)
        second = self._held(together, self._second)
        if together[second] > WORTH * WORTH * cost[first]:
            second = first
        self._first, self._second = first, second
        near, other = parts[first] + 4.0, parts[second] + 4.0
        prefer = np.zeros(len(WEIGHTS), np.float32) if second == first else (near**2 / (near**2 + other**2)).astype(np.float32)
        return Choice(first, second, prefer, float(np.sqrt(cost[first] / (WEIGHTS**2).sum())))

    @staticmethod
    def _held(cost: Array, before: int) -> int:
        best = int(np.argmin(cost))
        return before if 0 <= before and np.isfinite(cost[before]) and cost[best] > HOLD * HOLD * cost[before] else best
