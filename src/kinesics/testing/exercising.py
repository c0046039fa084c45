"""Made people who exercise: joints in metres from a few angles, and what a camera anywhere sees of them; the truth is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..types import Array, PoseSequence, skeleton

__all__ = ["MOVES", "Try", "exercise_clip"]

TALL = 1.72  # metres
SHANK, THIGH, TORSO, UPPER_ARM, FOREARM = (share * TALL for share in (0.246, 0.245, 0.288, 0.186, 0.146))
SHOULDER, HIP = 0.105 * TALL, 0.055 * TALL  # half widths
LEFT, RIGHT = 1.0, -1.0
Pose = dict[str, Array]
Move = Callable[[float, float], Pose]


@dataclass(frozen=True)
class Try:
    """One repetition to be made.

    Attributes:
        start, bottom, end: seconds of the middle of the movement: it leaves, is farthest, is back.
        depth: 1 goes all the way, 0.5 half of it.
    """

    start: float
    bottom: float
    end: float
    depth: float


def exercise_clip(
    move: str | Move,
    tries: int | Sequence[float] = 3,
    *,
    seconds: float = 2.4,
    rest: float = 1.0,
    fps: float = 30.0,
    azimuth: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
    distance: float = 4.0,
    noise: float = 0.0,
    drop: float = 0.0,
    three_d: bool = False,
    mirror: bool = False,
    seed: int = 0,
) -> tuple[PoseSequence, list[Try]]:
    """Somebody who exercises before a camera.

    Args:
        move: a name out of `MOVES`, or what gives the joints (metres, x forward, y up) at a share of the movement and a time.
        tries: how many repetitions, or the depth of each (1: all the way). For holds one number: seconds.
        seconds: of one repetition.
        rest: before, between and after.
        fps: frames a second.
        azimuth: degrees of the camera round the person: 0 sees the side, 90 the front.
        pitch: degrees that the camera looks down.
        roll: degrees that it is tilted.
        distance: metres.
        noise: standard deviation of a joint, share of the body's height.
        drop: share of joints that are missing at random.
        three_d: give metres instead of pixels.
        mirror: exchange left and right.
        seed: of all chance.

    Returns:
        a clip of one person of coco17, and the truth.
    """
    depths = [1.0] * tries if isinstance(tries, int) else list(tries)
    truth = [
        Try(
            rest + i * (seconds + rest), rest + i * (seconds + rest) + seconds / 2, rest + i * (seconds + rest) + seconds, depth
        )
        for i, depth in enumerate(depths)
    ]
    times = np.arange(int((rest + len(depths) * (seconds + rest)) * fps) + 1) / fps
    body = skeleton("coco17")
    pose = MOVES[move] if isinstance(move, str) else move
    joints = np.stack([_ordered(pose(_progress(truth, t), float(t)), body.joints) for t in times.tolist()])  # (t, 17, 3)
    if mirror:
        joints = (joints * (1, 1, -1))[:, body.mirror_order]
    rng = np.random.default_rng(seed)
    joints = joints + rng.normal(0, noise * TALL, joints.shape)
    scores = np.where(rng.random(joints.shape[:2]) < drop, 0.0, 0.9)
    points = _metres(joints, azimuth) if three_d else _picture(joints, azimuth, pitch, roll, distance)
    return PoseSequence(points[:, None], scores[:, None], times, body, size=(1280, 960)), truth


def _progress(truth: list[Try], time: float) -> float:
    """0 at rest, up to its depth within each try: half a cosine down, half a cosine up, a third of the time at the bottom."""
    for one in truth:
        if one.start < time < one.end:
            share = min(abs(time - one.bottom) / (one.end - one.bottom), 1.0)
            return one.depth * float(0.5 + 0.5 * np.cos(np.pi * max(share - 0.25, 0.0) / 0.75))
    return 0.0


def _metres(joints: Array, azimuth: float) -> Array:
    turn = np.radians(azimuth)
    x, y, z = np.moveaxis(joints, -1, 0)
    return np.stack([np.cos(turn) * x + np.sin(turn) * z, -y, np.cos(turn) * z - np.sin(turn) * x], axis=-1)


def _picture(joints: Array, azimuth: float, pitch: float, roll: float, distance: float) -> Array:
    """A pinhole camera one metre over the floor that looks at the person's middle, 960 pixels for 2.4 m at its distance."""
    x, y, z = np.moveaxis(_metres(joints - (0, 0.9, 0), azimuth), -1, 0)
    a, b = np.radians(pitch), np.radians(roll)
    y, z = np.cos(a) * y - np.sin(a) * z, np.cos(a) * z + np.sin(a) * y
    x, y = np.cos(b) * x - np.sin(b) * y, np.cos(b) * y + np.sin(b) * x
    focal = 960 / 2.4 * distance
    return np.stack([640 + focal * x / (distance + z), 480 + focal * y / (distance + z)], axis=-1)


