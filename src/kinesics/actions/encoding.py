"""From features a tick to one vector a span, at constant cost a tick.

An encoder looks at the features of a body causally and gives, tick by tick, a vector and its weight; whatever it says of a span
is the weighted mean. Means come from cumulative sums, so that any span that ends now costs the same (summed-area tables, Crow,
SIGGRAPH 1984, along time).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from ..errors import ShapeError, UsageError
from ..types import Array

__all__ = ["Encoder", "Pool", "checked_clip", "pool_clip", "pool_clips", "summed"]

_LEAST = 1e-9  # weight below which a span counts as not seen


class Encoder(Protocol):
    """What turns features into vectors that may be averaged.

    Law: `encode` of a clip equals `encode` of its first part followed by `encode` of the rest with the state handed on.
    """

    def start(self) -> Any:
        """The state before the first tick."""
        ...

    def encode(self, x: Array, state: Any) -> tuple[Array, Array, Any]:
        """Take some more ticks.

        Args:
            x: (t, c) float32 features on the grid, finite.
            state: from `start` or from the last call; it is not changed.

        Returns:
            z (t, f) float32, already multiplied by its weight; weight (t, g) float32, each for f / g features in a row; the new
            state.
        """
        ...


class Pool:
    """Mean of what an encoder gave, over any span that ends now.

    Args:
        seconds: how far back a span may reach; what is older is forgotten.
        rate: most ticks a second.
    """

    def __init__(self, seconds: float = 20.0, rate: float = 30.0) -> None:
        if not (seconds > 0 and rate > 0 and math.isfinite(seconds * rate)):
            raise UsageError(f"seconds and rate: expected numbers above 0, got {seconds} and {rate}")
        self.seconds = seconds
        self.rate = rate
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._most = math.ceil(self.seconds * self.rate)  # spans are differences of two of `most + 1` rows
        self._count = 0
        self._features = 0
        self._sums = np.zeros((0, 0))  # row i % rows: sum of the first i ticks
        self._times = [math.nan] * (self._most + 1)

    def push(self, z: Array, weight: Array, time: float) -> None:
        """Take one tick.

        Args:
            z: (f,) weighted vector.
            weight: (g,) with f a multiple of g.
            time: seconds, not before the last.

        Raises:
            UsageError: the time falls or is not a number.
            ShapeError: the lengths differ from those of the first tick, or a value is not finite.
        """
        time = float(time)
        z, weight = np.ravel(z), np.ravel(weight)
        size = z.size + weight.size
        if not self._count:
            self._features = z.size
            self._sums = np.zeros((min(64, self._most + 1), size))
        elif not time >= self._times[self._count % len(self._times)]:
            raise UsageError(f"time: expected seconds that do not fall, got {time}")
        if not math.isfinite(time):
            raise UsageError(f"time: expected seconds, got {time}")
        if z.size != self._features or size != self._sums.shape[1] or not math.isfinite(float(z.sum() + weight.sum())):
            raise ShapeError(f"expected {self._sums.shape[1]} finite numbers a tick, got {size} or one that is not finite")
        self._grow()
        rows = len(self._sums)
        before, after = self._sums[self._count % rows], self._sums[(self._count + 1) % rows]
        np.add(before[: z.size], z, out=after[: z.size])
        np.add(before[z.size :], weight, out=after[z.size :])
        self._count += 1
        self._times[self._count % len(self._times)] = time

    def span(self, since: float | None = None) -> Array:
        """The weighted mean over the ticks from `since` to now; all that is remembered without it, at least the last tick.

        Returns:
            (f,) float32.

        Raises:
            UsageError: nothing came yet.
        """
        if not self._count:
            raise UsageError("expected at least one tick before a span is asked for, got none")
        first = max(1, self._count - self._most + 1)  # ticks count from 1
        if since is not None:
            ticks = range(first, self._count)
            first += bisect_left(ticks, since, key=lambda i: self._times[i % len(self._times)])
        rows = len(self._sums)
        total = self._sums[self._count % rows] - self._sums[(first - 1) % rows]
        z, weight = total[: self._features], total[self._features :]
        mean = z.reshape(len(weight), -1) / np.maximum(weight, _LEAST)[:, None]
        return np.asarray(mean.ravel(), np.float32)

    def _grow(self) -> None:
        """Rows for one more tick: the ring doubles until it is as long as it may get."""
        rows = len(self._sums)
        if self._count + 1 < rows or rows > self._most:
            return
        more = np.zeros((min(2 * rows, self._most + 1), self._sums.shape[1]))
        more[:rows] = self._sums
        self._sums = more


def checked_clip(clip: Array, channels: int | None = None) -> Array:
    """The features of a clip as float32, if they can be encoded.

    Args:
        clip: (t, c), t at least 1.
        channels: c, where it is known.

    Raises:
        ShapeError: another shape, or a value that is not finite.
    """
    x = np.asarray(clip, np.float32)
    if x.ndim != 2 or not len(x) or channels not in (None, x.shape[1]):
        raise ShapeError(f"features of a clip: expected (ticks, {channels or 'channels'}), got {x.shape}")
    if not np.isfinite(x.sum(dtype=np.float64)):
        raise ShapeError("features of a clip: expected finite numbers, got NaN or infinity; fill what is missing first")
    return x


def summed(encoder: Encoder, clip: Array) -> tuple[Array, Array]:
    """What an encoder gives for a whole clip of features (t, c), added up over time: z (f,) and weight (g,).

    An encoder that has a method `sums` is asked for that: it need not write down every tick.
    """
    sums: Callable[[Array], tuple[Array, Array]] | None = getattr(encoder, "sums", None)
    if sums is not None:
        return sums(clip)
    z, weight, _ = encoder.encode(clip, encoder.start())
    return z.sum(0, dtype=np.float64), weight.sum(0, dtype=np.float64)


def pool_clip(encoder: Encoder, clip: Array) -> Array:
    """One vector (f,) float32 for a whole clip of features (t, c)."""
    z, weight = summed(encoder, clip)
    mean = z.reshape(len(weight), -1) / np.maximum(weight, _LEAST)[:, None]
    return np.asarray(mean.ravel(), np.float32)


def pool_clips(encoder: Encoder, clips: Sequence[Array]) -> Array:
    """A row for each clip: (n, f) float32."""
    if not len(clips):
        raise ShapeError("expected at least one clip, got none")
    return np.stack([pool_clip(encoder, clip) for clip in clips])
