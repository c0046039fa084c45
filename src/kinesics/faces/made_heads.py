"""Heads and hands of made people, with all that is true of them: to train and to measure on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..bodies.dressing import Portrait
from ..bodies.face import random_faces
from ..bodies.handshapes import random_fingers
from ..bodies.kinematics import DOFS, JOINTS
from ..bodies.parts import PARTS
from ..bodies.portraits import Shot, shoot
from ..bodies.segments import SEGMENTS
from ..bodies.standpoints import Standpoint
from ..types import Array, Camera
from .orientation import angles_of, turned_by

__all__ = ["MadeHead", "made_hand", "made_head"]

FAR = 1.6  # metres of the camera


@dataclass(frozen=True)
class MadeHead:
    """A head that was rendered.

    Attributes:
        picture: (size, size, 4) uint8 RGBA, colour premultiplied by alpha.
        points: (5, 2) pixels of nose, left eye, right eye, left ear, right ear.
        yaw, pitch, roll: degrees, as in `Face`.
    """

    picture: Array
    points: Array
    yaw: float
    pitch: float
    roll: float


def made_head(
    portrait: Portrait, rng: np.random.Generator, angles: tuple[float, float, float] = (0.0, 0.0, 0.0), size: int = 320
) -> MadeHead:
    """Somebody's head with a random expression.

    Args:
        portrait: who.
        rng: draws the expression, the neck, and how large the head is.
        angles: yaw, pitch, roll, degrees, as in `Face`.
        size: of the picture; the head fills about half of it.
    """
    pose = np.zeros(len(DOFS))
    pose[DOFS.index("neck_nod")], pose[DOFS.index("neck_turn")] = rng.normal(0, 8), rng.normal(0, 15)
    posed = portrait.actor.posed(pose, face=random_faces(rng, 1)[0])
    head = posed.matrices[SEGMENTS.index("head"), :, :3]
    turn = turned_by(*angles) @ head.T
    middle = posed.joints[JOINTS.index("head")] + head @ [0, 0.02, -0.04]
    shot = _close(portrait, posed, turn, middle, 0.42 * rng.uniform(0.9, 1.15), size)
    return MadeHead(shot.picture, shot.points[:5].astype(float), *angles_of(turn @ head))


def made_hand(portrait: Portrait, rng: np.random.Generator, size: int = 224) -> Array:
    """Somebody's hand and forearm of a random shape, seen from anywhere: (size, size, 4) uint8 RGBA, premultiplied."""
    pose = np.zeros(len(DOFS))
    pose[DOFS.index("left_arm_raise")], pose[DOFS.index("left_arm_elbow")] = 80, rng.uniform(0, 60)
    posed = portrait.actor.posed(pose, np.array([rng.uniform(-70, 70), 0, 0, 0]), fingers=random_fingers(rng, 1)[0])
    turn = turned_by(rng.uniform(-180, 180), rng.uniform(-50, 50), rng.uniform(-180, 180))
    wrist, hand = posed.joints[JOINTS.index("left_wrist")], posed.joints[JOINTS.index("left_hand")]
    shot = _close(portrait, posed, turn, 0.3 * wrist + 0.7 * hand, 0.36 * rng.uniform(0.85, 1.2), size)
    kept = np.isin(shot.parts, [PARTS.index(f"left_{name}") for name in ("hand", "wrist", "forearm")])
    return np.asarray(shot.picture * kept[..., None].astype(np.uint8))


def _close(portrait: Portrait, posed: object, turn: Array, middle: Array, span: float, size: int) -> Shot:
    """A square picture `span` metres high with `middle` in its middle."""
    focal = size * FAR / span
    camera = Camera(size, size, focal, focal, (size - 1) / 2, (size - 1) / 2)
    view = Standpoint(camera, turn, np.array([0, 0, FAR]) - turn @ middle)
    return shoot(portrait, posed, view, size)  # type: ignore[arg-type]
