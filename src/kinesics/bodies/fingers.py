"""Fingers with joints: which angles they have, how far they go, and where their bones are then.

A finger's base spreads and bends, its other two joints bend. The thumb's base, a saddle, swings away from the index within the
palm (spread) and about the length of the hand in front of the palm (opposition: its "base flexion").
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from ..errors import UsageError
from ..types import Array
from .fine_segments import BONES_PER_HAND, FINE_SEGMENTS, FINGERS, FIRST_BONE, PER_FINGER
from .rigging import Rig
from .segments import SEGMENTS

#: Names of the 20 values of a hand.
FINGER_ANGLES: tuple[str, ...] = tuple(
    f"{finger}_{angle}" for finger in FINGERS for angle in ("spread", "base", "middle", "tip")
)
#: Degrees from the hand at rest, (20, 2): least and most. Spread is away from the middle finger (the middle finger's own:
#: towards the index; the thumb's: away from the index), flexion towards the palm, the thumb's base: in front of the palm.
FINGER_LIMITS = np.array([
    (-42, 28), (-34, 62), (-14, 55), (-22, 80),
    (-21, 14), (-28, 92), (-12, 105), (-6, 72),
    (-12, 12), (-28, 92), (-12, 108), (-6, 72),
    (-16, 12), (-28, 92), (-12, 108), (-6, 72),
    (-20, 18), (-30, 92), (-12, 104), (-6, 72),
], float)  # fmt: skip

_COARSE, _COUNT = len(SEGMENTS), len(FINE_SEGMENTS)
_HANDS = np.array([SEGMENTS.index(f"{side}_hand") for side in ("left", "right")])
_FIRST = np.array([FIRST_BONE["left"], FIRST_BONE["right"]])
_PER_HAND = len(FINGER_ANGLES)
#: How far each finger's hinge is turned about its bone, so that bent fingers lean towards the ball of the thumb (degrees).
_LEAN = {"index": 10.0, "middle": 2.0, "ring": -3.0, "little": -8.0}
_THUMB_HINGE = (0.70, 0.58, 0.35)  # across the thumb, in the frame of the hand: out of its back, along it, to the little finger


@dataclass(frozen=True)
class FingerRig:
    """The fingers of somebody at rest: `pivots` (2, 15, 3) and `hinges` (2, 15, 3) of the joints, `spreads` (2, 5, 3) what
    the bases spread about, `tips` (2, 5, 3); the frame of `Rig`.
    """

    pivots: Array
    hinges: Array
    spreads: Array
    tips: Array


def make_finger_rig(points: dict[str, Array], rig: Rig) -> FingerRig:
    """The fingers of a body whose points (`detail.EXTRA_POINTS`, of the left, the hip centre at the origin) are given."""
    across, along, _ = rig.facing[_HANDS[0]].T  # out of the back of the hand, towards the knuckles, to the little finger
    pivots, hinges, spreads, tips = [], [], [], []
    for finger in FINGERS:
        joints = [np.asarray(points[f"{finger}_{j}"], float) for j in (1, 2, 3, 4)]
        bone = _unit(joints[2] - joints[0] if finger != "thumb" else joints[2] - joints[1])
        if finger == "thumb":
            hinge = _upright(rig.facing[_HANDS[0]] @ np.array(_THUMB_HINGE), bone)
            own = [along, hinge, hinge]
            spread = -across
        else:
            level = _unit(np.cross(_upright(across, bone), bone))
            lean = np.radians(_LEAN[finger])
            own = [np.cos(lean) * level + np.sin(lean) * np.cross(bone, level)] * 3
            own = [own[0], *(_upright(own[0], joints[j + 1] - joints[j]) for j in (1, 2))]
            spread = across if finger in ("ring", "little") else -across
        pivots += joints[:3]
        hinges += own
        spreads.append(spread)
        tips.append(joints[3])
    place, turned = np.array([1.0, 1, 1]), np.array([1.0, 1, 1])
    mirror, twist = np.array([-1.0, 1, 1]), np.array([1.0, -1, -1])  # of places, and of axes of turns
    return FingerRig(*(np.stack([np.array(rows) * one, np.array(rows) * other]) for rows, one, other in (
        (pivots, place, mirror), (hinges, turned, twist), (spreads, turned, twist), (tips, place, mirror))))  # fmt: skip


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.linalg.norm(vector))


def _upright(vector: Array, bone: Array) -> Array:
    """The direction nearest to `vector` that stands on a bone."""
    bone = _unit(bone)
    return _unit(vector - (vector @ bone) * bone)


def checked_fingers(fingers: Array) -> Array:
    """(2, 20) float64.

    Raises:
        UsageError: another shape, or values that are no numbers.
    """
    fingers = np.ascontiguousarray(fingers, np.float64)
    if fingers.shape != (2, _PER_HAND) or not np.isfinite(fingers).all():
        raise UsageError(
            f"fingers are (2, {_PER_HAND}) finite degrees, left and right, in the order of FINGER_ANGLES; {fingers.shape} came"
        )
    return fingers


def limited_fingers(fingers: Array) -> Array:
    """Hands (..., 20) brought within `FINGER_LIMITS`."""
    return np.asarray(np.clip(fingers, FINGER_LIMITS[:, 0], FINGER_LIMITS[:, 1]))


def mirrored_fingers(fingers: Array) -> Array:
    """What a mirror shows of fingers (..., 2, 20)."""
    return np.ascontiguousarray(np.asarray(fingers)[..., ::-1, :])


@numba.njit(cache=True, nogil=True)
def _turned(parent: Array, x: float, y: float, z: float, degrees: float, pivot: Array) -> Array:
    """A (3, 4) motion after a turn about an axis through a pivot, both at rest (Rodrigues)."""
    angle = np.radians(degrees)
    c, s = np.cos(angle), np.sin(angle)
    k = 1 - c
    r = np.empty((3, 3))
    r[0, 0], r[0, 1], r[0, 2] = c + x * x * k, x * y * k - z * s, x * z * k + y * s
    r[1, 0], r[1, 1], r[1, 2] = y * x * k + z * s, c + y * y * k, y * z * k - x * s
    r[2, 0], r[2, 1], r[2, 2] = z * x * k - y * s, z * y * k + x * s, c + z * z * k
    out = np.empty((3, 4))
    for i in range(3):
        for j in range(3):
            out[i, j] = parent[i, 0] * r[0, j] + parent[i, 1] * r[1, j] + parent[i, 2] * r[2, j]
        out[i, 3] = parent[i, 3]
        for j in range(3):
            out[i, 3] += (parent[i, j] - out[i, j]) * pivot[j]
    return out


@numba.njit(cache=True, nogil=True)
def _bones(coarse: Array, fingers: Array, pivots: Array, hinges: Array, spreads: Array, hands: Array, firsts: Array,
           count: int, per_hand: int, per_finger: int) -> Array:  # fmt: skip
    out = np.zeros((count, 3, 4))
    out[: len(coarse)] = coarse
    for side in range(2):
        for finger in range(5):
            parent = coarse[hands[side]]
            for joint in range(per_finger):
                bone = finger * per_finger + joint
                bend = fingers[side, 4 * finger + 1 + joint]
                spread = fingers[side, 4 * finger] if joint == 0 else 0.0
                a, h, p = spreads[side, finger], hinges[side, bone], pivots[side, bone]
                for share in range(2):
                    part = 1.0 if share == 0 else 0.5
                    if finger == 0:  # put out, then brought in front of the palm; or brought there, then in towards the index
                        turned = _turned(parent, a[0], a[1], a[2], part * min(spread, 0.0), p)
                        turned = _turned(turned, h[0], h[1], h[2], part * bend, p)
                        turned = _turned(turned, a[0], a[1], a[2], part * max(spread, 0.0), p)
                    else:
                        turned = _turned(parent, a[0], a[1], a[2], part * spread, p)
                        turned = _turned(turned, h[0], h[1], h[2], part * bend, p)
                    out[firsts[side] + bone + share * per_hand] = turned
                parent = out[firsts[side] + bone]
    return out


def finger_segments(coarse: Array, fingers: Array, rig: FingerRig) -> Array:
    """(len(FINE_SEGMENTS), 3, 4) matrices from rest, from those of `posing.pose_segments` and (2, 20) degrees."""
    made = _bones(coarse, fingers, rig.pivots, rig.hinges, rig.spreads, _HANDS, _FIRST, _COUNT, BONES_PER_HAND, PER_FINGER)
    return np.asarray(made)
