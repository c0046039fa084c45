"""How a particular body hangs together at rest: joints, the way each segment faces, and the lengths of the stick body in it.

MakeHuman's rest pose has the arms half raised and the elbows bent. Each segment's way of facing at rest is found from where its
joints are: along the bone, and about the joint's hinge; with it the same angles turn the stick of `kinematics` and the skin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .kinematics import JOINTS, Body, swing, turn
from .segments import FIRST, FORE_SHARES, PER_SIDE, SEGMENTS, UPPER_SHARES

_PLACES = {
    "hip_center": ("pelvis", "hip_center"), "spine": ("lower", "spine"), "shoulder_center": ("chest", "shoulder_center"),
    "head": ("head", "head"), "nose": ("head", "nose"),
}  # fmt: skip
_SIDED = {
    "shoulder": ("upper_0", "shoulder"), "elbow": ("upper_2", "elbow"), "wrist": ("fore_3", "wrist"),
    "hand": ("hand", "knuckle"), "thumb": ("thumb", "thumb"), "index": ("tips", "index"), "pinky": ("tips", "pinky"),
    "hip": ("pelvis", "hip"), "knee": ("thigh", "knee"), "ankle": ("shin", "ankle"), "heel": ("foot", "heel"),
    "foot": ("foot", "foot"), "eye": ("head", "eye"), "ear": ("head", "ear"), "mouth": ("head", "mouth"),
}  # fmt: skip
#: For each segment of a side, the point it turns about.
_PIVOTS = (
    "clavicle", "shoulder", "shoulder", "shoulder", "shoulder", "elbow", "elbow", "elbow", "elbow", "elbow", "wrist", "knuckle",
    "middle_joint", "thumb_base", "hip", "hip", "knee", "knee", "ankle",
)  # fmt: skip


@dataclass(frozen=True)
class Rig:
    """A body at rest, the `hip_center` at the origin, for `posing.pose_segments`.

    `facing` (segments, 3, 3) is the frame of each at rest, `pivots` (segments, 3) what it turns about, `swings` (2, 3) the
    rotation vectors of the upper arms at rest, `collar` the length of a collar bone; `joints` (35, 3) and `joint_segments`
    (35,) the joints of `kinematics.JOINTS`.
    """

    facing: Array
    pivots: Array
    swings: Array
    collar: float
    joints: Array
    joint_segments: Array
    body: Body


def make_rig(points: dict[str, Array]) -> tuple[Rig, Array]:
    """The rig of a body whose points are given (the left side's), and what to subtract from its vertices: the hip centre."""
    points = {name: np.asarray(place, float) for name, place in points.items()}
    trunk = (points["hip"][1] - points["shoulder"][1]) / 1.01  # so that hips and shoulders are where the stick has them
    middle = np.array([0, points["hip"][1] - 0.06 * trunk, points["hip"][2]])
    points = {name: place - middle for name, place in points.items()}
    points["hip_center"] = np.zeros(3)
    points["spine"] = points["spine"] * [0, 1, 0]
    points["shoulder_center"] = np.array([0, -trunk, points["shoulder"][2]])

    facing = np.tile(np.eye(3), (len(SEGMENTS), 1, 1))
    pivots = np.zeros((len(SEGMENTS), 3))
    pivots[2], pivots[3:5] = points["spine"], points["shoulder_center"]
    swings = np.zeros((2, 3))
    for i, side in enumerate((1, -1)):
        own = {name: place * [side, 1, 1] for name, place in points.items()}
        first = FIRST["left"] + i * PER_SIDE
        pivots[first : first + PER_SIDE] = [own[name] for name in _PIVOTS]
        facing[first : first + PER_SIDE], swings[i] = _side_facing(own, side)
    joints, segments = _joints(points)
    collar = float(np.linalg.norm(points["shoulder"] - points["clavicle"]))
    return Rig(facing, pivots, swings, collar, joints, segments, _measured(points, trunk)), middle


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.linalg.norm(vector))


