"""How a camera maps metres to pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import ShapeError
from .arrays import Array


@dataclass(frozen=True)
class Camera:
    """A pinhole camera: pixel (u, v) sees the direction ((u - cx) / fx, (v - cy) / fy, 1).

    The centre of the pixel in column 3 is u = 3.0. World axes: x right, y down, z away from the camera, metres.

    Attributes:
        width: pixels.
        height: pixels.
        fx: focal length, pixels.
        fy: focal length, pixels.
        cx: column of the optical axis.
        cy: row of the optical axis.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ShapeError(f"Camera: expected at least one pixel, got {self.width} x {self.height}")
        if not (np.isfinite([self.fx, self.fy, self.cx, self.cy]).all() and self.fx > 0 and self.fy > 0):
            raise ShapeError(f"Camera: expected finite numbers and focal lengths above 0, got {self.fx}, {self.fy}")

    @classmethod
    def of_view(cls, width: int, height: int, vertical_degrees: float) -> Camera:
        """A camera with square pixels and this vertical field of view, its axis through the middle of the picture."""
        focal = height / 2 / np.tan(np.radians(vertical_degrees) / 2)
        return cls(width, height, float(focal), float(focal), (width - 1) / 2, (height - 1) / 2)

    def resized(self, width: int, height: int) -> Camera:
        """The same view in a picture of another size."""
        x, y = width / self.width, height / self.height
        return Camera(width, height, self.fx * x, self.fy * y, (self.cx + 0.5) * x - 0.5, (self.cy + 0.5) * y - 0.5)

    def project(self, points: Array) -> Array:
        """(..., 3) metres to (..., 2) pixels; NaN for what is not before the camera."""
        points = np.asarray(points, float)
        z = np.where(points[..., 2] > 0, points[..., 2], np.nan)
        return np.stack([self.cx + self.fx * points[..., 0] / z, self.cy + self.fy * points[..., 1] / z], axis=-1)

    def unproject(self, pixels: Array, depth: Array) -> Array:
        """(..., 2) pixels with (...,) metres of depth (along the axis) to (..., 3) metres."""
        pixels, depth = np.asarray(pixels, float), np.asarray(depth, float)
        x, y = (pixels[..., 0] - self.cx) / self.fx, (pixels[..., 1] - self.cy) / self.fy
        return np.stack([x * depth, y * depth, depth], axis=-1)
