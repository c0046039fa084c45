"""How joints behave over time: distance from the truth, jitter, lag."""

from __future__ import annotations

import numpy as np

from ..errors import ShapeError
from ..types import Array

__all__ = ["distance", "jitter", "lag"]

SEEN = 0.3
LEAP = 0.12  # of the body's height: the body as a whole was elsewhere, so this is no jitter


def distance(truth: Array, found: Array) -> Array:
    """Pixels between true and found joints, (t, k, 2) each: (t, k), NaN where either is missing."""
    _same_shape(truth, found)
    return np.asarray(np.linalg.norm(found - truth, axis=-1))


def jitter(points: Array, scores: Array | None = None) -> float:
    """Mean length of the second difference of one person's joints, pixels.

    Args:
        points: (t, k, 2), consecutive frames; NaN where missing.
        scores: (t, k); joints that score above 0.3 in all three frames count. None: all that are not NaN.

    Returns:
        NaN if no joint was there in three frames in a row. Moments at which the whole body leaps (median of its joints by
        more than 12 % of its height) are left out.
    """
    if points.ndim != 3 or (scores is not None and scores.shape != points.shape[:2]):
        raise ShapeError(f"jitter: expected points (t, k, 2) and scores (t, k), got {points.shape}")
    if len(points) < 3:
        return float("nan")
    seen: Array = np.asarray(np.isfinite(points).all(-1))
    if scores is not None:
        seen &= scores > SEEN
    clean = np.where(seen[..., None], points, np.nan)
    bend = np.linalg.norm(clean[2:] - 2 * clean[1:-1] + clean[:-2], axis=-1)
    leap = _leaps(clean)
    bend[leap[1:] | leap[:-1]] = np.nan
    return float(np.nanmean(bend)) if np.isfinite(bend).any() else float("nan")


def _leaps(points: Array) -> Array:
    """(t - 1,) bool: between these two frames the body as a whole changed its place."""
    step = np.linalg.norm(np.diff(points, axis=0), axis=-1)
    some = np.isfinite(step).any(axis=1)
    body = np.asarray(np.isfinite(points).all(-1)).any(axis=1)
    if not body.any():
        return np.zeros(len(step), bool)
    height = np.median([np.nanmax(p[:, 1]) - np.nanmin(p[:, 1]) for p in points[body]])
    return np.array([s and np.nanmedian(d) > LEAP * height for s, d in zip(some, step, strict=True)])


def lag(reference: Array, filtered: Array, most: int = 5) -> float:
    """Frames by which `filtered` trails `reference`, (t, k, 2) each: the shift at which they differ least.

    Whole shifts are tried and the mean squared difference between them is read off a parabola through the best three.
    """
    _same_shape(reference, filtered)
    most = min(most, len(reference) // 2 - 1)
    if most < 1:
        raise ShapeError(f"lag: expected at least 4 frames, got {len(reference)}")
    t = len(reference)
    inner = slice(most, t - most)  # the same frames for each shift
    cost = [float(np.nanmean((filtered[inner] - reference[most - s : t - most - s]) ** 2)) for s in range(-most, most + 1)]
    best = int(np.argmin(cost))
    if best in (0, 2 * most):
        return float(best - most)
    before, here, after = cost[best - 1 : best + 2]
    bend = before - 2 * here + after
    return best - most + (0.5 * (before - after) / bend if bend > 0 else 0.0)


def _same_shape(a: Array, b: Array) -> None:
    if a.shape != b.shape or a.ndim != 3:
        raise ShapeError(f"expected two arrays (t, k, 2) of the same shape, got {a.shape} and {b.shape}")
