"""Walls: upright planes in pieces that are too large to be people, taken off so that who leans on one is found all the same."""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array, Camera
from .regions import Regions

_LARGE = 1.5  # square metres: smaller pieces may be people
_LEAST = 0.5  # share of a piece's samples that lie on its wall
_SLACK, _SLACK_FAR = 0.022, 0.0022  # metres a wall's points may be off: at the camera, times the square of the distance
_UPRIGHT = 0.25  # most of a wall's normal that points up
_TRIALS = 40


def take_walls_off(regions: Regions, depth: Array, keep: Array, camera: Camera, axes: Array, *, seed: int = 0) -> bool:
    """Take walls out of what is kept.

    Args:
        regions: pieces of what is kept.
        depth: (h, w) uint16 millimetres.
        keep: (h, w) bool; changed in place.
        camera: of the picture.
        axes: (3, 3) as `find_regions`.
        seed: of the sampling.

    Returns:
        whether anything was taken off.
    """
    lens = np.array([camera.fx, camera.fy, camera.cx, camera.cy])
    rng = np.random.default_rng(seed)
    found = False
    for i in np.flatnonzero(regions.area > _LARGE).tolist():
        wall = _wall(regions.samples[i], rng)
        if wall is not None:
            normal, away = wall
            _take_off(depth, regions.labels, i + 1, np.append(normal @ axes, away), lens, keep)
            found = True
    return found


def _wall(points: Array, rng: np.random.Generator) -> tuple[Array, float] | None:
    """Normal (sideways, up, forwards) and distance of the upright plane that most points (n, 3) lie on."""
    picks = points[rng.integers(0, len(points), (_TRIALS, 3))]
    normals = np.cross(picks[:, 1] - picks[:, 0], picks[:, 2] - picks[:, 0])
    length = np.linalg.norm(normals, axis=1)
    normals /= np.maximum(length, 1e-12)[:, None]
    aways = -(normals * picks[:, 0]).sum(axis=1)
    slack = _SLACK + _SLACK_FAR * points[:, 2] ** 2
    on = (np.abs(normals @ points.T + aways[:, None]) < slack) & ((length > 1e-3) & (np.abs(normals[:, 1]) < _UPRIGHT))[:, None]
    best = on[int(on.sum(axis=1).argmax())]
    if best.mean() < _LEAST:
        return None
    middle = points[best].mean(axis=0)
    normal = np.linalg.eigh(np.cov((points[best] - middle).T))[1][:, 0]
    return (normal, -float(normal @ middle)) if abs(normal[1]) < _UPRIGHT else None


@numba.njit(cache=True, nogil=True)
def _take_off(depth: Array, labels: Array, label: int, plane: Array, lens: Array, keep: Array) -> None:
    for row in range(depth.shape[0]):
        y = (row - lens[3]) / lens[1]
        for column in range(depth.shape[1]):
            if labels[row, column] == label:
                z = depth[row, column] * 0.001
                away = z * (plane[0] * (column - lens[2]) / lens[0] + plane[1] * y + plane[2]) + plane[3]
                if abs(away) < _SLACK + _SLACK_FAR * z * z:
                    keep[row, column] = False
