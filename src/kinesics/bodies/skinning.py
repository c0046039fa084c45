"""Pose -> where each segment is -> where the skin is, in compiled code for one pose at a time.

Linear blend skinning with segments that turn half as far at each joint and limbs cut along their length for turns about
themselves, so that elbows do not collapse and forearms do not wring (as in Kavan, Collins and O'Sullivan, "Skinning with dual
quaternions", 2007, but with plain matrices).
"""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array
from .kinematics import DOFS
from .segments import FIRST, PER_SIDE, SEGMENTS

_COUNT = len(SEGMENTS)
_LEFT = FIRST["left"]
_ARM = DOFS.index("left_arm_raise")
_ARM_NEXT = DOFS.index("right_arm_raise") - _ARM
_LEG = DOFS.index("left_leg_flex")
_LEG_NEXT = DOFS.index("right_leg_flex") - _LEG
_ROOT = DOFS.index("root_yaw")
_JUMP = DOFS.index("jump")


@numba.njit(cache=True, nogil=True)
def _mul(a: Array, b: Array) -> Array:
    out = np.empty((3, 3))
    for i in range(3):
        for j in range(3):
            out[i, j] = a[i, 0] * b[0, j] + a[i, 1] * b[1, j] + a[i, 2] * b[2, j]
    return out


@numba.njit(cache=True, nogil=True)
def _back(a: Array, b: Array) -> Array:
    """`a` times the transpose of `b`."""
    out = np.empty((3, 3))
    for i in range(3):
        for j in range(3):
            out[i, j] = a[i, 0] * b[j, 0] + a[i, 1] * b[j, 1] + a[i, 2] * b[j, 2]
    return out


@numba.njit(cache=True, nogil=True)
def _about(axis: int, degrees: float) -> Array:
    """Rotation about axis 0, 1 or 2, as `kinematics.turn`."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    out = np.zeros((3, 3))
    out[axis, axis] = 1.0
    out[i, i] = out[j, j] = c
    out[i, j] = -s
    out[j, i] = s
    return out


@numba.njit(cache=True, nogil=True)
def _about_vector(x: float, y: float, z: float) -> Array:
    """Rotation by a rotation vector in radians (Rodrigues)."""
    angle = np.sqrt(x * x + y * y + z * z)
    out = np.eye(3)
    if angle < 1e-12:
        return out
    x, y, z = x / angle, y / angle, z / angle
    c, s = np.cos(angle), np.sin(angle)
    k = 1 - c
    out[0, 0], out[0, 1], out[0, 2] = c + x * x * k, x * y * k - z * s, x * z * k + y * s
    out[1, 0], out[1, 1], out[1, 2] = y * x * k + z * s, c + y * y * k, y * z * k - x * s
    out[2, 0], out[2, 1], out[2, 2] = z * x * k - y * s, z * y * k + x * s, c + z * z * k
    return out


@numba.njit(cache=True, nogil=True)
def _halfway(a: Array, b: Array) -> Array:
    """The rotation halfway from `a` to `b`, which are less than half a turn apart."""
    d = _back(b, a)  # as seen from outside: d a = b
    w = np.sqrt(max(1 + d[0, 0] + d[1, 1] + d[2, 2], 0.0)) / 2  # cosine of half the angle
    x, y, z = d[2, 1] - d[1, 2], d[0, 2] - d[2, 0], d[1, 0] - d[0, 1]
    size = np.sqrt(x * x + y * y + z * z)
    if size < 1e-9:
        return a.copy()
    half = np.arccos(min(max(w, -1.0), 1.0)) / size
    return _mul(_about_vector(x * half, y * half, z * half), a)


@numba.njit(cache=True, nogil=True)
def _put(rotations: Array, places: Array, segment: int, facing: Array, frame: Array, place: Array) -> None:
    """A segment's frame as a rotation from rest, and where its pivot is."""
    rotations[segment] = _back(frame, facing[segment])
    places[segment] = place


@numba.njit(cache=True, nogil=True)
def _from(rotations: Array, places: Array, pivots: Array, segment: int, point: Array) -> Array:
    """Where a point at rest has gone with a segment."""
    out = places[segment].copy()
    for i in range(3):
        for j in range(3):
            out[i] += rotations[segment, i, j] * (point[j] - pivots[segment, j])
    return out


