"""How much a person moves, in body lengths a second, whatever the camera, the frame rate and the skeleton."""

from __future__ import annotations

import functools
import math
from collections import deque

import numpy as np

from ..types import Array, Skeleton
from .joints import part_of

__all__ = ["Energy", "body_length", "trunk"]

LAGS = 0.13, 0.26  # seconds over which places are compared: two, for what swings in time with one stands still to it
FASTEST = 0.2  # share of the joints whose speed counts: one arm that waves is a motion
FORGETS = 20.0  # seconds in which a body's length, mostly the longest seen, fades
MEASURES = 0.2  # seconds between two looks at how long the body is
TORSO, SHOULDERS = 0.29, 0.24  # of a body's length (Drillis and Contini 1966, rounded)


class Energy:
    """One person's (or pair's) motion over time, at constant cost a frame.

    Args:
        body: names of the joints.
    """

    def __init__(self, body: Skeleton) -> None:
        self.body = body
        self._past: deque[tuple[float, Array]] = deque()
        self._length, self._measured = 0.0, -math.inf

    def update(self, points: Array, scores: Array, time: float) -> float:
        """Take the joints of one more moment; the speed now.

        Args:
            points: (n, k, d); NaN where missing.
            scores: (n, k), 0 where missing.
            time: seconds, rising.

        Returns:
            Mean speed of the fastest fifth of the joints, body lengths a second; 0 while nothing can be compared.
        """
        self.take(points, scores, time)
        return self.speed()

    def take(self, points: Array, scores: Array, time: float) -> None:
        """Take the joints of one more moment, as `update` does, without saying what the speed is now."""
        here = np.where((scores > 0)[..., None], points, np.nan)
        if time - self._measured >= MEASURES or self._length <= 0:
            faded = self._length * max(0.0, 1 - (time - self._measured) / FORGETS) if self._length else 0.0
            self._length, self._measured = max(body_length(here, self.body), faded), time
        while len(self._past) > 1 and self._past[1][0] <= time - LAGS[-1]:
            self._past.popleft()
        self._past.append((time, here))

    def speed(self) -> float:
        """The speed now, see `update`; 0 before the first moment."""
        if not self._past:
            return 0.0
        time, here = self._past[-1]
        return max(self._speed(here, time, lag) for lag in LAGS)

    def _speed(self, here: Array, time: float, lag: float) -> float:
        """Against the latest moment at least `lag` seconds ago, else the earliest there is."""
        if self._length <= 0:
            return 0.0
        at, then = next((p for p in reversed(self._past) if p[0] <= time - lag), self._past[0])
        if time - at < lag / 2:
            return 0.0
        moved = np.sqrt(((here - then) ** 2).sum(-1)).ravel()
        moved = np.sort(moved[np.isfinite(moved)])
        most = max(2, round(FASTEST * here.shape[0] * here.shape[1]))
        return float(moved[-most:].mean() / (time - at) / self._length) if len(moved) else 0.0


def body_length(points: Array, body: Skeleton) -> float:
    """Length of the longest body of one moment, in the points' unit: from torso and shoulders, else the joints' extent.

    Args:
        points: (n, k, d), NaN where missing.
        body: names of the joints.
    """
    at = trunk(body)
    if at:
        ends = points[:, at]
        torso = np.sqrt(((ends[:, 0] + ends[:, 1] - ends[:, 2] - ends[:, 3]) ** 2).sum(-1)) / 2 / TORSO
        across = np.sqrt(((ends[:, 0] - ends[:, 1]) ** 2).sum(-1)) / SHOULDERS
        length = float(np.fmax(torso, across).max(initial=0.0, where=np.isfinite(torso) | np.isfinite(across)))
        if length > 0:
            return length
    seen = np.isfinite(points)
    low, high = np.where(seen, points, np.inf).min(1), np.where(seen, points, -np.inf).max(1)
    return float(np.sqrt((np.where(high > low, high - low, 0) ** 2).sum(-1)).max(initial=0.0))


@functools.lru_cache(64)
def trunk(body: Skeleton) -> tuple[int, ...]:
    """Indices of left and right shoulder, left and right hip, whatever they are called; () unless all are there."""
    known = {part_of(name)[0]: index for index, name in reversed(list(enumerate(body.joints)))}
    ends = ("left shoulder", "right shoulder", "left hip", "right hip")
    return tuple(known[part] for part in ends) if all(part in known for part in ends) else ()
