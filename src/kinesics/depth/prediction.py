"""Joints over time: a constant velocity filter that smooths, bridges short gaps and looks up to 100 ms ahead.

A Kalman filter with white acceleration (Bar-Shalom et al., 2001, chapter 6); the three axes of a joint share their variances.
What jumps farther than anybody moves is not believed for a moment, and a body whose sides change places for single frames is
turned back.
"""

from __future__ import annotations

import math

import numpy as np

from ..errors import UsageError
from ..types import Array
from .anatomy import VOTED, mirror_order

#: Seconds beyond which nothing is predicted.
AHEAD = 0.1

_NOISE, _DOUBT = 0.014, 0.05  # metres a joint is off when it is sure, and more when it is not
_FASTEST = {"hand": 11.0, "wrist": 9.0, "elbow": 6.5, "foot": 10.0, "ankle": 8.0, "knee": 6.0}  # metres a second
_FASTEST_ELSE = 4.0
_JERKY = {"hand": 60.0, "wrist": 45.0, "elbow": 25.0, "foot": 40.0, "ankle": 30.0, "knee": 20.0}  # acceleration, m/s²
_JERKY_ELSE = 9.0
_CORRELATED = 0.08  # seconds for which an acceleration lasts
_GATE = 4.0  # standard deviations
_FADES = 0.15  # seconds in which a speed fades when nothing is seen: what is fast turns round
_CALM, _WILD, _SETTLES = 0.05, 4.0, 0.1  # limits of a joint's unrest, and the seconds over which it is averaged
_FLIPPED, _FLIP_LASTS = 0.12, 0.3  # metres by which the turned body must fit better; seconds after which it is believed

_MIRROR: Array = mirror_order()
_SIDED: Array = np.flatnonzero(_MIRROR != np.arange(len(VOTED)))


def _by_name(table: dict[str, float], rest: float) -> Array:
    return np.array([table.get(name.rsplit("_", 1)[-1], rest) for name in VOTED])


_LIMIT, _WANDER = _by_name(_FASTEST, _FASTEST_ELSE), _by_name(_JERKY, _JERKY_ELSE) ** 2 * _CORRELATED