def _ordered(pose: Pose, names: Sequence[str]) -> Array:
    head = (pose["left_shoulder"] + pose["right_shoulder"]) / 2
    up = head - (pose["left_hip"] + pose["right_hip"]) / 2
    up = up / np.linalg.norm(up)
    for i, name in enumerate(("nose", "left_eye", "right_eye", "left_ear", "right_ear")):
        pose[name] = head + up * (0.13, 0.15, 0.15, 0.14, 0.14)[i] * TALL + (0, 0, (0, 0.03, -0.03, 0.06, -0.06)[i])
    return np.stack([pose[name] for name in names])


def _bar(length: float, tilt: float, aside: float = 0.0) -> Array:
    """A bone that points up, tilted forward (x) and aside (z) by degrees."""
    a, b = np.radians(tilt), np.radians(aside)
    return length * np.array([np.sin(a), np.cos(a) * np.cos(b), np.cos(a) * np.sin(b)])


def _hinge(a: Array, c: Array, first: float, second: float, to: Array) -> Array:
    """Where two bones from `a` to `c` meet, bent towards `to`; they stretch if they must."""
    line = c - a
    gap = float(np.linalg.norm(line))
    along = (first**2 - second**2 + gap**2) / (2 * gap)
    aside = to - line * (to @ line) / gap**2
    off = np.sqrt(max(first**2 - along**2, 0.0))
    return np.asarray(a + line / gap * along + aside / np.linalg.norm(aside) * off)


def _upper(pose: Pose, hips: Array, lean: float, aside: float = 0.0) -> None:
    top = hips + _bar(TORSO, lean, aside)
    for name, side in (("left", LEFT), ("right", RIGHT)):
        pose[f"{name}_hip"] = hips + (0, 0, side * HIP)
        pose[f"{name}_shoulder"] = top + np.array([0, -np.sin(np.radians(aside)), np.cos(np.radians(aside))]) * side * SHOULDER


def _arms(pose: Pose, lift: float, bend: float = 8.0) -> None:
    """Arms lifted forward by degrees from hanging, elbows bent by degrees."""
    for name in ("left", "right"):
        pose[f"{name}_elbow"] = pose[f"{name}_shoulder"] - _bar(UPPER_ARM, -lift)
        pose[f"{name}_wrist"] = pose[f"{name}_elbow"] - _bar(FOREARM, -lift - bend)


def _stand(lean: float, flexion: float, thigh: float = 0.66) -> Pose:
    """Both legs alike, feet fixed: the knees bend by `flexion`, of which the thigh takes a share."""
    pose: Pose = {}
    for name, side in (("left", LEFT), ("right", RIGHT)):
        pose[f"{name}_ankle"] = np.array([0, 0.07, side * 0.13])
        pose[f"{name}_knee"] = pose[f"{name}_ankle"] + _bar(SHANK, flexion * (1 - thigh), side * 3)
    knees = (pose["left_knee"] + pose["right_knee"]) / 2
    _upper(pose, knees + _bar(THIGH, -flexion * thigh), lean)
    return pose


def _squat(p: float, time: float) -> Pose:
    pose = _stand(3 + 32 * p, 8 + 97 * p)
    _arms(pose, 5 + 80 * p)
    return pose


def _deadlift(p: float, time: float) -> Pose:
    pose = _stand(3 + 67 * p, 8 + 32 * p, 0.75)
    _arms(pose, 2)
    return pose


def _lunge(p: float, time: float) -> Pose:
    pose: Pose = {}
    drop, step = 0.36 * p, min(2.5 * p, 1.0)
    hips = np.array([0.1 * step, 0.07 + (SHANK + THIGH) * 0.995 - drop, 0])
    _upper(pose, hips, 5)
    for name, side, x in (("left", LEFT, 0.52), ("right", RIGHT, -0.42)):
        pose[f"{name}_ankle"] = np.array([x * step, 0.07 + (0.09 * step if side < 0 else 0), side * HIP])
        pose[f"{name}_knee"] = _hinge(pose[f"{name}_hip"], pose[f"{name}_ankle"], THIGH, SHANK, np.array([1.0, -0.2, 0]))
    _arms(pose, 0)
    return pose


