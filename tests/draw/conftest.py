"""People who stand, walk and crowd, made of numbers."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from kinesics.types import Array, People, skeleton

_STANDING = np.array(
    [
        *[(0, -0.45), (0.02, -0.47), (-0.02, -0.47), (0.045, -0.45), (-0.045, -0.45), (0.1, -0.32), (-0.1, -0.32)],
        *[(0.14, -0.17), (-0.14, -0.17), (0.15, -0.02), (-0.15, -0.02), (0.07, 0), (-0.07, 0), (0.08, 0.22), (-0.08, 0.22)],
        *[(0.08, 0.45), (-0.08, 0.45)],
    ]
)  # a person of height 1 round the hips, facing us


def standing(middles: Array, height: float, ids: Array | None = None, score: float = 0.9) -> People:
    """People of `height` pixels whose hips are at middles (n, 2)."""
    points = np.asarray(middles, float).reshape(-1, 1, 2) + _STANDING * height
    n = len(points)
    boxes = np.concatenate([points.min(1) - 3, points.max(1) + 3], 1)
    return People(
        boxes, np.full(n, score), points, np.full((n, 17), score), skeleton("coco17"), np.arange(n) if ids is None else ids
    )


@pytest.fixture(name="standing")
def _standing() -> Callable[..., People]:
    return standing


@pytest.fixture
def ground() -> Array:
    """A picture that holds all greys and some colour, (360, 640, 3)."""
    y, x = np.mgrid[0:360, 0:640]
    return np.stack([x * 0.3 + 20, y * 0.5 + 30, 200 - x * 0.2], -1).astype(np.uint8)


@pytest.fixture
def planes_of() -> Callable[[Array], tuple[Array, Array, Array]]:
    """A picture (h, w, 3) of even size as the planes of 4:2:0 video, BT.601."""

    def convert(rgb: Array) -> tuple[Array, Array, Array]:
        h, w = rgb.shape[:2]
        flat = cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420).ravel()
        chroma = flat[h * w :].reshape(2, h // 2, w // 2)
        return flat[: h * w].reshape(h, w), chroma[0], chroma[1]

    return convert
