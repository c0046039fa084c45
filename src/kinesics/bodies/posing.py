"""Pose -> where each segment of a body is, in compiled code for one pose at a time.

The turns are those of `kinematics.forward`, written down as a table. Joints have a segment that turns half as far, and
limbs are cut along their length for turns about themselves, so that elbows do not collapse and forearms do not wring when
skin is blended.
"""

from __future__ import annotations

import functools

import numba
import numpy as np

from ..types import Array
from .kinematics import DOFS
from .rigging import Rig
from .segments import FIRST, FORE_SHARES, PER_SIDE, SEGMENTS, UPPER_SHARES

_COUNT = len(SEGMENTS)
_LEFT = FIRST["left"]
_RAISE = (DOFS.index("left_arm_raise"), DOFS.index("right_arm_raise"))
_HANDS = len(DOFS)  # where the hands' four values, then the two tilts of the collar bones, follow those of the pose
_TILTS = _HANDS + 4
_X, _Y, _Z, _SWING = range(4)


@functools.cache
def _recipe() -> tuple[Array, Array, Array, Array, Array]:
    """What `pose_segments` goes through: the same turns as in `kinematics.forward`, as tables.

    Returns:
        turns (n, 4): the frame made, the frame it starts from, about what, by which value; their factors (n,) (of a swing:
        the share of the way from rest, negative on the right); the frame of each segment (-1: halfway between two others);
        the halves (m, 3): segment, and the two it is between; (segments,) the segment that carries each segment's pivot,
        -1: the hip centre.
    """
    turns: list[tuple[int, int, int, int]] = []
    factors: list[float] = []
    frames = np.full(_COUNT, -1)
    carriers = np.full(_COUNT, -1)
    halves = [("neck_half", "chest", "head")]
    made = 1

    def step(source: int, about: int, value: int, factor: float) -> int:
        nonlocal made
        turns.append((made, source, about, value))
        factors.append(factor)
        made += 1
        return made - 1

    def through(source: int, *steps: tuple[int, str, float]) -> int:
        for about, dof, factor in steps:
            source = step(source, about, DOFS.index(dof), factor)
        return source

    def use(segment: str, frame: int, carrier: str = "") -> None:
        frames[SEGMENTS.index(segment)] = frame
        if carrier:
            carriers[SEGMENTS.index(segment)] = SEGMENTS.index(carrier)

    root = through(0, (_Y, "root_yaw", 1), (_X, "root_pitch", 1), (_Z, "root_roll", 1))
    bend = ((_X, "spine_bend", 0.5), (_Z, "spine_side", 0.5), (_Y, "spine_twist", 0.5))
    lower = through(root, *bend)
    chest = through(lower, *bend)
    use("pelvis", root)
    use("lower", lower)
    use("chest", chest, "lower")
    use("head", through(chest, (_X, "neck_nod", 1), (_Z, "neck_tilt", 1), (_Y, "neck_turn", 1)), "chest")
    use("neck_half", -1, "chest")
    for i, (s, side) in enumerate((("left", 1), ("right", -1))):
        use(f"{s}_clavicle", step(chest, _Z, _TILTS + i, -side), "chest")
        use(f"{s}_shoulder_half", step(chest, _SWING, _RAISE[i], 0.5 * side), "chest")
        hanging = step(chest, _SWING, _RAISE[i], side)
        upper = hanging
        for k, share in enumerate(UPPER_SHARES):
            upper = through(hanging, (_Y, f"{s}_arm_twist", side * share))
            use(f"{s}_upper_{k}", upper, "chest")
        bent = through(upper, (_X, f"{s}_arm_elbow", -1))
        use(f"{s}_elbow_half", -1, f"{s}_upper_2")
        for k, share in enumerate(FORE_SHARES):
            use(f"{s}_fore_{k}", step(bent, _Y, _HANDS + i, side * share), f"{s}_upper_2")
        palm = step(through(bent, (_X, f"{s}_arm_wrist", -1)), _Y, _HANDS + i, side)
        use(f"{s}_hand", palm, f"{s}_fore_3")
        use(f"{s}_fingers", step(palm, _Z, _HANDS + 2 + i, 72 * side), f"{s}_hand")
        use(f"{s}_tips", step(palm, _Z, _HANDS + 2 + i, 165 * side), f"{s}_fingers")
        use(f"{s}_thumb", step(palm, _Z, _HANDS + 2 + i, 30 * side), f"{s}_hand")
        thigh = through(root, (_X, f"{s}_leg_flex", -1), (_Z, f"{s}_leg_abduct", -side), (_Y, f"{s}_leg_turn", side))
        shin = through(thigh, (_X, f"{s}_leg_knee", 1))
        use(f"{s}_thigh", thigh, "pelvis")
        use(f"{s}_hip_half", -1, "pelvis")
        use(f"{s}_shin", shin, f"{s}_thigh")
        use(f"{s}_knee_half", -1, f"{s}_thigh")
        use(f"{s}_foot", through(shin, (_X, f"{s}_leg_ankle", 1)), f"{s}_shin")
        halves += [(f"{s}_elbow_half", f"{s}_upper_2", f"{s}_fore_0"), (f"{s}_hip_half", "pelvis", f"{s}_thigh"),
                   (f"{s}_knee_half", f"{s}_thigh", f"{s}_shin")]  # fmt: skip
    between = np.array([[SEGMENTS.index(name) for name in names] for names in halves])
    return np.array(turns), np.array(factors, float), frames, between, carriers


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
def _keep(rotations: Array, k: int, matrix: Array) -> None:
    for i in range(3):
        for j in range(3):
            rotations[k, i, j] = matrix[i, j]


