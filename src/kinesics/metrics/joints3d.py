"""Joints in metres against the truth: mean average precision at a radius, and left taken for right."""

from __future__ import annotations

import numpy as np

from ..errors import ShapeError
from ..types import Array


def average_precision(errors: Array, confidence: Array, owner: Array, counted: Array, radius: float) -> float:
    """Area under precision and recall of one joint's proposals, after Shotton et al. (2011), section 4.1.

    The proposals of all pictures are ranked by confidence. The first within `radius` of a picture's joint is right, every other
    one is wrong, also one that is near a joint found before. A joint that cannot be seen is not missed, but a wrong proposal
    for it is wrong; a right one changes nothing. The area is the mean of the precision at each right proposal, over all
    joints to be found: no interpolation.

    Args:
        errors: (p,) metres from the proposal to the joint of its picture.
        confidence: (p,) any scale, higher is surer.
        owner: (p,) int, the picture of each proposal.
        counted: (n,) bool for each picture: the joint is to be found.
        radius: metres.

    Returns:
        0 to 1; NaN when there is nothing to be found.
    """
    errors, confidence, owner = np.asarray(errors, float), np.asarray(confidence, float), np.asarray(owner, int)
    counted = np.asarray(counted, bool)
    if not errors.shape == confidence.shape == owner.shape or errors.ndim != 1:
        raise ShapeError(
            f"expected as many errors as confidences and owners, got {errors.shape}, {confidence.shape}, {owner.shape}"
        )
    if not counted.any():
        return float("nan")
    order = np.lexsort((errors, -confidence))
    near, whose = errors[order] <= radius, owner[order]
    right = np.zeros(len(order), bool)
    _, first = np.unique(whose[near], return_index=True)
    right[np.flatnonzero(near)[first]] = True
    kept = counted[whose] | ~right  # right about what cannot be seen: neither here nor there
    right = right[kept]
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float(precision[right].sum() / counted.sum())


def joint_precision(proposals: Array, confidence: Array, truth: Array, counted: Array, radius: float) -> Array:
    """Average precision of each joint: (k,), 0 to 1, NaN where a joint is never to be found.

    Args:
        proposals: (n, k, m, 3) metres, up to m proposals a joint, NaN for none; or (n, k, 3).
        confidence: (n, k, m) or (n, k).
        truth: (n, k, 3) metres.
        counted: (n, k) bool: to be found.
        radius: metres.
    """
    proposals, confidence = np.asarray(proposals, float), np.asarray(confidence, float)
    if proposals.ndim == 3:
        proposals, confidence = proposals[:, :, None], confidence[:, :, None]
    n, k, m, _ = proposals.shape
    errors = np.linalg.norm(proposals - np.asarray(truth, float)[:, :, None], axis=-1)  # (n, k, m)
    owner = np.repeat(np.arange(n), m).reshape(n, m)
    found = []
    for joint in range(k):
        there = np.isfinite(errors[:, joint])
        found.append(
            average_precision(errors[:, joint][there], confidence[:, joint][there], owner[there], counted[:, joint], radius)
        )
    return np.array(found)


def left_right_swapped(found: Array, truth: Array, mirror: Array) -> Array:
    """(n,) bool: people whose sided joints, all together, lie nearer to the truth with left and right exchanged.

    Args:
        found: (n, k, 3) metres, NaN where missing.
        truth: (n, k, 3) metres.
        mirror: (k,) index of the joint on the other side (itself for the middle).
    """
    found, truth, mirror = np.asarray(found, float), np.asarray(truth, float), np.asarray(mirror, int)
    sided = mirror != np.arange(len(mirror))
    as_is = np.linalg.norm(found - truth, axis=-1)[:, sided]
    other = np.linalg.norm(found[:, mirror] - truth, axis=-1)[:, sided]
    both = np.isfinite(as_is) & np.isfinite(other)
    return np.asarray(np.where(both, other, 0).sum(axis=1) < np.where(both, as_is, 0).sum(axis=1))
