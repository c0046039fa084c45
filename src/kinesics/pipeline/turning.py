"""Who turns their back to the camera, as it happens; who was never filmed from behind is drawn from the front then."""

from __future__ import annotations

from collections import deque

import numpy as np

from ..types import Array, skeleton
from ..viewer import WHOLE_BODY, Person

__all__ = ["Turning"]

AWAY = 0.25  # of the usual distance of the shoulders, by which left is on the wrong side
SOMETIMES = 0.04  # share of the keyframes: less is a mistake of the net
STEADY = 5  # moments, of which most must say so
HEAD = np.r_[0:5, 23:91]


class Turning:
    """Remembers the last moments of somebody.

    Args:
        person: the fitted person that is driven.
    """

    def __init__(self, person: Person) -> None:
        both = (person.scores[:, [5, 6]] > 0.2).all(1)
        width = person.points[both][:, 5, 0] - person.points[both][:, 6, 0]
        usual = float(np.percentile(np.abs(width), 85)) if len(width) else 0.0
        self.able = bool((width < -AWAY * usual).mean() >= SOMETIMES) if len(width) else False
        self._said: deque[bool] = deque([False] * STEADY, STEADY)
        self._other = np.arange(133)
        for a, b in skeleton(WHOLE_BODY).mirror:
            self._other[[a, b]] = b, a

    def turned(self, points: Array, scores: Array, usual: float) -> tuple[Array, Array]:
        """The pose (133, 2) and scores (133,), left for right and without a face where a back is shown.

        `usual` is the distance of the shoulders seen from the front, in the same pixels; 0 where it is not known yet.
        """
        if self.able:
            return points, scores
        seen = bool((scores[[5, 6]] > 0.2).all())
        self._said.append(seen and float(points[5, 0] - points[6, 0]) < -AWAY * max(usual, 1e-9))
        if sum(self._said) <= STEADY // 2:
            return points, scores
        points, scores = points[self._other].copy(), scores[self._other].copy()
        points[HEAD], scores[HEAD] = np.nan, 0
        return points, scores
