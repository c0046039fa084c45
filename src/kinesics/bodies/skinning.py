"""Where segments are -> where the skin is: linear blend skinning, in compiled code for one pose at a time.

What usually spoils it, joints that collapse and limbs that wring (Kavan, Collins and O'Sullivan, "Skinning with dual
quaternions", 2007), is met by more segments instead: see `posing`.
"""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array
from .kinematics import DOFS

_JUMP = DOFS.index("jump")


@numba.njit(cache=True, nogil=True)
def skin(
    matrices: Array,
    rest: Array,
    segments: Array,
    weights: Array,
    joints: Array,
    joint_segments: Array,
    pose: Array,
    standing: int,
) -> tuple[Array, Array]:
    """Vertices (v, 3) and joints (35, 3), float32, the lowest vertex on the floor (y = 0) but for `jump`.

    Args:
        matrices: (segments, 3, 4) from `pose_segments`.
        rest: (v, 3) float32 vertices at rest.
        segments: (v, 4) uint8, what each vertex follows, strongest first.
        weights: (v, 4) float32, how much; a 0 ends the list.
        joints: (35, 3) at rest.
        joint_segments: (35,) the one segment that each follows.
        pose: (len(DOFS),), for the jump and the steps.
        standing: how many of the vertices, from the first, count for what stands on the floor.
    """
    single = matrices.astype(np.float32)
    out = np.empty((len(rest), 3), np.float32)
    lowest = np.float32(-1e9)
    for v in range(len(rest)):
        x, y, z = rest[v, 0], rest[v, 1], rest[v, 2]
        a = b = c = np.float32(0)
        for k in range(4):
            w = weights[v, k]
            if w == 0:
                break
            m = single[segments[v, k]]
            a += w * (m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3])
            b += w * (m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3])
            c += w * (m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3])
        out[v, 0], out[v, 1], out[v, 2] = a, b, c
        if v < standing:
            lowest = max(lowest, b)
    dx, dy, dz = np.float32(pose[_JUMP + 1]), np.float32(-lowest - pose[_JUMP]), np.float32(-pose[_JUMP + 2])
    for v in range(len(rest)):
        out[v, 0] += dx
        out[v, 1] += dy
        out[v, 2] += dz
    moved = np.empty((len(joints), 3), np.float32)
    for j in range(len(joints)):
        m = matrices[joint_segments[j]]
        for i in range(3):
            moved[j, i] = m[i, 0] * joints[j, 0] + m[i, 1] * joints[j, 1] + m[i, 2] * joints[j, 2] + m[i, 3]
        moved[j, 0] += dx
        moved[j, 1] += dy
        moved[j, 2] += dz
    return out, moved
