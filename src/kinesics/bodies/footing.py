"""Standing on one's feet: legs that carry the body where the feet are, and the body where its weight is carried."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .angles import leg_angles, unit
from .balance import centre_of_mass
from .kinematics import DOFS, JOINTS, Body, limited, turn
from .placing import joint_places

_LEGS = (DOFS.index("left_leg_flex"), DOFS.index("right_leg_flex"))
_HIPS = [JOINTS.index("left_hip"), JOINTS.index("right_hip")]
_ROOT = DOFS.index("root_yaw")


@dataclass(frozen=True)
class Footing:
    """Where n bodies stand.

    Attributes:
        ankles: (n, 2, 3) metres, left and right: x to the person's left, y down (the floor under a flat foot is 0), z back.
        toes: (n, 2) degrees that the feet point outwards.
        height: (n,) share of the height that legs can give the pelvis there; below 1 the knees are bent.
        weight: (n,) share of the weight on the left foot.
        free: (n, 2) legs that hang in the air and keep the angles they have.
    """

    ankles: Array
    toes: Array
    height: Array
    weight: Array
    free: Array


def stand(body: Body, poses: Array, footing: Footing, *, rounds: int = 3) -> Array:
    """Poses (n, len(DOFS)) whose legs reach the feet's places, the pelvis being where the weight is above the feet.

    The bend of a knee follows from two lengths and a distance; it points where the toes do (Tolani, Goswami and Badler,
    "Real-time inverse kinematics techniques for anthropomorphic limbs", 2000).
    """
    poses = np.array(poses, float)
    signs = np.array([1.0, -1.0])
    out = np.radians(footing.toes) * signs
    ahead = np.stack([np.sin(out), np.zeros_like(out), -np.cos(out)], axis=-1)  # (n, 2, 3)
    share = np.stack([footing.weight, 1 - footing.weight], axis=1) * ~footing.free
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-9)
    goal = ((footing.ankles + 0.3 * body.foot * ahead)[..., [0, 2]] * share[..., None]).sum(axis=1)
    root = turn("y", poses[:, _ROOT]) @ turn("x", poses[:, _ROOT + 1]) @ turn("z", poses[:, _ROOT + 2])
    place = goal
    for _ in range(rounds):
        joints = joint_places(body, poses)
        centre = centre_of_mass(joints)[:, [0, 2]]  # from the pelvis
        place = goal - centre
        _plant(body, poses, footing, root, joints[:, _HIPS], place, ahead)
    return poses


def _plant(body: Body, poses: Array, footing: Footing, root: Array, hips: Array, place: Array, ahead: Array) -> None:
    """Solve both legs for pelvises above `place` (n, 2)."""
    long = 0.999 * (body.thigh + body.shin)
    hips = hips + np.stack([place[:, 0], np.zeros(len(place)), place[:, 1]], axis=-1)[:, None]
    level = np.linalg.norm((footing.ankles - hips)[..., [0, 2]], axis=-1)  # (n, 2)
    up = np.sqrt(np.maximum(long**2 - level**2, (0.35 * long) ** 2))
    top = footing.ankles[..., 1] - up - hips[..., 1]  # the pelvis' y at which each leg is straight
    top = np.where(footing.free, -np.inf, top).max(axis=1)
    ground = np.where(footing.free, -np.inf, footing.ankles[..., 1]).max(axis=1)
    hips[..., 1] += (ground + footing.height * (top - ground))[:, None]
    for k, side in enumerate((1, -1)):
        line = footing.ankles[:, k] - hips[:, k]
        far = np.clip(np.linalg.norm(line, axis=-1), 0.28 * long, long)[:, None]
        line = unit(line)
        pole = unit(ahead[:, k] - (ahead[:, k] * line).sum(-1, keepdims=True) * line)
        cosine = np.clip((body.thigh**2 + far**2 - body.shin**2) / (2 * body.thigh * far), -1, 1)
        thigh = body.thigh * (cosine * line + np.sqrt(1 - cosine**2) * pole)
        shin = far * line - thigh
        local = [np.einsum("tji,tj->ti", root, v) for v in (thigh, shin, ahead[:, k])]
        columns = slice(_LEGS[k], _LEGS[k] + 5)
        solved = leg_angles(side, *local)
        poses[:, columns] = np.where(footing.free[:, k, None], poses[:, columns], solved)
    poses[:] = limited(poses)
