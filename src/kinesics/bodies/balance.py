"""Whether somebody would fall: where the weight is, and where the feet are that carry it."""

from __future__ import annotations

import numpy as np

from ..types import Array
from .kinematics import DOFS, JOINTS, Body
from .placing import joint_places

# share of the body's weight and where along each segment it lies (Winter, "Biomechanics and motor control", 2009, table 4.1)
_MIDDLE = (("head", "shoulder_center", 0.081, 0.2), ("shoulder_center", "hip_center", 0.497, 0.5))
_SIDED = (
    ("shoulder", "elbow", 0.028, 0.44), ("elbow", "wrist", 0.016, 0.43), ("wrist", "hand", 0.006, 0.8),
    ("hip", "knee", 0.1, 0.43), ("knee", "ankle", 0.0465, 0.43), ("heel", "foot", 0.0145, 0.5),
)  # fmt: skip
_SEGMENTS = _MIDDLE + tuple((f"{s}_{a}", f"{s}_{b}", w, at) for s in ("left", "right") for a, b, w, at in _SIDED)
_FROM = np.array([JOINTS.index(a) for a, _, _, _ in _SEGMENTS])
_TO = np.array([JOINTS.index(b) for _, b, _, _ in _SEGMENTS])
_WEIGHT = np.array([w for _, _, w, _ in _SEGMENTS]) / sum(w for _, _, w, _ in _SEGMENTS)
_ALONG = np.array([at for _, _, _, at in _SEGMENTS])[:, None]
_CARRIERS = np.array(
    [JOINTS.index(f"{s}_{n}") for s in ("left", "right") for n in ("heel", "foot", "ankle", "knee", "hand", "elbow", "hip")]
)
_PITCH, _ROLL = DOFS.index("root_pitch"), DOFS.index("root_roll")


def centre_of_mass(joints: Array) -> Array:
    """(..., 3) metres of bodies whose joints are (..., len(JOINTS), 3)."""
    segments = joints[..., _FROM, :] * (1 - _ALONG) + joints[..., _TO, :] * _ALONG
    return np.asarray((segments * _WEIGHT[:, None]).sum(axis=-2))


def overhang(joints: Array, *, touch: float = 0.05) -> Array:
    """How far the weight lies beside what carries it: (n, 2) metres along x and z, 0 where it is above.

    Args:
        joints: (n, len(JOINTS), 3), y down.
        touch: what is within these metres of the lowest joint is on the floor.
    """
    carriers = joints[:, _CARRIERS]
    down = carriers[..., 1] > carriers[..., 1].max(axis=1, keepdims=True) - touch
    flat = carriers[..., [0, 2]]
    low = np.where(down[..., None], flat, np.inf).min(axis=1)
    high = np.where(down[..., None], flat, -np.inf).max(axis=1)
    centre = centre_of_mass(joints)[:, [0, 2]]
    return np.asarray(centre - np.clip(centre, low, high))


def balanced(body: Body, poses: Array, *, rounds: int = 4) -> Array:
    """Poses (n, len(DOFS)) tilted until the weight of each is above what carries it, or nearly."""
    poses = np.array(poses, float)
    for _ in range(rounds):
        joints = joint_places(body, poses)
        height = joints[:, _CARRIERS, 1].max(axis=1) - centre_of_mass(joints)[:, 1]
        lean = np.degrees(overhang(joints) / np.maximum(height, 0.3)[:, None])
        yaw = np.radians(poses[:, DOFS.index("root_yaw")])
        across = lean[:, 0] * np.cos(yaw) - lean[:, 1] * np.sin(yaw)
        ahead = lean[:, 0] * np.sin(yaw) + lean[:, 1] * np.cos(yaw)
        poses[:, _ROLL] -= np.clip(across, -8, 8)
        poses[:, _PITCH] += np.clip(ahead, -8, 8)
    return poses
