"""What touches goes on touching when a body gets other proportions: hand to hand, and hand to face.

A longer arm or a larger head would move a hand off the chin where a sign or a gesture puts it. A hand near the face keeps its
place on the face, one near the other hand its place beside it; the further away, the less.
"""

from __future__ import annotations

import numpy as np

from ..types import Array

__all__ = ["keep_contacts"]

NEAR, FAR = 0.9, 1.8  # head heights between hand and head: full contact, none
HANDS_NEAR, HANDS_FAR = 1.5, 3.5  # palms between the middles of two hands
ELBOW = 0.5  # how far an elbow goes along with its hand

_SIDES = ((7, 9, 91), (8, 10, 112))


def keep_contacts(
    old: Array, new: Array, head: tuple[Array, Array], sizes: tuple[float, float], factors: tuple[float, float]
) -> None:
    """Move hands and elbows of `new` so that contacts are those of `old`.

    Args:
        old: (t, 133, 2 or 3) before the change of proportions.
        new: after it; changed in place.
        head: (t, 2) where the head was and where it is now.
        sizes: height of the head and length of a palm in `old`, pixels; 0 where unknown.
        factors: how much larger head and hands have become.
    """
    for side in _SIDES:
        was, now = _middle(old, side), _middle(new, side)
        wanted = head[1] + factors[0] * (was - head[0])
        near = _near(np.linalg.norm(was - head[0], axis=1), sizes[0], NEAR, FAR)
        _move(new, side, near[:, None] * (wanted - now))
    (was, now), (other_was, other_now) = ((_middle(old, side), _middle(new, side)) for side in _SIDES)
    lack = factors[1] * (other_was - was) - (other_now - now)
    near = _near(np.linalg.norm(other_was - was, axis=1), sizes[1], HANDS_NEAR, HANDS_FAR)[:, None]
    _move(new, _SIDES[0], -near * lack / 2)
    _move(new, _SIDES[1], near * lack / 2)


def _middle(points: Array, side: tuple[int, int, int]) -> Array:
    """(t, 2) of a hand: amid its knuckles, else beyond the wrist as it lies from the elbow."""
    elbow, wrist, hand = side
    knuckles = points[:, [hand + 5, hand + 9, hand + 17], :2].mean(axis=1)
    return np.asarray(np.where(np.isnan(knuckles), points[:, wrist, :2] * 1.3 - points[:, elbow, :2] * 0.3, knuckles))


def _near(apart: Array, size: float, full: float, none: float) -> Array:
    if size <= 0:
        return np.zeros(len(apart))
    share = np.clip((none - np.nan_to_num(apart / size, nan=none)) / (none - full), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def _move(points: Array, side: tuple[int, int, int], way: Array) -> None:
    elbow, wrist, hand = side
    way = np.nan_to_num(way)
    points[:, [wrist, *range(hand, hand + 21)], :2] += way[:, None]
    points[:, elbow, :2] += ELBOW * way
