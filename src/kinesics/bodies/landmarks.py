"""The 133 landmarks of a whole body on a posed actor, in the order of COCO-WholeBody (Jin et al., 2020).

Joints are where bones meet, inside; eyes, ears, nose, face, toes, heels lie on the skin (on hair and shoes where they cover it)
and move with the face. The wrist of a hand is the body's.
"""

from __future__ import annotations

import functools

import numpy as np

from ..types import Array
from .detail import Detail, load_detail
from .fine_segments import FINGERS, FIRST_BONE
from .fingers import FingerRig
from .human import load_human
from .kinematics import JOINTS
from .landmark_table import FACE_PLACES, SURFACE_PLACES
from .segments import SEGMENTS

COUNT = 133
_FACE, _HANDS = 23, (91, 112)
_BODY = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
#: Which segment carries each joint of a finger and its tip while fingers have no joints of their own.
_COARSE = ("hand", "fingers", "tips", "tips")


def landmarks(vertices: Array, joints: Array, matrices: Array, shift: Array, fingers: FingerRig, detail: Detail) -> Array:
    """(133, 3) float32 in the frame of the vertices.

    Args:
        vertices: (v, 3) posed, the body's first.
        joints: (35, 3) posed.
        matrices: (segments, 3, 4) from rest, coarse or fine.
        shift: (3,) what was added to everything after the matrices.
        fingers: of this body.
        detail: with the places on the skin.
    """
    out = np.zeros((COUNT, 3), np.float32)
    numbers, corners, shares = _skin_places()
    out[numbers] = np.einsum("nc,ncd->nd", shares, vertices[corners])
    numbers, ours = _joint_places()
    out[numbers] = joints[ours]
    for side, first in enumerate(_HANDS):
        own = _carriers(len(matrices) > len(SEGMENTS))[side]
        at = np.concatenate([fingers.pivots[side].reshape(5, 3, 3), fingers.tips[side][:, None]], axis=1).reshape(20, 3)
        moved = np.einsum("nij,nj->ni", matrices[own][:, :, :3], at) + matrices[own][:, :, 3] + shift
        out[first] = out[9 + side]
        out[first + 1 : first + 21] = moved
    return out


@functools.cache
def _carriers(fine: bool) -> Array:
    """(2, 20) the segment that carries each point of a hand but the wrist."""
    rows = []
    for side in ("left", "right"):
        own = []
        for f, finger in enumerate(FINGERS):
            if fine:
                first = FIRST_BONE[side] + 3 * f
                own += [SEGMENTS.index(f"{side}_hand"), first, first + 1, first + 2]
            else:
                names = ("hand", "thumb", "thumb", "thumb") if finger == "thumb" else _COARSE
                own += [SEGMENTS.index(f"{side}_{name}") for name in names]
        rows.append(own)
    return np.array(rows)


@functools.cache
def _joint_places() -> tuple[Array, Array]:
    """Numbers of landmarks, and the joints of `JOINTS` that they are."""
    ours = [JOINTS.index(f"{side}_{name}") for name in _BODY for side in ("left", "right")]
    return np.arange(5, 17), np.array(ours)


@functools.cache
def _skin_places() -> tuple[Array, Array, Array]:
    """Numbers of landmarks on the skin, and the vertices (n, 4) with shares (n, 4) where each is."""
    detail = load_detail()
    mesh = load_human("full").meshes["body"]
    half = len(mesh.rows)
    twin = np.arange(half)
    twin[mesh.mirrored] = half + np.arange(len(mesh.mirrored))
    both = _numbers()
    numbers, corners, shares = [], [], []
    for row, (left, right) in enumerate(both):
        share = detail.shares[row]
        numbers.append(left)
        corners.append(detail.corners[row])
        shares.append(share)
        if right != left:
            numbers.append(right)
            corners.append(twin[detail.corners[row]])
            shares.append(share)
        else:  # exactly in the middle
            corners[-1] = np.concatenate([detail.corners[row], twin[detail.corners[row]]])
            shares[-1] = np.concatenate([share, share]) / 2
    wide = max(len(c) for c in corners)
    full = np.array([np.pad(c, (0, wide - len(c))) for c in corners])
    return np.array(numbers), full, np.array([np.pad(s, (0, wide - len(s))) for s in shares], np.float32)


def _numbers() -> list[tuple[int, int]]:
    """The landmark of the left and of the right for each place of the tables."""
    out = []
    for point in FACE_PLACES:
        out.append((_FACE + point, _FACE + _across(point)))
    for name in SURFACE_PLACES:
        left, right = {
            "nose": (0, 0),
            "eye": (1, 2),
            "ear": (3, 4),
            "big_toe": (17, 20),
            "small_toe": (18, 21),
            "heel": (19, 22),
        }[name]
        out.append((left, right))
    return out


def _across(point: int) -> int:
    """The point of iBUG's 68 that a point becomes in the mirror."""
    if point <= 16:
        return 16 - point
    if point <= 26:
        return 43 - point
    if point <= 30:
        return point
    if point <= 35:
        return 66 - point
    if point <= 47:
        return {42: 39, 43: 38, 44: 37, 45: 36, 46: 41, 47: 40}[point]
    if point <= 54:
        return 102 - point
    if point <= 59:
        return 114 - point
    return 124 - point if point <= 64 else 132 - point
