"""Where to look for a hand: along an arm, or round the hand that was seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..sights import Turned
from ..types import Array

__all__ = ["STEADY", "Arm", "along", "published", "round_hand", "unit_vector"]

STEADY = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18]  # wrist to middle joints: they say where a hand is, whatever its tips do
KNUCKLES = [5, 9, 13, 17]


@dataclass(frozen=True)
class Arm:
    """Where to look for a hand.

    Attributes:
        wrist: (2,) pixels.
        elbow: (2,) pixels; NaN when it is not known.
        unit: pixels a centimetre, of this person.
    """

    wrist: Array
    elbow: Array
    unit: float


def along(arm: Arm) -> list[Turned]:
    """Where a hand is that goes on from its forearm; upwards and downwards where the arm's direction is not seen."""
    forearm = arm.wrist - arm.elbow
    length = float(np.linalg.norm(forearm))
    if np.isfinite(length) and length > 4 * arm.unit:
        return [Turned.upwards(arm.wrist + 8 * arm.unit * forearm / length, 32 * arm.unit, forearm)]
    return [
        Turned.upwards(arm.wrist + 6 * arm.unit * up, 36 * arm.unit, up) for up in (np.array([0.0, -1]), np.array([0.0, 1]))
    ]


def round_hand(points: Array) -> Turned:
    """The square round a hand that the net knows from its training: knuckles above the wrist, all of the hand inside."""
    return _over(points, unit_vector(points[KNUCKLES].mean(axis=0) - points[0]))


def published(points: Array) -> Turned:
    """The square in which MediaPipe's tracker looks next, round the joints of the palm (its hand_landmarks_to_rect).

    Turned so that the mean of the knuckles of index, middle and ring finger lies above the wrist; the palm's box in that
    direction, twice as large, a tenth of it further.
    """
    return _over(points, unit_vector((points[[5, 13]].mean(axis=0) + points[9]) / 2 - points[0]))


def _over(points: Array, up: Array) -> Turned:
    """Twice the box of the steady joints in the direction `up` (2,), of length 1, a tenth of it further."""
    side = np.array([-up[1], up[0]])
    steady = points[STEADY]
    along, across = steady @ up, steady @ side
    high, wide = float(np.ptp(along)), float(np.ptp(across))
    centre = up * (along.min() + along.max()) / 2 + side * (across.min() + across.max()) / 2
    return Turned.upwards(centre + 0.1 * high * up, 2 * max(high, wide, 1.0), up)


def unit_vector(vector: Array) -> Array:
    """The same direction, of length 1."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-6))
