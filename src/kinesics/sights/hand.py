"""MediaPipe's hand landmarks: 21 joints of the one hand in a square."""

from __future__ import annotations

from dataclasses import dataclass

from ..types import Array
from ..weights import load
from .body import upright
from .turned import Turned

__all__ = ["HandNet", "HandSight"]

SIDE = 224


@dataclass(frozen=True)
class HandSight:
    """What a look at one hand showed.

    Attributes:
        square: where it looked.
        points: (21, 2) pixels, from the wrist over thumb, index, middle, ring to the little finger.
        presence: how sure the net is that there is a hand, 0 to 1.
        right: how much it looks like a right hand, 0 to 1.
        world: (21, 3) metres, x right, y down, z away from the camera, origin in the middle of the hand.
    """

    square: Turned
    points: Array
    presence: float
    right: float
    world: Array


class HandNet:
    """Hand landmarks, full (Zhang et al., MediaPipe Hands: on-device real-time hand tracking, 2020).

    Args:
        threads: how many the net may use.

    Raises:
        WeightsError: the net is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1) -> None:
        self._net = load("hand_landmark_full", threads=threads)

    def look(self, image: Array, square: Turned) -> HandSight:
        """Look at one square of (h, w, 3) uint8 RGB, fingers towards its upper edge."""
        found, presence, right, metres = self._net.run(square.shown(image, SIDE))
        points = square.back(found.reshape(21, 3)[:, :2].astype(float), SIDE)
        world = upright(metres.reshape(21, 3).astype(float), square.angle)
        return HandSight(square, points, float(presence[0, 0]), float(right[0, 0]), world)
