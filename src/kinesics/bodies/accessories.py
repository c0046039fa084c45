"""Hats, buns, bags and things in the hands: small solids that turn with one segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .kinematics import JOINTS
from .outfits import Outfit
from .parts import PARTS
from .rigging import Rig
from .segments import SEGMENTS
from .solids import Solid, ball, block, turned_solid


@dataclass(frozen=True)
class Piece:
    """Something rigid: `vertices` (v, 3) at rest, `faces`, their `parts` (0: none of the body), the `segment` it turns with."""

    name: str
    vertices: Array
    faces: Array
    parts: Array
    segment: int


def random_pieces(rng: np.random.Generator, outfit: Outfit, rig: Rig) -> list[Piece]:
    """What somebody has on the head, on the back, at the side and in the hands; nothing most of the time."""
    chance = rng.uniform(0, 1, 5)
    size = rng.uniform(0, 1, (5, 3))
    kinds = rng.integers(0, 60, 5)
    pieces = []
    if outfit.hair == "bun":
        pieces.append(_bun(rig, size[0]))
    if chance[0] < 0.14:
        pieces.append(_hat(rig, size[1], int(kinds[0]), outfit.hair_thick))
    if chance[1] < 0.07:
        pieces.append(_backpack(rig, size[2], outfit.cloth))
    elif chance[1] < 0.12:
        pieces.append(_bag(rig, size[2], 1 if kinds[1] % 2 else -1))
    for i, side in enumerate(("left", "right")):
        if chance[2 + i] < 0.08:
            pieces.append(held(rig, side, HELD[int(kinds[2 + i]) % len(HELD)], size[3 + i]))
    return pieces


def _placed(name: str, solid: Solid, frame: Array, place: Array, segment: str, parts: Array | None = None) -> Piece:
    vertices, faces = solid
    labels = np.zeros(len(faces), np.uint8) if parts is None else parts
    return Piece(name, vertices @ frame.T + place, faces, labels, SEGMENTS.index(segment))


def _skull(rig: Rig) -> tuple[Array, float]:
    """The middle of the head and about its radius from ear to ear."""
    ears = [rig.joints[JOINTS.index(f"{side}_ear")] for side in ("left", "right")]
    return rig.joints[JOINTS.index("head")], float(np.abs(ears[0][0] - ears[1][0]) / 2)


def _sides(name: str, solid: Solid) -> Array:
    """Labels of a part left and right of the middle."""
    vertices, faces = solid
    left = vertices[faces].mean(1)[:, 0] >= 0
    return np.where(left, PARTS.index(f"left_{name}"), PARTS.index(f"right_{name}")).astype(np.uint8)


def _hat(rig: Rig, size: Array, kind: int, hair: float) -> Piece:
    middle, radius = _skull(rig)
    r = radius * 1.12 + 0.6 * hair
    tall = radius * (0.95 + 0.8 * float(size[0]))
    if kind % 3 == 0:  # a brim all round
        brim = r * (1.35 + 0.8 * float(size[1]))
        profile = [
            (brim, -0.35 * r),
            (brim, -0.40 * r),
            (r, -0.42 * r),
            (0.92 * r, -0.42 * r - 0.75 * tall),
            (0.7 * r, -0.42 * r - 0.85 * tall),
        ]
        name, solid = "hat", turned_solid(profile, 12, 1.2)
    elif kind % 3 == 1:  # a cap with a peak
        vertices, faces = turned_solid([(1.05 * r, -0.4 * r), (1.02 * r, -0.9 * r), (0.6 * r, -1.35 * r)], 12, 1.2)
        peak, sheet = block(1.5 * r, 0.01, (0.9 + 0.5 * float(size[1])) * r)
        solid = np.concatenate([vertices, peak + [0, -0.42 * r, -1.5 * r]]), np.concatenate([faces, sheet + len(vertices)])
        name = "cap"
    else:  # wool
        profile = [(1.06 * r, -0.1 * r), (1.12 * r, -0.5 * r), (0.95 * r, -1.0 * r), (0.3 * r, -1.1 * r - 0.5 * tall)]
        name, solid = "woollen", turned_solid(profile, 12, 1.2)
    return _placed(name, solid, np.eye(3), middle, "head", _sides("head_top", solid))


def _bun(rig: Rig, size: Array) -> Piece:
    middle, radius = _skull(rig)
    solid = ball(radius * (0.4 + 0.35 * float(size[0])), 8)
    place = middle + np.array([0, radius * (0.2 - 1.3 * float(size[1])), radius * (1.45 - 0.5 * float(size[1]))])
    return _placed("bun", solid, np.eye(3), place, "head", _sides("head_top" if size[1] > 0.3 else "head", solid))


def _backpack(rig: Rig, size: Array, cloth: float) -> Piece:
    body = rig.body
    wide, tall, deep = 1.5 * body.shoulders + 0.06 * size[0], body.trunk * (0.7 + 0.3 * size[1]), 0.1 + 0.16 * size[2]
    solid = block(float(wide), float(tall), float(deep), 0.3)
    place = np.array([0, -body.trunk * (0.98 - 0.5 * (0.7 + 0.3 * size[1])), 0.075 * body.height / 1.7 + cloth + deep / 2])
    return _placed("backpack", solid, np.eye(3), place, "chest")


def _bag(rig: Rig, size: Array, side: int) -> Piece:
    body = rig.body
    deep = 0.06 + 0.1 * float(size[2])
    solid = block(deep, 0.18 + 0.2 * float(size[0]), 0.2 + 0.2 * float(size[1]), 0.2)
    place = np.array([side * (body.hips + 0.085 * body.height / 1.7 + deep / 2), 0.05 * float(size[1]), 0.02])
    return _placed("bag", solid, np.eye(3), place, "pelvis")


#: What `held` knows.
HELD = ("box", "stick", "ball", "phone", "cup", "bag")


def held(rig: Rig, side: str, kind: str, size: Array) -> Piece:
    """Something in a hand, turning with it.

    Args:
        rig: whose.
        side: "left" or "right".
        kind: one of `HELD`.
        size: (3,) 0 to 1: how large.
    """
    hand = SEGMENTS.index(f"{side}_hand")
    frame, palm = rig.facing[hand], -1.0 if side == "left" else 1.0
    s = [float(v) for v in size]
    grip = 0.85 * rig.body.hand
    if kind == "box":
        solid = block(0.08 + 0.22 * s[0], 0.1 + 0.25 * s[1], 0.1 + 0.3 * s[2])
        place = [palm * (0.03 + 0.04 + 0.11 * s[0]), grip, 0.0]
    elif kind == "stick":
        long, thick = 0.4 + 0.8 * s[0], 0.01 + 0.012 * s[1]
        vertices, faces = turned_solid([(thick, long * (0.2 + 0.3 * s[2])), (thick, -long * (0.8 - 0.3 * s[2]))], 6)
        solid = vertices[:, [0, 2, 1]], faces[:, ::-1]  # along the line through the fist
        place = [palm * 0.035, grip, 0.0]
    elif kind == "ball":
        radius = 0.035 + 0.1 * s[0]
        solid, place = ball(radius), [palm * (radius + 0.025), grip + 0.01, 0.0]
    elif kind == "phone":
        solid, place = block(0.012, 0.15, 0.075), [palm * 0.035, grip + 0.05, 0.0]
    elif kind == "cup":
        vertices, faces = turned_solid([(0.03, 0.05), (0.04, -0.05 - 0.05 * s[0])], 8)
        solid = vertices[:, [0, 2, 1]], faces[:, ::-1]
        place = [palm * 0.06, grip, 0.0]
    else:
        tall = 0.2 + 0.25 * s[0]
        solid, place = block(0.06 + 0.1 * s[1], tall, 0.2 + 0.2 * s[2], 0.2), [palm * 0.03, grip + 0.05 + tall / 2, 0.0]
    return _placed(kind, solid, frame, rig.pivots[hand] + frame @ np.array(place), f"{side}_hand")
