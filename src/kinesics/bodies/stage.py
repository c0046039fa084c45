"""A picture that made bodies are drawn into, and which of their joints are seen in it."""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array, Camera
from ..types.arrays import locked
from .actors import Actor
from .kinematics import JOINTS
from .zbuffer import Box, draw_mesh

_MARGIN = 6  # pixels round what was drawn that a sensor may still change
_HIDDEN = 0.12  # metres of body that may lie over a joint of a limb
_DEEP = {name: 0.2 for name in ("hip_center", "spine", "left_hip", "right_hip", "shoulder_center", "head")}
_DEPTHS = np.array([_DEEP.get(name, _HIDDEN) for name in JOINTS])


class Stage:
    """Pictures (h, w) that are drawn: `depth` with inf where nothing is, `parts`, `owner`; the box in which something was."""

    def __init__(self, camera: Camera) -> None:
        shape = (camera.height, camera.width)
        self.camera = camera
        self.depth = np.full(shape, np.inf, np.float32)
        self.parts = np.zeros(shape, np.uint8)
        self.owner = np.full(shape, -1, np.int8)
        self.box: Box = (camera.width, camera.height, 0, 0)

    def draw(self, actor: Actor, vertices: Array, matrix: Array, shift: Array, number: int) -> None:
        """Draw somebody whose vertices a (3, 3) matrix and a (3,) shift bring before the camera, as this number."""
        there = carried(locked(vertices), matrix.astype(np.float32), shift.astype(np.float32))
        mesh, owner = (there, actor.faces, actor.face_parts), (self.owner, number)
        self.widen([draw_mesh(*mesh, self.camera, self.depth, self.parts, owner=owner, closed=actor.standing)])

    def widen(self, boxes: list[Box]) -> None:
        """Something was drawn in these boxes too."""
        for box in boxes:
            if box[2] > box[0] and box[3] > box[1]:
                low, high = np.minimum(self.box[:2], box[:2]), np.maximum(self.box[2:], box[2:])
                self.box = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))

    def rows_and_columns(self) -> tuple[slice, slice]:
        """What was drawn, with a margin."""
        left, top, right, bottom = self.box
        if right <= left:
            return slice(0, 0), slice(0, 0)
        return (
            slice(max(top - _MARGIN, 0), min(bottom + _MARGIN, self.camera.height)),
            slice(max(left - _MARGIN, 0), min(right + _MARGIN, self.camera.width)),
        )


def visible(joints: Array, camera: Camera, depth: Array) -> Array:
    """(n, 35) of joints (n, 35, 3) in the camera's frame, against a picture with inf where nothing is."""
    return np.asarray(_uncovered(joints, _DEPTHS, camera.fx, camera.fy, camera.cx, camera.cy, depth))


@numba.njit(cache=True, nogil=True)
def _uncovered(joints: Array, under: Array, fx: float, fy: float, cx: float, cy: float, depth: Array) -> Array:
    out = np.zeros(joints.shape[:2], np.bool_)
    for i in range(joints.shape[0]):
        for j in range(joints.shape[1]):
            x, y, z = joints[i, j]
            if z > 0:
                column, row = np.floor(cx + fx * x / z + 0.5), np.floor(cy + fy * y / z + 0.5)
                if 0 <= column < depth.shape[1] and 0 <= row < depth.shape[0]:
                    out[i, j] = depth[int(row), int(column)] > z - under[j]
    return out


@numba.njit(cache=True, nogil=True)
def carried(vertices: Array, matrix: Array, shift: Array) -> Array:
    """(V, 3) float32 places turned by a (3, 3) float32 matrix and moved by (3,)."""
    out = np.empty_like(vertices)
    for i in range(vertices.shape[0]):
        x, y, z = vertices[i, 0], vertices[i, 1], vertices[i, 2]
        out[i, 0] = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] * z + shift[0]
        out[i, 1] = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] * z + shift[1]
        out[i, 2] = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2] * z + shift[2]
    return out
