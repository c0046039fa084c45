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
        if self.origin is None or self.before is None:
            self.origin = self.before = time
            self.held = np.where(valid[..., None], points, np.nan).astype(np.float32)
            self.seen, self._whole, self.count = np.where(valid, time, -np.inf), bool(valid.all()), 1
            return self.held[None].copy(), valid[None]
        if points.shape != self.held.shape:
            raise ShapeError(f"expected people, joints, coordinates as before: {self.held.shape}, got {points.shape}")
        if time <= self.before:
            return _nothing(points)
        if time - self.before > LONGEST:
            cut = time - self.before - 1 / self.rate
            self.origin, self.seen, self.before = self.origin + cut, self.seen + cut, self.before + cut
        last = math.floor((time - self.origin) * self.rate + NEAR)
        wanted = [self.origin + i / self.rate for i in range(self.count, last + 1)]
        self.count += len(wanted)
        return self._between(points, valid, time, self.before, wanted)

    def _between(self, points: Array, valid: Array, time: float, before: float, wanted: list[float]) -> tuple[Array, Array]:
        """Moments between the newest frame, at `before`, and this one, which becomes the newest."""
        whole = bool(valid.all())
        held = np.asarray(points if whole else np.where(valid[..., None], points, self.held), np.float32)
        seen = np.full(valid.shape, time) if whole else np.where(valid, time, self.seen)
        moments = np.empty((len(wanted), *points.shape), np.float32)
        known = np.ones(moments.shape[:-1], bool)
        start = self.held
        if wanted and not (whole and self._whole):
            start = np.where((before - self.seen <= HOLD)[..., None], start, held)
        for i, at in enumerate(wanted):
            near = at - NEAR / self.rate <= before  # it is the frame before itself
            share = 0.0 if near else (at - before) / (time - before)
            np.add(start, np.float32(min(max(share, 0.0), 1.0)) * (held - start), out=moments[i])
            if not (whole and self._whole):
                told = at - self.seen <= HOLD if near else valid | (at - seen <= HOLD)
                known[i] = told & np.isfinite(moments[i]).all(-1)
        self.held, self.seen, self.before, self._whole = held, seen, time, whole
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
        return _with_losses(clip.points, valid, times, rate)
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


def _with_losses(points: Array, valid: Array, times: Array, rate: float) -> tuple[Array, Array]:
    """The moments of a clip in which joints are missing now and then, and what is known of them."""
    t, n, k, d = points.shape
    index = np.where(valid, np.arange(t)[:, None, None], -1)
    index = np.maximum.accumulate(index, 0)  # the frame in which each joint was seen last
    joint = np.maximum(index, 0) * (n * k) + np.arange(n * k).reshape(n, k)
    held, seen = points.reshape(-1, d).take(joint, 0), times.take(index)
    if (index[0] < 0).any():
        held[index < 0], seen[index < 0] = np.nan, -np.inf
    wanted = np.arange(math.floor(times[-1] * rate + NEAR) + 1) / rate
    ahead, after, share = _places(times, wanted, rate)
    b = held.take(after, 0)
    a = np.where(((times[ahead][:, None, None] - seen.take(ahead, 0)) <= HOLD)[..., None], held.take(ahead, 0), b)
    b -= a
    b *= share[:, None, None, None].astype(np.float32)
    b += a
    known = valid.take(after, 0) | ((wanted[:, None, None] - seen.take(after, 0)) <= HOLD)
    return b, known & np.isfinite(b).all(-1)