@numba.njit(cache=True, nogil=True)
def _about_vector(x: float, y: float, z: float) -> Array:
    """Rotation by a rotation vector in radians (Rodrigues)."""
    angle = np.sqrt(x * x + y * y + z * z)
    out = np.zeros((3, 3))
    out[0, 0] = out[1, 1] = out[2, 2] = 1.0
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
    out: Array = _mul(_about_vector(x * half, y * half, z * half), a)
    return out


@numba.njit(cache=True, nogil=True)
def _frames(values: Array, swings: Array, turns: Array, factors: Array) -> Array:
    """Every frame of the recipe (n + 1, 3, 3); the first is the world's."""
    out = np.empty((len(turns) + 1, 3, 3))
    _keep(out, 0, _about_vector(0.0, 0.0, 0.0))
    for k in range(len(turns)):
        about, value, factor = turns[k, 2], turns[k, 3], factors[k]
        x = y = z = 0.0
        if about == 3:
            side = 1.0 if factor > 0 else -1.0
            raised, plane = np.radians(values[value]), np.radians(values[value + 1])
            share, rest = factor * side, swings[0 if factor > 0 else 1]
            x = share * -np.sin(plane) * raised + (1 - share) * rest[0]
            z = share * -side * np.cos(plane) * raised + (1 - share) * rest[2]
        else:
            angle = np.radians(values[value] * factor)
            if about == 0:
                x = angle
            elif about == 1:
                y = angle
            else:
                z = angle
        _keep(out, turns[k, 0], _mul(out[turns[k, 1]], _about_vector(x, y, z)))
    return out


@numba.njit(cache=True, nogil=True)
def _placed(rotations: Array, pivots: Array, carriers: Array, lifts: Array) -> Array:
    """Where the pivots are (segments, 3), each carried by another segment; the shoulder of a raised arm is lifted."""
    places = np.zeros((_COUNT, 3))
    for s in range(_COUNT):
        by = carriers[s]
        if by < 0:
            continue
        side, own = (s - _LEFT) // PER_SIDE, (s - _LEFT) % PER_SIDE
        lift = lifts[side] if s >= _LEFT and 1 <= own <= 4 else 0.0
        for i in range(3):
            places[s, i] = places[by, i] - lift * rotations[by, i, 1]
            for j in range(3):
                places[s, i] += rotations[by, i, j] * (pivots[s, j] - pivots[by, j])
    return places


@numba.njit(cache=True, nogil=True)
def _segments(values: Array, facing: Array, pivots: Array, swings: Array, lifts: Array, turns: Array, factors: Array,
              frames: Array, halves: Array, carriers: Array) -> Array:  # fmt: skip
    made = _frames(values, swings, turns, factors)
    rotations = np.zeros((_COUNT, 3, 3))
    for s in range(_COUNT):
        if frames[s] >= 0:
            _keep(rotations, s, _back(made[frames[s]], facing[s]))
    for k in range(len(halves)):
        _keep(rotations, halves[k, 0], _halfway(rotations[halves[k, 1]], rotations[halves[k, 2]]))
    places = _placed(rotations, pivots, carriers, lifts)
    out = np.empty((_COUNT, 3, 4))
    for s in range(_COUNT):
        for i in range(3):
            out[s, i, 3] = places[s, i]
            for j in range(3):
                out[s, i, j] = rotations[s, i, j]
                out[s, i, 3] -= rotations[s, i, j] * pivots[s, j]
    return out


def pose_segments(pose: Array, hands: Array, rig: Rig) -> Array:
    """(segments, 3, 4) float64 matrices from rest to `pose`, the hip centre staying at the origin.

    Args:
        pose: (len(DOFS),) degrees.
        hands: (4,) pronation left and right in degrees, curl of the fingers left and right 0 to 1.
        rig: whose.
    """
    raised = np.array([pose[_RAISE[0]], pose[_RAISE[1]]])
    lifts = np.maximum(raised - 80, 0) / 90 * 0.25 * rig.body.shoulders
    tilts = np.degrees(np.arcsin(np.minimum(lifts / rig.collar, 1)))
    values = np.concatenate((pose, hands, tilts))
    made = _segments(values, rig.facing, rig.pivots, rig.swings, lifts, *_recipe())
    return np.asarray(made)
