"""Where somebody is looked at from: as signers are filmed, from head to feet, or close."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array, Camera


@dataclass(frozen=True)
class Standpoint:
    """Where somebody is looked at from: places of the body's frame go to the camera's by `turn` (3, 3), then `shift` (3,)."""

    camera: Camera
    turn: Array
    shift: Array

    def seen(self, places: Array) -> Array:
        """Places (..., 3) of the body's frame in the camera's frame, float32."""
        turned = places.astype(np.float32) @ self.turn.T.astype(np.float32)
        return np.ascontiguousarray(turned + self.shift.astype(np.float32))


def upper_body(height: float, *, size: int = 512, yaw: float = 0.0, zoom: float = 1.0) -> Standpoint:
    """From above the head to the middle of the thighs, with room for the hands at the sides, as signers are filmed.

    Args:
        height: of the person, metres, without shoes.
        size: of the picture, pixels.
        yaw: degrees that the camera goes round to the person's left.
        zoom: more than 1 comes closer.
    """
    return looking(size, 0.67 * height / zoom, -height * (1.045 - 0.335 / zoom), yaw, 2.8)


def whole_body(height: float, *, size: int = 512, yaw: float = 0.0, zoom: float = 1.0) -> Standpoint:
    """From above the head to below the feet, with room for raised arms; arguments as for `upper_body`."""
    return looking(size, 1.26 * height / zoom, -0.565 * height, yaw, 4.5)


def close_up(height: float, *, size: int = 512, yaw: float = 0.0, zoom: float = 1.0) -> Standpoint:
    """The head and the shoulders; arguments as for `upper_body`."""
    return looking(size, 0.3 * height / zoom, -0.905 * height, yaw, 1.8)


def looking(size: int, span: float, middle: float, yaw: float, far: float) -> Standpoint:
    """A square picture `span` metres high about the height `middle` (y, so above the floor is negative), from `far` metres."""
    focal = size * far / span
    a = np.radians(yaw)
    turn = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    camera = Camera(size, size, focal, focal, (size - 1) / 2, (size - 1) / 2)
    return Standpoint(camera, turn, np.array([0, -middle, far]))
