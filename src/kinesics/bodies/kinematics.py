"""A stick body: bone lengths of varied people, angles with limits, and where the joints then are.

The body frame is the camera's for somebody who faces the camera: x to the person's left (the picture's right), y down,
z to the person's back, metres, the pelvis at the origin. All angles are degrees.

An upper arm is a swing and a twist: `raise` away from hanging down, in the plane `plane` (0 sideways, 90 forward, -90 back,
beyond 90 across the chest), then `twist` about itself (positive: inwards). The swing is the smallest rotation that brings the
arm there (Grassia, "Practical parameterization of rotations using the exponential map", 1998), so that no pose that people
use lies near its singularity, an arm straight up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array

_ARM = {"raise": (0, 172), "plane": (-90, 135), "twist": (-90, 95), "elbow": (0, 148), "wrist": (-60, 70)}
_LEG = {"flex": (-25, 125), "abduct": (-20, 50), "turn": (-30, 35), "knee": (0, 150), "ankle": (-25, 45)}

#: Lowest and highest value of every degree of freedom: degrees, metres for the last three. Pose arrays have this order.
LIMITS: dict[str, tuple[float, float]] = {
    "spine_bend": (-25, 85),
    "spine_side": (-35, 35),
    "spine_twist": (-45, 45),
    "neck_nod": (-45, 50),
    "neck_tilt": (-35, 35),
    "neck_turn": (-70, 70),
    **{f"{side}_arm_{name}": span for side in ("left", "right") for name, span in _ARM.items()},
    **{f"{side}_leg_{name}": span for side in ("left", "right") for name, span in _LEG.items()},
    "root_yaw": (-3600, 3600),
    "root_pitch": (-110, 110),
    "root_roll": (-110, 110),
    "jump": (0, 0.6),
    "step_side": (-3, 3),
    "step_forward": (-3, 3),
}
DOFS: tuple[str, ...] = tuple(LIMITS)
_AT = {name: i for i, name in enumerate(DOFS)}

_SIDED = (
    "shoulder", "elbow", "wrist", "hand", "thumb", "index", "pinky", "hip", "knee", "ankle", "heel", "foot", "eye", "ear",
    "mouth",
)  # fmt: skip
#: The joints that `forward` gives, in its order.
JOINTS: tuple[str, ...] = ("hip_center", "spine", "shoulder_center", "head", "nose") + tuple(
    f"{side}_{name}" for name in _SIDED for side in ("left", "right")
)


@dataclass(frozen=True)
class Body:
    """Lengths of a person's bones in metres.

    `shoulders` and `hips` are half widths. `trunk` is cut in two by the joint `spine`, at the share `waist` from below.
    """

    height: float = 1.72
    trunk: float = 0.50
    waist: float = 0.42
    neck: float = 0.22
    shoulders: float = 0.18
    upper_arm: float = 0.29
    forearm: float = 0.25
    hand: float = 0.09
    hips: float = 0.09
    thigh: float = 0.42
    shin: float = 0.40
    foot: float = 0.15

    @property
    def arm(self) -> float:
        """Reach from shoulder to wrist."""
        return self.upper_arm + self.forearm


def make_body(rng: np.random.Generator) -> Body:
    """Somebody: from a child to a tall adult, each proportion within what people have (Drillis and Contini, 1966)."""
    height = float(np.clip(rng.normal(1.70, 0.12), 1.2, 2.05))

    def length(share: float, spread: float = 0.06) -> float:
        return float(height * share * np.clip(rng.normal(1, spread), 1 - 2.5 * spread, 1 + 2.5 * spread))

    arms, legs = np.clip(rng.normal(1, 0.04, 2), 0.9, 1.1)
    return Body(
        height=height,
        trunk=length(0.288),
        waist=float(rng.uniform(0.2, 0.5)),
        neck=length(0.125, 0.1),
        shoulders=length(0.108, 0.1),
        upper_arm=length(0.172) * arms,
        forearm=length(0.146) * arms,
        hand=length(0.05, 0.15),
        hips=length(0.05, 0.15),
        thigh=length(0.24) * legs,
        shin=length(0.235) * legs,
        foot=length(0.085, 0.15),
    )


def limited(pose: Array) -> Array:
    """The pose with every degree of freedom brought within its limits; (t, len(DOFS))."""
    low, high = np.array(list(LIMITS.values()), float).T
    return np.asarray(np.clip(pose, low, high))


def turn(axis: str, degrees: Array) -> Array:
    """Rotation matrices about "x", "y" or "z": (t,) degrees to (t, 3, 3)."""
    a = np.radians(np.asarray(degrees, float))
    c, s = np.cos(a), np.sin(a)
    i, j = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    matrix = np.zeros((*a.shape, 3, 3))
    matrix[..., [0, 1, 2], [0, 1, 2]] = 1
    matrix[..., i, i] = matrix[..., j, j] = c
    matrix[..., i, j], matrix[..., j, i] = -s, s
    return matrix


def swing(side: int, raised: Array, plane: Array) -> Array:
    """Smallest rotations from hanging down to `raised` degrees in `plane`, (t, 3, 3); side 1 left, -1 right."""
    t, p = np.radians(raised), np.radians(plane)
    x, z = -np.sin(p), -side * np.cos(p)  # the axis, which is level
    c, s = np.cos(t), np.sin(t)
    rows = [[c + x * x * (1 - c), -z * s, x * z * (1 - c)], [z * s, c, -x * s], [x * z * (1 - c), x * s, c + z * z * (1 - c)]]
    return np.moveaxis(np.array([[np.broadcast_to(v, t.shape) for v in row] for row in rows]), (0, 1), (-2, -1))


class _Joints:
    """Joint positions as they are found, by name."""

    def __init__(self, moments: int) -> None:
        self.at = np.zeros((moments, len(JOINTS), 3))

    def put(self, name: str, start: Array, frame: Array, offset: tuple[float, float, float]) -> Array:
        place = start + frame @ np.array(offset)
        self.at[:, JOINTS.index(name)] = place
        return np.asarray(place)


def forward(body: Body, pose: Array, *, floor: float = 0.0, travels: bool = True) -> Array:
    """Where the joints are.

    Args:
        body: whose.
        pose: (t, len(DOFS)).
        floor: y of the floor; whatever is lowest touches it, but for `jump`.
        travels: feet on the floor do not slide, the body moves over them; otherwise it is brought back to where it began.

    Returns:
        (t, len(JOINTS), 3) metres.
    """
    pose = np.asarray(pose, float)
    joints = _Joints(len(pose))
    value = {name: pose[:, i] for name, i in _AT.items()}
    root = turn("y", value["root_yaw"]) @ turn("x", value["root_pitch"]) @ turn("z", value["root_roll"])
    chest, neck = _trunk(body, value, root, joints)
    for name, side in (("left", 1), ("right", -1)):
        _arm(body, name, side, value, chest, neck, joints)
        _leg(body, name, side, value, root, joints)
    return _placed(joints.at, value, floor, travels)


def _trunk(body: Body, value: dict[str, Array], root: Array, joints: _Joints) -> tuple[Array, Array]:
    half = turn("x", value["spine_bend"] / 2) @ turn("z", value["spine_side"] / 2) @ turn("y", value["spine_twist"] / 2)
    lower = root @ half
    chest = lower @ half
    spine = joints.put("spine", np.zeros((len(root), 3)), lower, (0, -body.trunk * body.waist, 0))
    neck = joints.put("shoulder_center", spine, chest, (0, -body.trunk * (1 - body.waist), 0))
    head = chest @ turn("x", value["neck_nod"]) @ turn("z", value["neck_tilt"]) @ turn("y", value["neck_turn"])
    size = body.height * 0.06
    joints.put("head", neck, head, (0, -body.neck, 0))
    joints.put("nose", neck, head, (0, -0.86 * body.neck, -1.5 * size))
    for name, side in (("left", 1), ("right", -1)):
        joints.put(f"{name}_eye", neck, head, (side * 0.32 * size, -1.03 * body.neck, -1.25 * size))
        joints.put(f"{name}_ear", neck, head, (side * 0.75 * size, -0.95 * body.neck, -0.2 * size))
        joints.put(f"{name}_mouth", neck, head, (side * 0.25 * size, -0.66 * body.neck, -1.3 * size))
    return chest, neck


def _arm(body: Body, name: str, side: int, value: dict[str, Array], chest: Array, neck: Array, joints: _Joints) -> None:
    raised = value[f"{name}_arm_raise"]
    lift = np.maximum(raised - 80, 0) / 90 * 0.25 * body.shoulders  # the shoulder goes up with a raised arm
    shoulder = joints.put(f"{name}_shoulder", neck, chest, (side * body.shoulders, 0.05 * body.trunk, 0))
    shoulder = shoulder - chest[:, :, 1] * lift[:, None]
    joints.at[:, JOINTS.index(f"{name}_shoulder")] = shoulder
    upper = chest @ swing(side, raised, value[f"{name}_arm_plane"]) @ turn("y", side * value[f"{name}_arm_twist"])
    elbow = joints.put(f"{name}_elbow", shoulder, upper, (0, body.upper_arm, 0))
    lower = upper @ turn("x", -value[f"{name}_arm_elbow"])
    wrist = joints.put(f"{name}_wrist", elbow, lower, (0, body.forearm, 0))
    hand = lower @ turn("x", -value[f"{name}_arm_wrist"])
    joints.put(f"{name}_hand", wrist, hand, (0, body.hand, 0))
    joints.put(f"{name}_thumb", wrist, hand, (0, 0.8 * body.hand, -0.5 * body.hand))
    joints.put(f"{name}_index", wrist, hand, (0, 1.6 * body.hand, -0.3 * body.hand))
    joints.put(f"{name}_pinky", wrist, hand, (0, 1.4 * body.hand, 0.4 * body.hand))


def _leg(body: Body, name: str, side: int, value: dict[str, Array], root: Array, joints: _Joints) -> None:
    hip = joints.put(f"{name}_hip", np.zeros((len(root), 3)), root, (side * body.hips, 0.06 * body.trunk, 0))
    upper = (
        root
        @ turn("x", -value[f"{name}_leg_flex"])
        @ turn("z", -side * value[f"{name}_leg_abduct"])
        @ turn("y", side * value[f"{name}_leg_turn"])
    )
    knee = joints.put(f"{name}_knee", hip, upper, (0, body.thigh, 0))
    lower = upper @ turn("x", value[f"{name}_leg_knee"])
    ankle = joints.put(f"{name}_ankle", knee, lower, (0, body.shin, 0))
    foot = lower @ turn("x", value[f"{name}_leg_ankle"])
    joints.put(f"{name}_heel", ankle, foot, (0, 0.35 * body.foot, 0.3 * body.foot))
    joints.put(f"{name}_foot", ankle, foot, (0, 0.35 * body.foot, -body.foot))


_LOW = [JOINTS.index(f"{s}_{n}") for s in ("left", "right") for n in ("foot", "ankle", "heel", "knee", "hip", "hand", "elbow")]
_LOW += [JOINTS.index("head"), JOINTS.index("spine")]
_SOLES = [JOINTS.index(f"{side}_{end}") for side in ("left", "right") for end in ("heel", "foot")]


def _placed(at: Array, value: dict[str, Array], floor: float, travels: bool) -> Array:
    """Put the body on the floor, and over the feet that stand on it."""
    at = at.copy()
    at[..., 1] += (floor - at[:, _LOW, 1].max(axis=1) - value["jump"])[:, None]
    if len(at) > 1:
        feet = at[:, _SOLES]  # (t, 4, 3)
        weight = np.exp(np.minimum(feet[..., 1] - feet[..., 1].max(axis=1, keepdims=True), 0) / 0.015)
        weight = weight[1:] / weight[1:].sum(axis=1, keepdims=True)
        slid = (weight[..., None] * np.diff(feet[..., [0, 2]], axis=0)).sum(axis=1)
        slid *= (value["jump"][1:] < 1e-3)[:, None]
        path = np.concatenate([np.zeros((1, 2)), np.cumsum(slid, axis=0)])  # (t, 2)
        if not travels:
            path -= np.linspace(0, 1, len(path))[:, None] * path[-1]
        at[..., [0, 2]] -= path[:, None]
    at[..., 0] += value["step_side"][:, None]
    at[..., 2] -= value["step_forward"][:, None]
    return at
