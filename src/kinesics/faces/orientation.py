"""Which way a face looks."""

from __future__ import annotations

import functools
import math
from importlib.resources import files

import numpy as np

from ..types import Array

__all__ = ["angles_of", "face_angles", "face_turn", "point_angles", "turned_by"]

STRETCH = 5e-5  # the mesh of a face that is turned far is drawn less turned than it is: degrees more for each degree cubed


def face_angles(mesh: Array) -> tuple[float, float, float]:
    """Yaw, pitch and roll of a face mesh (468, 3), degrees, as in `Face`.

    The turn that takes a face at rest to the mesh with the least squared distance (Umeyama, Least-squares estimation of
    transformation parameters between two point patterns, 1991). The face at rest is the mean of what the net sees on made
    heads that look into the camera.
    """
    yaw, pitch, roll = angles_of(face_turn(mesh))
    return float(np.clip(yaw + STRETCH * yaw**3, -180, 180)) if abs(yaw) < 75 else yaw, pitch, roll


def face_turn(mesh: Array) -> Array:
    """(3, 3) that turns a face at rest as the mesh (468, 3) is turned."""
    rest, seen = _shape()["mesh"], np.asarray(mesh, float)
    left, _, right = np.linalg.svd((seen - seen.mean(axis=0)).T @ rest)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    return np.asarray(left @ flip @ right)


def point_angles(points: Array) -> tuple[float, float, float]:
    """Yaw, pitch and roll by the six points of the face detector, degrees: coarser than by a mesh, but for profiles too.

    The turn of a weak-perspective camera (DeMenthon and Davis, Model-based object pose in 25 lines of code, 1995).

    Args:
        points: (6, 2) pixels: the eyes, image left first, nose, mouth, the ears.
    """
    rest = _shape()["points"]
    seen = points - points.mean(axis=0)
    camera = np.linalg.lstsq(rest - rest.mean(axis=0), seen, rcond=None)[0].T  # (2, 3)
    left, _, right = np.linalg.svd(camera, full_matrices=False)
    rows = left @ right
    return angles_of(np.vstack([rows, np.cross(rows[0], rows[1])]))


def turned_by(yaw: float, pitch: float, roll: float) -> Array:
    """(3, 3) that turns a face which looks into the camera (x right, y down, z away), degrees as in `Face`."""
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z)


def angles_of(turn: Array) -> tuple[float, float, float]:
    """Yaw, pitch and roll, degrees, of a turn (3, 3); the inverse of `turned_by`."""
    ahead = turn @ [0.0, 0.0, -1.0]
    yaw = math.atan2(ahead[0], -ahead[2])
    pitch = math.asin(min(max(-ahead[1], -1.0), 1.0))
    rest = turned_by(math.degrees(yaw), math.degrees(pitch), 0.0).T @ turn
    return math.degrees(yaw), math.degrees(pitch), math.degrees(math.atan2(rest[1, 0], rest[0, 0]))


@functools.cache
def _shape() -> dict[str, Array]:
    """A face at rest: `mesh` (468, 3) centred, `points` (6, 3) of the face detector."""
    with (files(__package__) / "shape.npz").open("rb") as file, np.load(file, allow_pickle=False) as held:
        return {name: held[name].astype(float) for name in held.files}
