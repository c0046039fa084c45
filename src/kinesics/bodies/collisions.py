"""Whether a body passes through itself: capsules around trunk, head and limbs must not lie in one another."""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array
from .kinematics import JOINTS, Body
from .placing import places

#: Depth in metres by which flesh gives way before two parts count as passing through each other.
GIVE = 0.03

# Capsules: name, joints at both ends each as (joint, towards joint, share), radius as a share of the body's height.
_Capsule = tuple[str, tuple[str, str, float], tuple[str, str, float], float]
_MIDDLE: tuple[_Capsule, ...] = (
    ("trunk", ("hip_center", "spine", 0.0), ("shoulder_center", "spine", 0.15), 0.058),
    ("left_flank", ("left_hip", "hip_center", 0.15), ("shoulder_center", "left_shoulder", 0.4), 0.055),
    ("right_flank", ("right_hip", "hip_center", 0.15), ("shoulder_center", "right_shoulder", 0.4), 0.055),
    ("head", ("shoulder_center", "head", 0.72), ("head", "shoulder_center", -0.1), 0.048),
)
_SIDED: tuple[_Capsule, ...] = (
    ("upper_arm", ("shoulder", "elbow", 0.5), ("elbow", "shoulder", 0.0), 0.027),
    ("forearm", ("elbow", "wrist", 0.0), ("wrist", "elbow", 0.0), 0.021),
    ("hand", ("wrist", "index", 0.1), ("hand", "index", 0.6), 0.018),
    ("thigh", ("hip", "knee", 0.35), ("knee", "hip", 0.0), 0.042),
    ("shin", ("knee", "ankle", 0.0), ("ankle", "knee", 0.0), 0.027),
    ("foot", ("ankle", "heel", 0.5), ("foot", "heel", 0.0), 0.022),
)


def _both(capsule: _Capsule) -> tuple[_Capsule, ...]:
    name, (a, b, share), (c, d, other), radius = capsule
    return tuple(
        (f"{s}_{name}", (f"{s}_{a}", f"{s}_{b}", share), (f"{s}_{c}", f"{s}_{d}", other), radius) for s in ("left", "right")
    )


_CAPSULES = _MIDDLE + tuple(one for capsule in _SIDED for one in _both(capsule))
_NAMES = tuple(capsule[0] for capsule in _CAPSULES)
_ENDS = np.array([[JOINTS.index(name) for end in capsule[1:3] for name in end[:2]] for capsule in _CAPSULES])
_SHARES = np.array([[end[2] for end in capsule[1:3]] for capsule in _CAPSULES])
_RADII = np.array([capsule[3] for capsule in _CAPSULES])


def _pairs() -> Array:
    """(n, 2) capsules that must stay apart: all of different limbs, and limbs and trunk; neighbours may meet."""
    limb = {"upper_arm": "arm", "forearm": "arm", "hand": "arm", "thigh": "leg", "shin": "leg", "foot": "leg"}

    def owner(name: str) -> str:
        side, _, part = name.partition("_")
        return f"{side} {limb[part]}" if part in limb else "middle"

    found = []
    for i, a in enumerate(_NAMES):
        for j in range(i):
            b = _NAMES[j]
            thigh_and_trunk = owner(b) == "middle" and a.endswith("thigh") and b != "head"
            if owner(a) != owner(b) and not thigh_and_trunk:
                found.append((i, j))
    return np.array(found)


_PAIRS = _pairs()
_COUNT = len(JOINTS)
# what always lies close gives way more, as a share of the height: upper arms and flanks, both thighs
_SOFT = np.array([0.016 * (_NAMES[i].endswith(("arm", "thigh")) and _NAMES[j].endswith(("flank", "thigh"))) for i, j in _PAIRS])