class JointFilter:
    """One person's joints over time.

    Args:
        gap: seconds for which a joint that is not seen is still told, as predicted; at most `AHEAD`.

    Raises:
        UsageError: another gap.
    """

    def __init__(self, gap: float = AHEAD) -> None:
        if not 0 <= gap <= AHEAD:
            raise UsageError(f"gap: expected 0 to {AHEAD} seconds, got {gap}")
        self.gap = gap
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        k = len(VOTED)
        self._place, self._speed = np.full((k, 3), np.nan), np.zeros((k, 3))
        self._var, self._cov, self._speed_var = (np.zeros(k) for _ in range(3))
        self._seen = np.full(k, -math.inf)  # when each joint was seen last
        self._sure, self._unrest = np.zeros(k), np.full(k, 0.2)
        self._time, self._step = -math.inf, 0.0
        self._flipped = math.inf  # since when the sides look exchanged

    def update(self, joints: Array, confidence: Array, time: float) -> tuple[Array, Array]:
        """Take in one look.

        Args:
            joints: (23, 3) metres in the order of `VOTED`, NaN where missing.
            confidence: (23,) 0 to 1.
            time: seconds, not before the last.

        Returns:
            joints (23, 3) and confidences (23,) of this moment; NaN and 0 for what was not seen for longer than `gap`.

        Raises:
            UsageError: the time is no number, or runs backwards.
        """
        if not math.isfinite(time) or time < self._time:
            raise UsageError(f"time: expected seconds that do not fall, got {time} after {self._time}")
        joints, confidence = np.asarray(joints, float), np.asarray(confidence, float)
        seen = np.isfinite(joints).all(axis=1) & (confidence > 0)
        step = time - self._time if math.isfinite(self._time) else 0.0
        self._time, self._step = time, step
        self._advance(step)
        joints, confidence, seen = self._turned_back(joints, confidence, seen)
        self._correct(joints, confidence, seen)
        return self.predict(time)

    def predict(self, time: float) -> tuple[Array, Array]:
        """Where the joints will be at `time`, and how sure that is; NaN and 0 for those not seen since `AHEAD` before.

        Args:
            time: seconds; never more than 100 ms after the last look is answered.
        """
        ahead = time - self._time
        fresh = (time - self._seen <= (self.gap if ahead <= 0 else AHEAD) + 1e-9) & np.isfinite(self._place[:, 0])
        square = (self._speed**2).sum(axis=1)
        trust = square / (square + 3 * self._speed_var + 1e-9)  # a speed that is mostly noise leads nowhere
        place = self._place + _FADES * (1 - math.exp(-max(ahead, 0.0) / _FADES)) * (trust[:, None] * self._speed)
        age = np.clip((time - self._seen) / AHEAD, 0, 1)
        sure = self._sure * (1 - 0.6 * np.where(np.isfinite(age), age, 1))
        return np.where(fresh[:, None], place, np.nan), np.where(fresh, sure, 0.0)

    def _advance(self, step: float) -> None:
        if step <= 0:
            return
        wander = _WANDER * self._unrest
        self._place += step * self._speed
        self._var += step * (2 * self._cov + step * self._speed_var) + wander * (step**3 / 3)
        self._cov += step * self._speed_var + wander * (step**2 / 2)
        self._speed_var += wander * step

    def _turned_back(self, joints: Array, confidence: Array, seen: Array) -> tuple[Array, Array, Array]:
        """The look with its sides exchanged if that fits the last moments far better and has not lasted."""
        order = _MIRROR
        alive = self._time - self._seen < 2 * AHEAD
        both = _SIDED[seen[_SIDED] & seen[order[_SIDED]] & alive[_SIDED]]
        if len(both) < 6:
            return joints, confidence, seen
        as_is = np.linalg.norm(joints[both] - self._place[both], axis=1)
        turned = np.linalg.norm(joints[order[both]] - self._place[both], axis=1)
        if np.median(as_is - turned) < _FLIPPED:
            self._flipped = math.inf
            return joints, confidence, seen
        self._flipped = min(self._flipped, self._time)
        if self._time - self._flipped >= _FLIP_LASTS:  # they did turn round
            self._flipped = math.inf
            self._seen[:] = -math.inf
            return joints, confidence, seen
        return joints[order], confidence[order], seen[order]

    def _correct(self, joints: Array, confidence: Array, seen: Array) -> None:
        noise = (_NOISE + _DOUBT * (1 - confidence)) ** 2
        stale = self._time - self._seen > AHEAD
        off = joints - self._place
        square = (off * off).sum(axis=1)
        wild = square > _GATE**2 * 3 * (self._var + noise)
        start = np.flatnonzero(seen & (stale | ~np.isfinite(self._place[:, 0])))
        rows = np.flatnonzero(seen & ~stale & ~wild)
        self._place[start], self._speed[start] = joints[start], 0.0
        self._var[start], self._cov[start], self._speed_var[start] = noise[start], 0.0, (0.3 * _LIMIT[start]) ** 2
        self._learn_unrest(rows, square[rows] / (3 * (self._var[rows] + noise[rows])))
        gain = 1 / (self._var[rows] + noise[rows])
        cov = self._cov[rows].copy()
        self._place[rows] += (self._var[rows] * gain)[:, None] * off[rows]
        self._speed[rows] += (cov * gain)[:, None] * off[rows]
        self._speed_var[rows] -= cov * cov * gain
        self._cov[rows] *= noise[rows] * gain
        self._var[rows] *= noise[rows] * gain
        fast = np.linalg.norm(self._speed, axis=1)
        self._speed *= np.minimum(1.0, _LIMIT / np.maximum(fast, 1e-9))[:, None]
        known = np.concatenate([start, rows])
        self._seen[known], self._sure[known] = self._time, confidence[known]

    def _learn_unrest(self, rows: Array, misses: Array) -> None:
        """How far joints miss their predictions, in variances, tells how restless they are."""
        share = 1 - math.exp(-self._step / _SETTLES)
        grown = self._unrest[rows] * np.clip(misses, 0.3, 6.0) ** share
        self._unrest[rows] = np.clip(grown, _CALM, _WILD)
