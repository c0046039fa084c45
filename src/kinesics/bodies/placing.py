"""Joints of many poses at once, compiled: `forward` without floor and steps, for whoever asks thousands of times."""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array
from .kinematics import DOFS, JOINTS, Body

_ROOT = DOFS.index("root_yaw")
_ARMS = (DOFS.index("left_arm_raise"), DOFS.index("right_arm_raise"))
_LEGS = (DOFS.index("left_leg_flex"), DOFS.index("right_leg_flex"))
_ARM_JOINTS = tuple(JOINTS.index(f"left_{name}") for name in ("shoulder", "elbow", "wrist", "hand", "thumb", "index", "pinky"))
_LEG_JOINTS = tuple(JOINTS.index(f"left_{name}") for name in ("hip", "knee", "ankle", "heel", "foot"))
_FACE = tuple(JOINTS.index(f"left_{name}") for name in ("eye", "ear", "mouth"))
_COUNT = len(JOINTS)


def lengths_of(body: Body) -> Array:
    """(12,) float64: the bones of a body in the order of its fields, as the compiled functions here take them."""
    return np.array([getattr(body, name) for name in Body.__dataclass_fields__], np.float64)


def joint_places(body: Body, poses: Array) -> Array:
    """Joints of single moments, the pelvis at the origin, steps and jumps left out.

    Args:
        body: whose.
        poses: (n, len(DOFS)), as `forward` takes them.

    Returns:
        (n, len(JOINTS), 3) metres, equal to those of `forward` but for where the body stands.
    """
    poses = np.ascontiguousarray(poses, np.float64)
    found = np.empty((len(poses), _COUNT, 3))
    _all_places(lengths_of(body), poses, found)
    return found


@numba.njit(cache=True, nogil=True)
def _all_places(lengths: Array, poses: Array, found: Array) -> None:
    for i in range(len(poses)):
        places(lengths, poses[i], found[i])


@numba.njit(cache=True, nogil=True)
def places(lengths: Array, pose: Array, found: Array) -> None:
    """Compiled: fills `found` (len(JOINTS), 3) with the joints of one pose (len(DOFS),) of a body of these `lengths_of`."""
    height, trunk, waist, neck, shoulders = lengths[0], lengths[1], lengths[2], lengths[3], lengths[4]
    frame = np.eye(3)
    _turn(frame, 2, 0, pose[_ROOT])
    _turn(frame, 1, 2, pose[_ROOT + 1])
    _turn(frame, 0, 1, pose[_ROOT + 2])
    found[0] = 0.0
    for k in range(2):
        _leg(lengths, frame, pose[_LEGS[k] : _LEGS[k] + 5], k, found)
    for joint in (1, 2):
        _turn(frame, 1, 2, pose[0] / 2)
        _turn(frame, 0, 1, pose[1] / 2)
        _turn(frame, 2, 0, pose[2] / 2)
        _put(found, joint, joint - 1, frame, 0.0, -trunk * (waist if joint == 1 else 1 - waist), 0.0)
    for k in range(2):
        _arm(lengths, frame.copy(), pose[_ARMS[k] : _ARMS[k] + 5], k, shoulders, trunk, found)
    _turn(frame, 1, 2, pose[3])
    _turn(frame, 0, 1, pose[4])
    _turn(frame, 2, 0, pose[5])
    size = 0.06 * height
    _put(found, 3, 2, frame, 0.0, -neck, 0.0)
    _put(found, 4, 2, frame, 0.0, -0.86 * neck, -1.5 * size)
    for k in range(2):
        side = 1.0 - 2.0 * k
        _put(found, _FACE[0] + k, 2, frame, side * 0.32 * size, -1.03 * neck, -1.25 * size)
        _put(found, _FACE[1] + k, 2, frame, side * 0.75 * size, -0.95 * neck, -0.2 * size)
        _put(found, _FACE[2] + k, 2, frame, side * 0.25 * size, -0.66 * neck, -1.3 * size)


@numba.njit(cache=True, nogil=True)
def _arm(lengths: Array, frame: Array, angles: Array, k: int, shoulders: float, trunk: float, found: Array) -> None:
    side = 1.0 - 2.0 * k
    hand = lengths[7]
    lift = max(angles[0] - 80.0, 0.0) / 90.0 * 0.25 * shoulders
    _put(found, _ARM_JOINTS[0] + k, 2, frame, side * shoulders, 0.05 * trunk - lift, 0.0)
    _turn(frame, 2, 0, side * angles[1])
    _turn(frame, 0, 1, -side * angles[0])
    _turn(frame, 2, 0, side * (angles[2] - angles[1]))
    _put(found, _ARM_JOINTS[1] + k, _ARM_JOINTS[0] + k, frame, 0.0, lengths[5], 0.0)
    _turn(frame, 1, 2, -angles[3])
    _put(found, _ARM_JOINTS[2] + k, _ARM_JOINTS[1] + k, frame, 0.0, lengths[6], 0.0)
    _turn(frame, 1, 2, -angles[4])
    wrist = _ARM_JOINTS[2] + k
    _put(found, _ARM_JOINTS[3] + k, wrist, frame, 0.0, hand, 0.0)
    _put(found, _ARM_JOINTS[4] + k, wrist, frame, 0.0, 0.8 * hand, -0.5 * hand)
    _put(found, _ARM_JOINTS[5] + k, wrist, frame, 0.0, 1.6 * hand, -0.3 * hand)
    _put(found, _ARM_JOINTS[6] + k, wrist, frame, 0.0, 1.4 * hand, 0.4 * hand)


@numba.njit(cache=True, nogil=True)
def _leg(lengths: Array, root: Array, angles: Array, k: int, found: Array) -> None:
    side = 1.0 - 2.0 * k
    foot = lengths[11]
    frame = root.copy()
    _put(found, _LEG_JOINTS[0] + k, 0, frame, side * lengths[8], 0.06 * lengths[1], 0.0)
    _turn(frame, 1, 2, -angles[0])
    _turn(frame, 0, 1, -side * angles[1])
    _turn(frame, 2, 0, side * angles[2])
    _put(found, _LEG_JOINTS[1] + k, _LEG_JOINTS[0] + k, frame, 0.0, lengths[9], 0.0)
    _turn(frame, 1, 2, angles[3])
    _put(found, _LEG_JOINTS[2] + k, _LEG_JOINTS[1] + k, frame, 0.0, lengths[10], 0.0)
    _turn(frame, 1, 2, angles[4])
    _put(found, _LEG_JOINTS[3] + k, _LEG_JOINTS[2] + k, frame, 0.0, 0.35 * foot, 0.3 * foot)
    _put(found, _LEG_JOINTS[4] + k, _LEG_JOINTS[2] + k, frame, 0.0, 0.35 * foot, -foot)


@numba.njit(cache=True, nogil=True)
def _turn(frame: Array, i: int, j: int, degrees: float) -> None:
    """Turn a frame (3, 3) about its own third axis, in place."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    for row in range(3):
        a, b = frame[row, i], frame[row, j]
        frame[row, i] = c * a + s * b
        frame[row, j] = c * b - s * a


@numba.njit(cache=True, nogil=True)
def _put(found: Array, joint: int, start: int, frame: Array, x: float, y: float, z: float) -> None:
    for row in range(3):
        found[joint, row] = found[start, row] + frame[row, 0] * x + frame[row, 1] * y + frame[row, 2] * z
