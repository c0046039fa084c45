"""Angles of limbs, trunk and head from where they point: what `forward` does, backwards, in closed form."""

from __future__ import annotations

import numpy as np

from ..types import Array
from .kinematics import swing, turn


def unit(vectors: Array) -> Array:
    """Vectors (..., 3) of length 1; those of length 0 stay."""
    vectors = np.asarray(vectors, float)
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))


def within(frames: Array, vectors: Array) -> Array:
    """Vectors (t, 3) as seen in frames (t, 3, 3) whose columns are their axes."""
    return np.asarray(np.einsum("tji,tj->ti", frames, vectors))


def frame_of(across: Array, up: Array) -> Array:
    """Frames (t, 3, 3) with y opposite to `up` (t, 3) and x as near `across` (t, 3) as that allows."""
    down = -unit(up)
    side = unit(across - (across * down).sum(-1, keepdims=True) * down)
    return np.stack([side, down, np.cross(side, down)], axis=-1)


def arm_angles(side: int, upper: Array, fore: Array) -> Array:
    """How an arm lies.

    Args:
        side: 1 left, -1 right.
        upper: (t, 3) from shoulder to elbow, in the chest's frame.
        fore: (t, 3) from elbow to wrist, likewise.

    Returns:
        (t, 4) degrees: raise, plane, twist, elbow. The twist of a straight arm is 0, the plane of a hanging one is level.
    """
    upper, fore = unit(upper), unit(fore)
    raised = np.degrees(np.arccos(np.clip(upper[:, 1], -1, 1)))
    plane = np.degrees(np.arctan2(-upper[:, 2], side * upper[:, 0]))
    plane = np.where(plane < -135, plane + 360, plane)  # across behind the back is across the chest, bent further
    plane = np.where(raised < 0.01, 0.0, plane)
    local = within(swing(side, raised, plane), fore)
    bend = np.degrees(np.arccos(np.clip(local[:, 1], -1, 1)))
    twist = side * np.degrees(np.arctan2(-local[:, 0], -local[:, 2]))
    return np.stack([raised, plane, np.where(bend < 1, 0.0, twist), bend], axis=-1)


def leg_angles(side: int, thigh: Array, shin: Array, foot: Array | None = None) -> Array:
    """How a leg stands.

    Args:
        side: 1 left, -1 right.
        thigh: (t, 3) from hip to knee, in the pelvis' frame.
        shin: (t, 3) from knee to ankle, likewise.
        foot: (t, 3) from heel to toes, likewise; None: at right angles to the shin.

    Returns:
        (t, 5) degrees: flex, abduct, turn, knee, ankle. The turn of a straight leg is that of its foot.
    """
    thigh, shin = unit(thigh), unit(shin)
    abduct = np.arcsin(np.clip(side * thigh[:, 0], -1, 1))
    flex = np.arctan2(-thigh[:, 2], thigh[:, 1])
    upper = turn("x", -np.degrees(flex)) @ turn("z", -side * np.degrees(abduct))
    local = within(upper, shin)
    knee = np.degrees(np.arccos(np.clip(local[:, 1], -1, 1)))
    spin = np.degrees(np.arctan2(local[:, 0], local[:, 2]))
    toes = None if foot is None else within(upper, unit(foot))
    straight = np.zeros(len(knee)) if toes is None else np.degrees(np.arctan2(-toes[:, 0], -toes[:, 2]))
    spin = np.where(knee < 8, straight, spin)
    backwards = np.abs(spin) > 100  # a knee bent the wrong way, or nearly straight: the sensor's fault
    spin, knee = np.where(backwards, straight, spin), np.where(backwards, 0.0, knee)
    ankle = np.zeros(len(knee))
    if toes is not None:
        ahead = within(turn("y", spin) @ turn("x", knee), toes)
        ankle = np.degrees(np.arctan2(ahead[:, 1], -ahead[:, 2]))
    return np.stack([np.degrees(flex), np.degrees(abduct), side * spin, knee, ankle], axis=-1)


def trunk_angles(frames: Array) -> Array:
    """Bend, side and twist, (t, 3) degrees, of chests seen from their pelvises, (t, 3, 3); both halves of a trunk do half."""
    return np.asarray(2 * _bend_side_twist(half_turn(frames)))


def head_angles(frames: Array) -> Array:
    """Nod, tilt and turn, (t, 3) degrees, of heads seen from their chests, (t, 3, 3)."""
    return _bend_side_twist(frames)


def root_angles(frames: Array) -> Array:
    """Yaw, pitch and roll, (t, 3) degrees, of pelvises, (t, 3, 3); of the two ways to say each, the one that rolls less."""
    pitch = np.degrees(np.arcsin(np.clip(-frames[:, 1, 2], -1, 1)))
    yaw = np.degrees(np.arctan2(frames[:, 0, 2], frames[:, 2, 2]))
    roll = np.degrees(np.arctan2(frames[:, 1, 0], frames[:, 1, 1]))
    beyond = np.abs(roll) > 90 + (90 - np.abs(pitch))
    half = np.where(beyond, 180.0, 0.0)
    pitch = np.where(beyond, np.copysign(180, pitch) - pitch, pitch)
    return np.stack([(yaw + half + 180) % 360 - 180, pitch, roll - np.copysign(half, roll)], axis=-1)


def half_turn(frames: Array) -> Array:
    """The rotations (t, 3, 3) that done twice give these; rotations by about 180 degrees have no half."""
    both = frames + np.eye(3)  # the mean of no turn and the whole turn, made a rotation again
    u, _, v = np.linalg.svd(both)
    return np.asarray(u @ v)


def _bend_side_twist(frames: Array) -> Array:
    """Angles (t, 3) in degrees of turns about x, then z, then y, that make these rotations (t, 3, 3)."""
    side = np.arcsin(np.clip(-frames[:, 0, 1], -1, 1))
    bend = np.arctan2(frames[:, 2, 1], frames[:, 1, 1])
    twist = np.arctan2(frames[:, 0, 2], frames[:, 0, 0])
    return np.asarray(np.degrees(np.stack([bend, side, twist], axis=-1)))
