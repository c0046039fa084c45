"""The 133 points of a drawn person in its picture, and which of them are seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..types import Array, Camera
from .actors import Posed

#: Metres that a point may lie behind what is drawn there and still count as seen: joints are inside limbs.
_WITHIN = np.concatenate([np.full(23, 0.11), np.full(68, 0.025), np.full(42, 0.035)]).astype(np.float32)
_WITHIN[:5] = 0.05


def marked(posed: Posed, seen: Callable[[Array], Array], camera: Camera, depth: Array) -> tuple[Array, Array]:
    """Points (133, 2) float32 and scores (133,) float32 of somebody; `depth` is the picture's, of any size."""
    places = seen(posed.landmarks)
    points = camera.project(places)
    known = np.where(np.isfinite(points), points, -1.0)
    inside: Array = np.all((known > -0.5) & (known < [camera.width - 0.5, camera.height - 0.5]), axis=1)
    scale = depth.shape[1] / camera.width
    column, row = np.where(inside[:, None], np.floor((points + 0.5) * scale), 0).astype(int).T
    front = depth[np.clip(row, 0, depth.shape[0] - 1), np.clip(column, 0, depth.shape[1] - 1)]
    clear = places[:, 2] - front < _WITHIN
    scores = np.where(inside, np.where(clear, 1.0, 0.4), 0.0).astype(np.float32)
    return points.astype(np.float32), scores
