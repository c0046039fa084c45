"""Whether left and right may be swapped: read off from how the training clips are performed, not from their labels."""

from __future__ import annotations

import numpy as np

from ..types.arrays import Array
from .layout import Layout
from .training_set import TrainingSet

__all__ = ["both_sides"]

RARER = 0.2  # share of a class's clips that must be done the other way round
MOST = 0.5  # of the one-sided classes must be done both ways


def both_sides(data: TrainingSet, labels: Array, layout: Layout) -> bool:
    """True if most one-sided actions are done both ways round by the people of the training clips.

    Swapping sides then makes more of the same; where everybody waves with the right hand, or a swipe to the left is another
    action than one to the right, it would make what never comes, or the wrong thing.
    """
    pairs = [(i, j) for i, j in enumerate(layout.mirror) if i < j]
    if not pairs or layout.people != 1:
        return False
    lean = np.array(
        [_lean(data.points[i, : data.lengths[i], 0], data.known[i, : data.lengths[i], 0], pairs) for i in range(len(data))]
    )
    of, votes = labels[data.clips], []
    for label in np.unique(of):
        own = lean[of == label]
        if len(own) >= 5 and np.median(np.abs(own)) > 0.15:
            votes.append(min((own > 0.1).mean(), (own < -0.1).mean()) >= RARER)
    return bool(votes) and float(np.mean(votes)) >= MOST


def _lean(points: Array, known: Array, pairs: list[tuple[int, int]]) -> float:
    """-1 to 1: how much more the left joints of a clip move than the right ones, or, in a picture, which way the body looks."""
    path = np.zeros(points.shape[1])
    step = np.linalg.norm(np.diff(points, axis=0), axis=-1) * (known[1:] & known[:-1])
    path = step.sum(0)
    left, right = (sum(path[pair[side]] for pair in pairs) for side in (0, 1))
    return float((left - right) / max(left + right, 1e-6))