def _frame(down: Array, front: Array) -> Array:
    """The frame whose y is `down` and whose -z is about `front`."""
    y = _unit(down)
    z = -_unit(front - (front @ y) * y)
    return np.stack([np.cross(y, z), y, z], axis=1)


def _turned(axis: str, degrees: float) -> Array:
    return np.asarray(turn(axis, np.array([degrees]))[0])


def _side_facing(at: dict[str, Array], side: int) -> tuple[Array, Array]:
    """The frames of one side's segments at rest, and the swing of its upper arm."""
    upper_bone, fore_bone = _unit(at["elbow"] - at["shoulder"]), _unit(at["wrist"] - at["elbow"])
    upper = _frame(upper_bone, fore_bone)
    bend = float(np.degrees(np.arccos(np.clip(upper_bone @ fore_bone, -1, 1))))
    fore = upper @ _turned("x", -bend)
    raised = float(np.degrees(np.arccos(np.clip(upper_bone[1], -1, 1))))
    plane = float(np.degrees(np.arctan2(-upper_bone[2], side * upper_bone[0])))
    hanging = swing(side, np.array([raised]), np.array([plane]))[0]
    rest = hanging.T @ upper
    twist = float(np.degrees(np.arctan2(rest[0, 2], rest[2, 2])))
    hand = _frame(at["knuckle"] - at["wrist"], at["knuckle_index"] - at["knuckle_pinky"])
    thumb = fore.T @ -hand[:, 2]
    pronation = float(np.degrees(np.arctan2(-thumb[0], -thumb[2])))
    thigh = _frame(at["knee"] - at["hip"], np.array([0.0, 0, -1]))
    shin = _frame(at["ankle"] - at["knee"], np.array([0.0, 0, -1]))
    ahead = (at["foot"] - at["ankle"]) * [1, 0, 1]
    foot = _frame(np.array([0.0, 1, 0]), ahead)
    frames = [np.eye(3), hanging]
    frames += [hanging @ _turned("y", twist * share) for share in UPPER_SHARES]
    frames += [np.eye(3)]
    frames += [fore @ _turned("y", pronation * share) for share in FORE_SHARES]
    frames += [hand, hand, hand, hand, np.eye(3), thigh, np.eye(3), shin, foot]
    p = np.radians(plane)
    return np.array(frames), np.radians(raised) * np.array([-np.sin(p), 0, -side * np.cos(p)])


def _joints(points: dict[str, Array]) -> tuple[Array, Array]:
    places, segments = [], []
    for joint in JOINTS:
        side, _, name = joint.partition("_")
        if side in FIRST and name in _SIDED:
            segment, point = _SIDED[name]
            places.append(points[point] * [1 if side == "left" else -1, 1, 1])
            segment = segment if segment in SEGMENTS else f"{side}_{segment}"
        else:
            segment, point = _PLACES[joint]
            places.append(points[point])
        segments.append(SEGMENTS.index(segment))
    return np.array(places), np.array(segments, np.int64)


def _measured(points: dict[str, Array], trunk: float) -> Body:
    def far(a: str, b: str) -> float:
        return float(np.linalg.norm(points[a] - points[b]))

    ahead = (points["foot"] - points["ankle"]) * [1, 0, 1]
    return Body(
        height=float(points["heel"][1] - points["crown"][1]),
        trunk=float(trunk),
        waist=float(-points["spine"][1] / trunk),
        neck=float(points["shoulder_center"][1] - points["head"][1]),
        shoulders=float(points["shoulder"][0]),
        upper_arm=far("shoulder", "elbow"),
        forearm=far("elbow", "wrist"),
        hand=far("wrist", "knuckle"),
        hips=float(points["hip"][0]),
        thigh=far("hip", "knee"),
        shin=far("knee", "ankle"),
        foot=float(np.linalg.norm(ahead)),
    )
