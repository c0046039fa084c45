"""What faces do while somebody signs or stands: blinks, brows, a friendly mouth that speaks without sound."""

from __future__ import annotations

import numpy as np

from ..types import Array
from .face import FACE_MOVES


def faces_of(rng: np.random.Generator, times: Array, talking: bool) -> Array:
    """(n, len(FACE_MOVES)) of a friendly face; `talking` mouths words most of the time."""
    out = np.zeros((len(times), len(FACE_MOVES)))
    jaw, smile, pucker, left, right, brows = out.T
    smile[:] = 0.30 + 0.18 * _slow(rng, times, 4.0)
    brows[:] = 0.10 + 0.35 * _slow(rng, times, 2.5)
    if talking:
        speaks = np.clip(0.6 + 1.2 * _slow(rng, times, 2.2), 0, 1)
        jaw[:] = speaks * np.clip(0.30 + 0.6 * _slow(rng, times, 0.30), 0, 1) * 0.55
        pucker[:] = speaks * np.clip(0.8 * _slow(rng, times, 0.42), 0, 1) * 0.6
        smile *= 1 - 0.6 * pucker
    for at in glances(rng, float(times[-1])):
        left[:] = np.maximum(left, np.clip(1.25 - np.abs(times - at) / 0.10, 0, 1))
    right[:] = left
    return np.clip(out, [0, 0, 0, 0, 0, -1], 1)


def glances(rng: np.random.Generator, seconds: float) -> Array:
    """Moments of blinks, every two to five seconds."""
    at = np.cumsum(rng.uniform(1.6, 4.8, int(seconds / 1.6) + 2))
    return at[at < seconds]


def _slow(rng: np.random.Generator, times: Array, seconds: float) -> Array:
    """Smooth wandering about 0, mostly within -1 and 1, that changes its mind about every so many seconds."""
    knots = np.arange(0, times[-1] + 3 * seconds, seconds)
    values = rng.normal(0, 0.6, len(knots))
    x = times / seconds
    i = np.minimum(x.astype(int), len(knots) - 2)
    t = x - i
    ease = t * t * (3 - 2 * t)
    return np.asarray(values[i] * (1 - ease) + values[i + 1] * ease)