@numba.njit(cache=True, nogil=True)
def _arm(
    pose: Array, pronation: float, curl: float, side: int, facing: Array, pivots: Array, rest: Array, rotations: Array, places: Array
) -> None:
    first = _LEFT + (0 if side > 0 else PER_SIDE)
    at = _ARM + (0 if side > 0 else _ARM_NEXT)
    raised, plane, twist, elbow, wrist = pose[at], pose[at + 1], pose[at + 2], pose[at + 3], pose[at + 4]
    chest = rotations[2]
    shoulder = pivots[first + 1]
    lift = max(raised - 80, 0.0) / 90 * 0.25 * abs(shoulder[0])
    bone = np.sqrt((shoulder[0] - pivots[first, 0]) ** 2 + (shoulder[1] - pivots[first, 1]) ** 2 + (shoulder[2] - pivots[first, 2]) ** 2)
    tilt = np.degrees(np.arcsin(min(lift / bone, 1.0)))
    _put(
        rotations,
        places,
        first,
        facing,
        _mul(chest, _about(2, -side * tilt)),
        _from(rotations, places, pivots, 2, pivots[first]),
    )
    place = _from(rotations, places, pivots, 2, shoulder)
    for i in range(3):
        place[i] -= chest[i, 1] * lift
    r, p = np.radians(raised), np.radians(plane)
    x, z = -np.sin(p) * r, -side * np.cos(p) * r
    half = _about_vector((x + rest[0]) / 2, 0.0, (z + rest[2]) / 2)
    _put(rotations, places, first + 1, facing, _mul(chest, half), place)
    hanging = _mul(chest, _about_vector(x, 0.0, z))
    for k in range(3):
        _put(rotations, places, first + 2 + k, facing, _mul(hanging, _about(1, side * twist * k / 2)), place)
    upper = _mul(hanging, _about(1, side * twist))
    place = _from(rotations, places, pivots, first + 4, pivots[first + 5])
    lower = _mul(upper, _about(0, -elbow))
    for k in range(4):
        _put(rotations, places, first + 6 + k, facing, _mul(lower, _about(1, side * pronation * k / 3)), place)
    rotations[first + 5] = _halfway(rotations[first + 4], rotations[first + 6])
    places[first + 5] = place
    palm = _mul(_mul(lower, _about(0, -wrist)), _about(1, side * pronation))
    place = _from(rotations, places, pivots, first + 9, pivots[first + 10])
    _put(rotations, places, first + 10, facing, palm, place)
    place = _from(rotations, places, pivots, first + 10, pivots[first + 11])
    _put(rotations, places, first + 11, facing, _mul(palm, _about(2, side * 72 * curl)), place)
    place = _from(rotations, places, pivots, first + 11, pivots[first + 12])
    _put(rotations, places, first + 12, facing, _mul(palm, _about(2, side * 165 * curl)), place)
    place = _from(rotations, places, pivots, first + 10, pivots[first + 13])
    _put(rotations, places, first + 13, facing, _mul(palm, _about(2, side * 30 * curl)), place)


@numba.njit(cache=True, nogil=True)
def _leg(pose: Array, side: int, facing: Array, pivots: Array, rotations: Array, places: Array) -> None:
    first = _LEFT + 14 + (0 if side > 0 else PER_SIDE)
    at = _LEG + (0 if side > 0 else _LEG_NEXT)
    root = rotations[0]
    place = _from(rotations, places, pivots, 0, pivots[first])
    thigh = _mul(_mul(_mul(root, _about(0, -pose[at])), _about(2, -side * pose[at + 1])), _about(1, side * pose[at + 2]))
    _put(rotations, places, first + 1, facing, thigh, place)
    rotations[first] = _halfway(root, rotations[first + 1])
    places[first] = place
    place = _from(rotations, places, pivots, first + 1, pivots[first + 2])
    shin = _mul(thigh, _about(0, pose[at + 3]))
    _put(rotations, places, first + 3, facing, shin, place)
    rotations[first + 2] = _halfway(rotations[first + 1], rotations[first + 3])
    places[first + 2] = place
    place = _from(rotations, places, pivots, first + 3, pivots[first + 4])
    _put(rotations, places, first + 4, facing, _mul(shin, _about(0, pose[at + 4])), place)


@numba.njit(cache=True, nogil=True)
def pose_segments(pose: Array, hands: Array, facing: Array, pivots: Array, swings: Array) -> Array:
    """(segments, 3, 4) float64 matrices from rest to `pose`, the hip centre staying at the origin.

    Args:
        pose: (len(DOFS),) degrees.
        hands: (4,) pronation left and right in degrees, curl of the fingers left and right 0 to 1.
        facing: (segments, 3, 3), `pivots` (segments, 3), `swings` (2, 3): see `rigging.Rig`.
    """
    rotations, places = np.empty((_COUNT, 3, 3)), np.zeros((_COUNT, 3))
    root = _mul(_mul(_about(1, pose[_ROOT]), _about(0, pose[_ROOT + 1])), _about(2, pose[_ROOT + 2]))
    half = _mul(_mul(_about(0, pose[0] / 2), _about(2, pose[1] / 2)), _about(1, pose[2] / 2))
    rotations[0] = root
    rotations[1] = _mul(root, half)
    rotations[2] = _mul(rotations[1], half)
    places[2] = _from(rotations, places, pivots, 1, pivots[2])
    places[4] = _from(rotations, places, pivots, 2, pivots[4])
    places[3] = places[4]
    rotations[4] = _mul(rotations[2], _mul(_mul(_about(0, pose[3]), _about(2, pose[4])), _about(1, pose[5])))
    rotations[3] = _halfway(rotations[2], rotations[4])
    for i in range(2):
        side = 1 - 2 * i
        _arm(pose, hands[i], hands[i + 2], side, facing, pivots, swings[i], rotations, places)
        _leg(pose, side, facing, pivots, rotations, places)
    out = np.empty((_COUNT, 3, 4))
    for s in range(_COUNT):
        for i in range(3):
            out[s, i, 3] = places[s, i]
            for j in range(3):
                out[s, i, j] = rotations[s, i, j]
                out[s, i, 3] -= rotations[s, i, j] * pivots[s, j]
    return out


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
        segments: (v, 4) uint8, `weights` (v, 4) float32: what each vertex follows, strongest first; a weight of 0 ends the list.
        joints: (35, 3) at rest, `joint_segments` (35,) the one segment that each follows.
        pose: (len(DOFS),), for the jump and the steps.
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
