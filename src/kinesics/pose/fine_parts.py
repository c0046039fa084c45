"""Hands and face of a whole body, each about its own middle: small parts that move fast within a large one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array, Skeleton, skeleton
from .whole_body_names import FACE, LEFT_HAND, RIGHT_HAND

__all__ = ["FinePart", "fine_parts", "joined", "split"]


@dataclass(frozen=True)
class FinePart:
    """Joints that are smoothed about their middle.

    Attributes:
        joints: of the part.
        middle: those of them whose mean is its middle: the palm, the whole face.
        reach: the part's size by the extent of `middle`.
        quick: how much faster than a body it moves, by its own size: times the cutoff.
        carriers: joints of the body that move as the middle does: the wrist.
    """

    joints: tuple[int, ...]
    middle: tuple[int, ...]
    reach: float
    quick: float
    carriers: tuple[int, ...] = ()


def _hand(joints: range, wrist: int) -> FinePart:
    return FinePart(tuple(joints), tuple(joints[i] for i in (0, 5, 9, 13, 17)), reach=2.0, quick=2.0, carriers=(wrist,))


_PARTS = (_hand(LEFT_HAND, 9), _hand(RIGHT_HAND, 10), FinePart(tuple(FACE), tuple(FACE), reach=1.0, quick=3.0))


def fine_parts(body: Skeleton) -> tuple[FinePart, ...]:
    """Hands and face of `wholebody133`; none of other skeletons."""
    return _PARTS if body == skeleton("wholebody133") else ()


def split(points: Array, scores: Array, size: float, parts: tuple[FinePart, ...]) -> tuple[Array, Array, Array]:
    """One person's (k, d) joints as (k + parts, d): those of a part relative to its middle, the middles behind them.

    Returns:
        joints, their scores and the sizes in pixels of the body and of each part, NaN where it is not seen.
    """
    if not parts:
        return points, scores, np.array([size])
    points = np.concatenate([points, np.full((len(parts), points.shape[1]), np.nan)])
    scores = np.concatenate([scores, np.zeros(len(parts))])
    sizes = [size]
    for row, part in enumerate(parts, len(points) - len(parts)):
        joints, middle = list(part.joints), [i for i in part.middle if scores[i] > 0]
        if not middle:
            points[joints], scores[joints] = np.nan, 0  # without a middle there is nothing to be relative to
            sizes.append(np.nan)
            continue
        points[row], scores[row] = points[middle].mean(axis=0), scores[middle].mean()
        sizes.append(part.reach * float(np.ptp(points[middle, :2], axis=0).max()))
        points[joints] -= points[row]
    return points, scores, np.array(sizes)


def joined(points: Array, k: int, parts: tuple[FinePart, ...]) -> Array:
    """What `split` took apart, (k, d)."""
    points = points.copy()
    for row, part in enumerate(parts, k):
        points[list(part.joints)] += points[row]
    return points[:k]
