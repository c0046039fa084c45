"""Where a depth camera stands, how it is held and what lens it has.

The world is the body frame of `kinematics`: y down, the floor at y = 0; somebody who is not turned looks to -z, where the
camera stands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..types import Array, Camera

# vertical degrees of view: the first Kinect, glimpse's iPhone X, RealSense D435, the second Kinect, Azure Kinect (narrow)
_LENSES = (45.7, 43.9, 58.0, 60.0, 65.0)


@dataclass(frozen=True)
class Viewpoint:
    """A camera and its place.

    Attributes:
        camera: the lens.
        rotation: (3, 3) turns world directions into the camera's.
        position: (3,) metres in the world.
    """

    camera: Camera
    rotation: Array
    position: Array

    def seen(self, points: Array) -> Array:
        """(..., 3) places of the world in the camera's frame."""
        return np.asarray((points - self.position) @ self.rotation.T)

    @property
    def floor(self) -> Array:
        """(4,) a, b, c, d: the height of a point of the camera's frame over the floor is a x + b y + c z + d."""
        up = -self.rotation[:, 1]
        return np.array([*up, -self.position[1]])


def random_lens(rng: np.random.Generator, size: tuple[int, int], focal: float | None = None) -> Camera:
    """A camera of this (width, height): half of the time near a well-known one, else 40 to 65 degrees; its axis a bit off.

    With a `focal` length it is exactly that, its axis through the middle.
    """
    width, height = size
    if focal is not None:
        return Camera(width, height, float(focal), float(focal), (width - 1) / 2, (height - 1) / 2)
    near = rng.random() < 0.5
    degrees = _LENSES[rng.integers(len(_LENSES))] * rng.normal(1, 0.01) if near else rng.uniform(40, 65)
    length = height / 2 / math.tan(math.radians(degrees) / 2)
    x, y = rng.normal(0, 0.01 * width), rng.normal(0, 0.01 * height)
    return Camera(width, height, length, length, (width - 1) / 2 + x, (height - 1) / 2 + y)


def random_viewpoint(
    rng: np.random.Generator, camera: Camera, points: Array, *, top: bool = False, pitch: float | None = None
) -> Viewpoint:
    """A place from which somebody is seen, mostly whole, anywhere in the picture.

    1.2 to 4.5 m away (up to 6 m when a wide pose would not fit), 0.3 to 2.5 m high, rolled by a few degrees, and aimed beside
    the middle of the points.

    Args:
        rng: of all chance.
        camera: the lens.
        points: (k, 3) what should be seen, in the world.
        top: from above instead, as a camera under the ceiling.
        pitch: degrees that the camera looks down; None: as much as it takes.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    away, tall = _overhead(rng, middle, -low[1]) if top else _in_front(rng, camera, high - low)
    width, height = camera.width, camera.height
    spread = 0.25 if rng.random() < 0.1 else 0.1
    column, row = rng.normal(0, spread * width), rng.normal(0, 0.6 * spread * height)
    position = np.array([middle[0], -tall, middle[2] - away])
    aimed = math.atan2(tall + middle[1], away) - math.atan(row / camera.fy)
    down = aimed if pitch is None else math.radians(pitch)
    return Viewpoint(camera, _held(-math.atan(column / camera.fx), down, rng.normal(0, 0.05)), position)


def _held(heading: float, down: float, roll: float) -> Array:
    """World to camera: turned to the right by `heading` radians, then down, then about its own axis."""
    c, s = [math.cos(a) for a in (heading, down, roll)], [math.sin(a) for a in (heading, down, roll)]
    aside = np.array([[c[0], 0, -s[0]], [0, 1, 0], [s[0], 0, c[0]]])
    below = np.array([[1, 0, 0], [0, c[1], -s[1]], [0, s[1], c[1]]])
    about = np.array([[c[2], -s[2], 0], [s[2], c[2], 0], [0, 0, 1]])
    return np.asarray(about @ below @ aside)


def _in_front(rng: np.random.Generator, camera: Camera, extent: Array) -> tuple[float, float]:
    """How far away on the floor, how high."""
    whole = max(extent[0] * camera.fx / camera.width, extent[1] * camera.fy / camera.height) * 1.15 + extent[2] / 2
    away = rng.uniform(1.2, 4.5)
    if rng.random() < 0.88:
        away = max(away, min(whole, 6.0))
    return float(away), float(rng.triangular(0.3, 1.1, 2.5))


def _overhead(rng: np.random.Generator, middle: Array, top: float) -> tuple[float, float]:
    return float(rng.uniform(0.0, 0.9)), float(max(top + rng.uniform(0.8, 1.8), 2.0))
