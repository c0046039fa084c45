"""Clips and frames of any rate to moments of a fixed rate, so that speed means the same everywhere.

A moment's joints are interpolated between the frame before and the frame after it. A joint that is lost keeps its last place
for `HOLD` seconds, then counts as missing. Nothing looks further ahead than the frame that is there, so frames one by one
give exactly what the whole clip gives.
"""

from __future__ import annotations

import math

import numpy as np

from ..errors import ShapeError
from ..types import PoseSequence
from ..types.arrays import Array

__all__ = ["HOLD", "LONGEST", "Grid", "grid_clip", "moment_count"]

HOLD = 0.5  # seconds a lost joint keeps its place
NEAR = 1e-6  # of the time between two moments: a frame this much too early is in time
LONGEST = 2.0  # seconds between two frames; a longer gap is cut to one moment


class Grid:
    """Frames of one clip, as they come, to moments of a fixed rate.

    Args:
        rate: moments a second.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.count = 0  # moments so far
        self.origin: float | None = None  # seconds of moment 0, moved on by gaps that were cut
        self.before: float | None = None  # seconds of the newest frame
        self.held: Array = None  # type: ignore[assignment]  # (n, k, d) where each joint was last
        self.seen: Array = None  # type: ignore[assignment]  # (n, k) when
        self._whole = False  # every joint was there in the newest frame

    def push(self, points: Array, scores: Array, time: float) -> tuple[Array, Array]:
        """Take a frame, give the moments that are now known.

        Args:
            points: (n, k, d); NaN or score 0 means missing.
            scores: (n, k).
            time: seconds; a frame that is not later than the last is ignored.

        Returns:
            (m, n, k, d) float32 and (m, n, k) bool, whether each joint is known.

        Raises:
            ShapeError: people or joints change from frame to frame.
        """
        valid = np.asarray(scores > 0) & np.isfinite(points).all(-1)
        whole = bool(valid.all())
        if self.origin is None or self.before is None:
            self.origin = time
            self.held, self.seen = np.full(points.shape, np.nan, np.float32), np.full(scores.shape, -np.inf)
            return self._mixed(points, valid, np.array([time]), None, whole)
        if points.shape != self.held.shape:
            raise ShapeError(f"expected people, joints, coordinates as before: {self.held.shape}, got {points.shape}")
        if time <= self.before:
            return _nothing(points)
        if time - self.before > LONGEST:
            cut = time - self.before - 1 / self.rate
            self.origin, self.seen, self.before = self.origin + cut, self.seen + cut, self.before + cut
        if whole and self._whole:
            return self._between(np.asarray(points, np.float32), time, self.origin, self.before)
        return self._mixed(points, valid, np.array([self.before, time]), (self.held[None], self.seen[None]), whole)

    def _between(self, points: Array, time: float, origin: float, before: float) -> tuple[Array, Array]:
        """Every joint is there in the last frame and in this one."""
        last = math.floor((time - origin) * self.rate + NEAR)
        wanted = [origin + i / self.rate for i in range(self.count, last + 1)]
        shares = [(w - before) / (time - before) if w - NEAR / self.rate > before else 0.0 for w in wanted]
        moments = np.empty((len(shares), *points.shape), np.float32)
        if shares:
            change = points - self.held
        for moment, share in zip(moments, shares, strict=True):
            np.add(self.held, np.float32(min(max(share, 0.0), 1.0)) * change, out=moment)
        self.held, self.before, self.count = points, time, self.count + len(shares)
        self.seen.fill(time)
        return moments, np.ones(moments.shape[:-1], bool)

    def _mixed(
        self, points: Array, valid: Array, times: Array, before: tuple[Array, Array] | None, whole: bool
    ) -> tuple[Array, Array]:
        """Some joints are missing, or nothing came before."""
        held, seen, moments, known = _moments(
            points[None], valid[None], times, before, self.origin or 0.0, self.count, self.rate
        )
        self.held, self.seen, self.before, self._whole = held[-1], seen[-1], float(times[-1]), whole
        self.count += len(moments)
        return moments, known


def _nothing(points: Array) -> tuple[Array, Array]:
    return np.zeros((0, *points.shape), np.float32), np.zeros((0, *points.shape[:2]), bool)


def grid_clip(clip: PoseSequence, rate: float) -> tuple[Array, Array]:
    """A whole clip on the grid: (m, n, k, d) float32 and (m, n, k) bool, as `Grid` would give it frame by frame."""
    if not len(clip):
        return _nothing(np.zeros(clip.points.shape[1:]))
    times = _without_gaps(clip.times, rate)
    valid = clip.scores > 0  # who is seen has coordinates
    if not valid.all():
        return _moments(clip.points, valid, times, None, 0.0, 0, rate)[2:]
    ahead, after, share = _places(times, np.arange(math.floor(times[-1] * rate + NEAR) + 1) / rate, rate)
    first = clip.points.take(ahead, 0)
    moments = clip.points.take(after, 0)
    moments -= first
    moments *= share.astype(np.float32)[:, None, None, None]
    moments += first
    return moments, np.ones(moments.shape[:-1], bool)


def moment_count(times: Array, rate: float) -> int:
    """How many moments a clip with frames at these times, in seconds, has on the grid."""
    return math.floor(_without_gaps(times, rate)[-1] * rate + NEAR) + 1 if len(times) else 0


def _without_gaps(times: Array, rate: float) -> Array:
    """Seconds since the first frame, long gaps cut to one moment."""
    times = times - times[0]
    gaps = np.diff(times)
    if (gaps > LONGEST).any():
        times = np.concatenate([[0.0], np.cumsum(np.where(gaps > LONGEST, 1 / rate, gaps))])
    return times


def _places(times: Array, wanted: Array, rate: float) -> tuple[Array, Array, Array]:
    """The frames before and after each moment, and how far it is from the one to the other, 0 to 1."""
    after = np.minimum(np.searchsorted(times, wanted - NEAR / rate, "left"), len(times) - 1)
    ahead = np.maximum(after - 1, 0)
    span = times[after] - times[ahead]
    still = span <= 0
    share = (wanted - times[ahead]) / np.where(still, 1, span)
    share[still] = 1.0
    return ahead, after, np.minimum(np.maximum(share, 0), 1)


def _moments(
    points: Array, valid: Array, times: Array, before: tuple[Array, Array] | None, origin: float, count: int, rate: float
) -> tuple[Array, Array, Array, Array]:
    """Held places and when they were seen, per frame; moments and what is known of them.

    `times` has one more entry than `points`, in front, where `before` says what was held then.
    """
    held, seen = _hold(points, valid, times[-len(points) :], before)
    last = int(np.floor((times[-1] - origin) * rate + NEAR))
    wanted = origin + np.arange(count, last + 1) / rate
    if before is not None:
        held, seen = np.concatenate([before[0], held]), np.concatenate([before[1], seen])
        valid = np.concatenate([np.zeros_like(valid[:1]), valid])
    ahead, after, share = _places(times, wanted, rate)
    fresh = (times[ahead][:, None, None] - seen[ahead]) <= HOLD
    b = held[after]
    a = np.where(fresh[..., None], held[ahead], b)
    moments = (a + share[:, None, None, None].astype(np.float32) * (b - a)).astype(np.float32)
    known = valid[after] | ((wanted[:, None, None] - seen[after]) <= HOLD)
    return held, seen, moments, known & np.isfinite(moments).all(-1)


def _hold(points: Array, valid: Array, times: Array, before: tuple[Array, Array] | None) -> tuple[Array, Array]:
    """Each joint where it was last seen, and when, at every frame."""
    t = len(points)
    index = np.where(valid, np.arange(t)[:, None, None], -1)
    index = np.maximum.accumulate(index, 0)
    known = index >= 0
    at = np.maximum(index, 0)
    held = np.take_along_axis(points, at[..., None], 0)
    seen = times[at]
    missing = (
        (np.full(points.shape[1:], np.nan), np.full(valid.shape[1:], -np.inf))
        if before is None
        else (before[0][0], before[1][0])
    )
    return np.where(known[..., None], held, missing[0]).astype(np.float32), np.where(known, seen, missing[1])