def collides(body: Body, joints: Array, *, give: float = GIVE) -> bool:
    """Whether some part of a body lies in another: limbs may touch and press, but not pass through.

    Trunk, head and limbs are capsules whose radii go with the body's height; their distances are those of the lines within
    (Ericson, "Real-time collision detection", 2005, 5.1.9).

    Args:
        body: whose joints.
        joints: (len(JOINTS), 3) metres, in any place and direction.
        give: metres that two parts may lie within each other.
    """
    return bool(_crossed(np.ascontiguousarray(joints, np.float64), body.height, give) >= 0)


def crossing(body: Body, joints: Array, *, give: float = GIVE) -> tuple[str, str] | None:
    """The two parts that pass through each other, the first found, or None; arguments as for `collides`."""
    pair = int(_crossed(np.ascontiguousarray(joints, np.float64), body.height, give))
    return None if pair < 0 else (_NAMES[_PAIRS[pair, 0]], _NAMES[_PAIRS[pair, 1]])


def all_collide(body: Body, joints: Array, *, give: float = GIVE) -> Array:
    """`collides` for each of (n, len(JOINTS), 3): (n,) bool."""
    joints = np.ascontiguousarray(joints, np.float64)
    found = np.empty(len(joints), np.bool_)
    _all_crossed(joints, body.height, give, found)
    return found


@numba.njit(cache=True, nogil=True)
def _all_crossed(joints: Array, height: float, give: float, found: Array) -> None:
    for i in range(len(joints)):
        found[i] = _crossed(joints[i], height, give) >= 0


@numba.njit(cache=True, nogil=True)
def _crossed(joints: Array, height: float, give: float) -> int:
    """The first pair of capsules that lie in each other, -1 for none."""
    ends = np.empty((len(_ENDS), 2, 3))
    for i in range(len(_ENDS)):
        for end in range(2):
            a, b, share = _ENDS[i, 2 * end], _ENDS[i, 2 * end + 1], _SHARES[i, end]
            for axis in range(3):
                ends[i, end, axis] = joints[a, axis] + share * (joints[b, axis] - joints[a, axis])
    for pair in range(len(_PAIRS)):
        i, j = _PAIRS[pair]
        near = (_RADII[i] + _RADII[j] - _SOFT[pair]) * height - give
        if near > 0 and _squared_distance(ends[i, 0], ends[i, 1], ends[j, 0], ends[j, 1]) < near * near:
            return pair
    return -1


@numba.njit(cache=True, nogil=True)
def _squared_distance(p1: Array, q1: Array, p2: Array, q2: Array) -> float:
    """Of two lines from p to q."""
    a, b, c, e, f = 0.0, 0.0, 0.0, 0.0, 0.0
    for axis in range(3):
        d1, d2, r = q1[axis] - p1[axis], q2[axis] - p2[axis], p1[axis] - p2[axis]
        a += d1 * d1
        b += d1 * d2
        c += d1 * r
        e += d2 * d2
        f += d2 * r
    parallel = a * e - b * b
    s = min(max((b * f - c * e) / parallel, 0.0), 1.0) if parallel > 1e-12 else 0.0
    t = (b * s + f) / max(e, 1e-12)
    if t < 0.0:
        t, s = 0.0, min(max(-c / max(a, 1e-12), 0.0), 1.0)
    elif t > 1.0:
        t, s = 1.0, min(max((b - c) / max(a, 1e-12), 0.0), 1.0)
    total = 0.0
    for axis in range(3):
        gap = p1[axis] + s * (q1[axis] - p1[axis]) - p2[axis] - t * (q2[axis] - p2[axis])
        total += gap * gap
    return total


@numba.njit(cache=True, nogil=True)
def apart(lengths: Array, pose: Array) -> bool:
    """Compiled: whether a pose (len(DOFS),) of a body of these `lengths_of` keeps its parts apart, with the usual `GIVE`."""
    joints = np.empty((_COUNT, 3))
    places(lengths, pose, joints)
    return bool(_crossed(joints, lengths[0], GIVE) < 0)