def _push_up(p: float, time: float, sag: float = 0.0) -> Pose:
    pose: Pose = {}
    reach = 0.62 * TALL + 0.2  # ankle to shoulder
    high = (UPPER_ARM + FOREARM) * 0.99 * (1 - 0.55 * p) + 0.03
    rise = np.arcsin((high - 0.1) / reach)
    line = np.array([-np.cos(rise), np.sin(rise), 0])
    for name, side in (("left", LEFT), ("right", RIGHT)):
        ankle = np.array([0.9, 0.1, side * HIP])
        pose[f"{name}_ankle"], pose[f"{name}_shoulder"] = ankle, np.array([0.9, 0.1, side * SHOULDER]) + reach * line
        pose[f"{name}_knee"] = ankle + line * SHANK - (0, 0.4 * sag, 0)
        pose[f"{name}_hip"] = ankle + line * (SHANK + THIGH) - (0, sag, 0)
        wrist = np.array([0.9 - reach * 0.97, 0.03, side * (SHOULDER + 0.06)])
        pose[f"{name}_wrist"] = wrist
        pose[f"{name}_elbow"] = _hinge(pose[f"{name}_shoulder"], wrist, UPPER_ARM, FOREARM, np.array([0.8, 0.2, side * 0.5]))
    return pose


def _curl(p: float, time: float) -> Pose:
    pose = _stand(2, 6)
    _arms(pose, 4 * p, 12 + 123 * p)
    return pose


def _walk(p: float, time: float) -> Pose:
    """Strides at 1.3 m/s, from left to right of the origin and on; `p` does not matter."""
    pose: Pose = {}
    _upper(pose, np.array([1.3 * time - 3, 0.07 + (SHANK + THIGH) * 0.97, 0]), 4)
    for name, phase in (("left", 0.0), ("right", np.pi)):
        swing = 2 * np.pi * 0.95 * time + phase
        knee = pose[f"{name}_hip"] - _bar(THIGH, -26 * np.sin(swing))
        bend = 5 + 55 * max(np.cos(swing - 0.3), 0.0) ** 2
        pose[f"{name}_knee"] = knee
        pose[f"{name}_ankle"] = knee - _bar(SHANK, -26 * np.sin(swing) + bend)
    _arms(pose, 20 * np.sin(2 * np.pi * 0.95 * time))
    return pose


def _idle(p: float, time: float) -> Pose:
    pose = _stand(3 + np.sin(time), 8 + 2 * np.sin(1.7 * time))
    _arms(pose, 5 + 5 * np.sin(0.7 * time))
    return pose


def _plank(p: float, time: float) -> Pose:
    return _push_up(0.0, time, 0.25 * (1 - min(2 * p, 1.0)))


def _side_legs(pose: Pose, hips: Array, feet: float) -> None:
    """Legs in the plane of the chest, straight or bent towards the feet, which are `feet` metres from the middle."""
    for name, side in (("left", LEFT), ("right", RIGHT)):
        pose[f"{name}_ankle"] = np.array([0, 0.07, side * feet])
        out = np.array([0, 0.0, side])
        pose[f"{name}_knee"] = _hinge(hips + (0, 0, side * HIP), pose[f"{name}_ankle"], THIGH, SHANK, out)


def _tree(p: float, time: float) -> Pose:
    pose = _stand(1, 4)
    rise = min(2 * p, 1.0)
    pose["left_ankle"] = np.array([0, 0.07 + 0.42 * rise, 0.13 - 0.1 * rise])
    pose["left_knee"] = _hinge(pose["left_hip"], pose["left_ankle"], THIGH, SHANK, np.array([0.2, 0, 1.0]))
    _arms(pose, 170 * rise)
    return pose


def _level_arms(pose: Pose, tilt: float, share: float) -> None:
    """Arms out to both sides by `share`, the line of both turned by degrees."""
    for name, side in (("left", LEFT), ("right", RIGHT)):
        angle = np.radians(tilt * side - 88 * (1 - share))
        reach = np.array([0, np.sin(angle), side * np.cos(angle)])
        pose[f"{name}_elbow"] = pose[f"{name}_shoulder"] + UPPER_ARM * reach
        pose[f"{name}_wrist"] = pose[f"{name}_elbow"] + FOREARM * reach


def _warrior(p: float, time: float) -> Pose:
    pose: Pose = {}
    share = min(2 * p, 1.0)
    feet = 0.13 + 0.47 * share
    hips = np.array([0, 0.07 + (SHANK + THIGH) * 0.99 - 0.30 * share, 0.2 * share])
    _upper(pose, hips, 0)
    _side_legs(pose, hips, feet)
    _level_arms(pose, 0, share)
    return pose


def _triangle(p: float, time: float) -> Pose:
    pose: Pose = {}
    share = min(2 * p, 1.0)
    hips = np.array([0, 0.07 + (SHANK + THIGH) * 0.99 - 0.125 * share, 0])
    _upper(pose, hips, 0, 65 * share)
    _side_legs(pose, hips, 0.13 + 0.42 * share)
    _level_arms(pose, -80 * share, share)
    return pose


MOVES: dict[str, Move] = {
    "squat": _squat,
    "deadlift": _deadlift,
    "lunge": _lunge,
    "push-up": _push_up,
    "biceps-curl": _curl,
    "plank": _plank,
    "tree": _tree,
    "warrior-ii": _warrior,
    "triangle": _triangle,
    "walk": _walk,
    "idle": _idle,
}
