"""Which frames of a person to keep: those that lie farthest apart in pose, sharp and sure ones first.

Greedy k-centre (Gonzalez 1985): the next keyframe is the frame farthest from all that were taken, so that no pose of the
footage is far from a keyframe (within twice the best possible). Among frames nearly as far, the sharpest and surest is taken.
"""

from __future__ import annotations

import numpy as np

from ..errors import ShapeError, UsageError
from ..types import Array
from .pose_distance import Features, pose_distance, pose_features

__all__ = ["pick_keyframes"]

NEARLY = 0.35  # of the farthest distance: so near to the farthest frame another may be taken in its place
POOREST = 0.4  # how much the distance of the poorest frame counts, that of the best counts in full
LEAST_JOINTS = 4  # of the body's 17: a frame with fewer says nothing of the pose
HANDS = slice(91, 133)
BODY = slice(0, 17)
SAME = 0.5  # pixels: poses nearer than this are one
SURE = 0.3  # a score from which a joint counts as seen


def pick_keyframes(points: Array, scores: Array, count: int, *, sharpness: Array | None = None) -> Array:
    """Choose frames that together show as many different poses as possible.

    Args:
        points: (n, 133, 2) pixels, NaN where missing.
        scores: (n, 133), 0 where missing.
        count: how many to choose, 1 or more.
        sharpness: (n,) any measure of how sharp each frame is, higher is sharper; None when all are alike.

    Returns:
        (m,) int64 rising indices, m <= count; fewer where there are not so many frames with a pose or where all other frames
        have the pose of a chosen one. The same input gives the same choice.

    Raises:
        ShapeError: the arrays do not belong together.
        UsageError: `count` is below 1.
    """
    points, scores = np.asarray(points, np.float32), np.asarray(scores, np.float32)
    n = len(points)
    if points.shape != (n, 133, 2) or scores.shape != (n, 133):
        raise ShapeError(f"pick_keyframes: expected (n, 133, 2) and (n, 133), got {points.shape} and {scores.shape}")
    if sharpness is not None and np.shape(sharpness) != (n,):
        raise ShapeError(f"pick_keyframes: expected a sharpness for each of {n} frames, got {np.shape(sharpness)}")
    if count < 1:
        raise UsageError(f"pick_keyframes: expected a count of 1 or more, got {count}")
    usable = np.flatnonzero((scores[:, BODY] > SURE).sum(1) >= LEAST_JOINTS)
    usable = usable if len(usable) else np.arange(n)
    if not len(usable):
        return np.zeros(0, np.int64)
    quality = _quality(scores, sharpness)[usable]
    chosen = _spread(points[usable], scores[usable], min(count, len(usable)), quality)
    return np.sort(usable[chosen]).astype(np.int64)


def _quality(scores: Array, sharpness: Array | None) -> Array:
    """(n,) how good a frame is to look at, about 0 to 2."""
    sure = scores[:, BODY].mean(1) + scores[:, HANDS].mean(1)
    if sharpness is None:
        return np.asarray(sure)
    sharp = np.nan_to_num(np.asarray(sharpness, np.float64))
    order = np.argsort(np.argsort(sharp, kind="stable"), kind="stable")
    return np.asarray(sure + order / max(len(sharp) - 1, 1))


def _spread(points: Array, scores: Array, count: int, quality: Array) -> list[int]:
    """Greedy k-centre over the poses."""
    poses = pose_features(points, scores)
    body, sure = np.nan_to_num(points[:, BODY]), scores[:, BODY, None]
    middle = (body * sure).sum(0) / np.maximum(sure.sum(0), 1e-6)
    central = (np.abs(body - middle) * sure).sum((1, 2)) / np.maximum(sure.sum((1, 2)), 1e-6)
    chosen = [_best(central <= np.quantile(central, 0.2), quality)]
    worth = POOREST + (1 - POOREST) * np.argsort(np.argsort(quality, kind="stable"), kind="stable") / max(len(quality) - 1, 1)
    nearest = _from(poses, chosen[0])
    while len(chosen) < count:
        farthest = int((nearest * worth).argmax())  # a far pose that is a blur is often a mistake
        reach = float(nearest[farthest])
        if reach <= SAME:
            nearest[farthest] = 0
            if nearest.max() <= SAME:
                break
            continue
        around = pose_distance(poses, _one(poses, farthest))
        picked = _best((around <= NEARLY * reach) & (nearest >= (1 - NEARLY) * reach), quality)
        chosen.append(picked)
        nearest = np.minimum(nearest, _from(poses, picked))
        nearest[chosen] = 0
    return chosen


def _best(allowed: Array, quality: Array) -> int:
    return int(np.where(allowed, quality, -np.inf).argmax())


def _from(poses: Features, index: int) -> Array:
    """(n,) pixels: how far each pose is from what the frame at `index` shows, as the drawing will measure it."""
    return pose_distance(_one(poses, index), poses)


def _one(poses: Features, index: int) -> Features:
    return Features(poses.places[index : index + 1], poses.sure[index : index + 1])
