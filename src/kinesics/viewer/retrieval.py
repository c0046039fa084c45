"""Which keyframes a pose is drawn from: one for the trunk with the head, one for each arm with its hand.

The choice holds on to what it had: a keyframe gives way only to one that is clearly nearer, so that a picture does not pop
from one keyframe to another and back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .pose_distance import Features, part_distances, pose_features

__all__ = ["Choice", "Retrieval"]

HOLD = 0.8  # a new keyframe must be nearer than this share of the old one's distance
TOGETHER = 0.55  # hands nearer to each other than this share of the shoulders' width are taken from one keyframe
#                        trunk head larm rarm legs lhand rhand
_WEIGHTS = np.array(
    [
        [1.0, 1.0, 0.05, 0.05, 0.6, 0.0, 0.0],
        [0.15, 0.0, 1.0, 0.0, 0.0, 0.8, 0.0],
        [0.15, 0.0, 0.0, 1.0, 0.0, 0.0, 0.8],
    ],
    np.float32,
)


@dataclass(frozen=True)
class Choice:
    """Keyframes for one pose: indices for the trunk, the left and the right arm, and how far they are, in pixels."""

    keys: tuple[int, int, int]
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
        self._before = [-1, -1, -1]

    def choose(self, points: Array, scores: Array, allowed: Array | None = None) -> Choice:
        """Keyframes for one pose (133, 2) with scores (133,).

        Args:
            points: canvas pixels.
            scores: 0 where missing.
            allowed: (n,) bool; keyframes that may be taken, all if None.
        """
        parts = part_distances(self.features, pose_features(points, scores)) ** 2
        cost = parts @ (_WEIGHTS**2).T
        if allowed is not None:
            cost[~allowed] = np.inf
        if _together(points, scores):
            cost[:, 1] = cost[:, 2] = cost[:, 1] + cost[:, 2]
        keys = [self._held(cost[:, i], before) for i, before in enumerate(self._before)]
        self._before = keys
        near = float(np.sqrt(np.mean([cost[key, i] for i, key in enumerate(keys)])))
        return Choice((keys[0], keys[1], keys[2]), near)

    @staticmethod
    def _held(cost: Array, before: int) -> int:
        best = int(np.argmin(cost))
        return before if 0 <= before and np.isfinite(cost[before]) and cost[best] > HOLD * HOLD * cost[before] else best


def _together(points: Array, scores: Array) -> bool:
    """Whether the hands touch or nearly do: they are then seen as one, and must come from one picture."""
    if not (scores[[5, 6, 9, 10]] > 0).all():
        return False
    apart, width = points[9] - points[10], points[5] - points[6]
    return bool(np.hypot(*apart) < TOGETHER * np.hypot(*width))
