"""Legs of a fitted person that is driven by somebody whose legs may not be seen."""

from __future__ import annotations

import numpy as np

from ..pose.limbs import LEAST
from ..types import Array
from ..viewer import SIZE, Person

__all__ = ["Legs"]

LOWER = (11, 12, *range(13, 23))
HIPS, SHOULDERS = [11, 12], [5, 6]
SELDOM = 0.05  # share of the moments below which a joint counts as never seen
STANDING = 0.3  # score of joints that are lent
UPRIGHT = 75.0  # percentile of the keyframes by how tall the person stands in them: legs are lent from those above


class Legs:
    """Leaves out legs that the person never shows; lends legs that are not seen their place below the person.

    Args:
        person: whose they are.
    """

    def __init__(self, person: Person) -> None:
        held = np.where((person.scores >= LEAST)[..., None], person.points, np.nan).astype(float)
        shown = np.isfinite(held[..., 0]) & (held >= 0).all(-1) & (held < SIZE).all(-1)
        self.has = shown.mean(0) >= SELDOM
        shoulders, hips = held[:, SHOULDERS].mean(1), held[:, HIPS].mean(1)
        tall = (held[:, [15, 16]].mean(1) - shoulders)[:, 1]
        upright = tall >= np.nanpercentile(tall, UPRIGHT) if np.isfinite(tall).any() else np.ones(len(held), bool)
        self._from_shoulders, self._from_hips = (_usual(held[upright] - base[upright, None]) for base in (shoulders, hips))

    def fitted(self, placed: Array, scores: Array, seen: Array) -> Array:
        """Change a canvas pose (133, 2) in place.

        Args:
            placed: the pose.
            scores: (133,) of it.
            seen: (133,) share of the last moments in which each joint was seen.

        Returns:
            (133,) scores.
        """
        scores = scores.copy()
        for joint in LOWER[2:]:
            if not self.has[joint]:
                placed[joint], scores[joint] = np.nan, 0
        hips = bool((seen[HIPS] >= SELDOM).all() and (scores[HIPS] > 0).all())
        base, ways = (placed[HIPS].mean(0), self._from_hips) if hips else (placed[SHOULDERS].mean(0), self._from_shoulders)
        for joint in LOWER:
            if self.has[joint] and seen[joint] < SELDOM and np.isfinite(ways[joint, 0]):
                placed[joint], scores[joint] = base + ways[joint], STANDING
        return scores


def _usual(ways: Array) -> Array:
    """(133, 2) medians, NaN where there is nothing."""
    out = np.full(ways.shape[1:], np.nan)
    for joint in LOWER:
        own = ways[np.isfinite(ways[:, joint, 0]), joint]
        if len(own):
            out[joint] = np.median(own, axis=0)
    return out
