"""Made clips of simple actions: for tests and for measuring time, never for training.

Ten actions of plain trigonometry, done by made people of various sizes, paces and facings. They are far easier than real ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..types import Array, PoseSequence, Skeleton, skeleton

__all__ = ["MADE_ACTIONS", "made_clips"]

# Where joints are when a person stands, metres: x (of the left side; the right side mirrors it), y down from the floor.
_STAND = {
    "head": (0, -1.66), "nose": (0, -1.62), "eye": (0.03, -1.65), "ear": (0.07, -1.63), "neck": (0, -1.45),
    "shoulder_center": (0, -1.44), "spine": (0, -1.15), "torso": (0, -1.15), "hip_center": (0, -0.95),
    "shoulder": (0.18, -1.42), "elbow": (0.22, -1.12), "wrist": (0.24, -0.88), "hand": (0.24, -0.8),
    "hip": (0.1, -0.93), "knee": (0.11, -0.5), "ankle": (0.11, -0.08), "foot": (0.12, -0.02),
}  # fmt: skip
_ARM, _FOREARM, _LEG, _SHIN = ("elbow", "wrist", "hand"), ("wrist", "hand"), ("knee", "ankle", "foot"), ("ankle", "foot")

# (side, joints that move, joint they turn about, plane: "side" about z, "front" about x, degrees, swings)
_Move = tuple[str, tuple[str, ...], str, str, float, float]
_MOVES: dict[str, tuple[_Move, ...]] = {
    "raise_right": (("right", _ARM, "shoulder", "side", 150, 0.5),),
    "raise_left": (("left", _ARM, "shoulder", "side", 150, 0.5),),
    "raise_both": (("right", _ARM, "shoulder", "front", 160, 0.5), ("left", _ARM, "shoulder", "front", 160, 0.5)),
    "wave_right": (("right", _ARM, "shoulder", "side", 80, 0), ("right", _FOREARM, "elbow", "side", 80, 2)),
    "wave_left": (("left", _ARM, "shoulder", "side", 80, 0), ("left", _FOREARM, "elbow", "side", 80, 2)),
    "kick_right": (("right", _LEG, "hip", "front", 70, 0.5),),
    "kick_left": (("left", _LEG, "hip", "front", 70, 0.5),),
    "curl_both": (("right", _FOREARM, "elbow", "front", 130, 1), ("left", _FOREARM, "elbow", "front", 130, 1)),
    "march": (("right", _LEG, "hip", "front", 50, 1), ("left", _LEG, "hip", "front", -50, 1)),
    "jump_jack": (("right", _ARM, "shoulder", "side", 150, 1), ("left", _ARM, "shoulder", "side", 150, 1),
                  ("right", _LEG, "hip", "side", 25, 1), ("left", _LEG, "hip", "side", 25, 1)),
}  # fmt: skip
MADE_ACTIONS = tuple(_MOVES)


def made_clips(
    each: int = 6,
    actions: Sequence[str] = MADE_ACTIONS,
    *,
    joints: str = "kinect20",
    dims: int = 3,
    people: int = 1,
    fps: float = 30.0,
    noise: float = 0.01,
    missing: float = 0.0,
    seed: int = 0,
) -> tuple[list[PoseSequence], list[str], list[str]]:
    """Clips of 1.5 to 2.5 seconds: clips, labels and subjects ("1" to "4", by turns).

    Args:
        each: clips an action.
        actions: some of `MADE_ACTIONS`.
        joints: name of a skeleton whose joints have the usual names: kinect20, coco17, glimpse14, itop15.
        dims: 3 metres, or 2: the same seen by a camera, in pixels.
        people: 1, or 2: the second stands beside and does the same.
        fps: moments a second.
        noise: standard deviation of the joints, metres.
        missing: share of the joints that are not seen, at random.
        seed: of all chance.
    """
    kind, chance = skeleton(joints), np.random.default_rng(seed)
    clips, labels, subjects = [], [], []
    for number in range(each):
        subject = number % 4
        size, pace, turn = 0.85 + 0.1 * subject, 1.1 - 0.07 * subject, chance.uniform(-0.5, 0.5)
        for label in actions:
            seconds = chance.uniform(1.5, 2.5) / pace
            times = np.arange(0, seconds, 1 / fps)
            points = size * _played(label, kind, times / seconds)[:, None] @ _facing(turn).T  # (t, 1, k, 3)
            points = np.concatenate([points + (0.9 * i, 0, 0) for i in range(people)], axis=1)
            points += chance.normal(0, noise, points.shape)
            scores = (chance.random(points.shape[:3]) >= missing).astype(np.float32)
            if dims == 2:
                points = 500 * points[..., :2] / (points[..., 2:] + 4) + (320, 480)
            clips.append(PoseSequence(points, scores, times, kind))
            labels.append(label)
            subjects.append(str(1 + subject))
    return clips, labels, subjects


def _facing(turn: float) -> Array:
    c, s = np.cos(turn), np.sin(turn)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def _played(label: str, kind: Skeleton, phase: Array) -> Array:
    """(t, k, 3): the action over phase (t,) 0 to 1."""
    points = np.repeat(_standing(kind)[None], len(phase), axis=0)
    index = {name: i for i, name in enumerate(kind.joints)}
    for side, parts, about, plane, degrees, swings in _MOVES[label]:
        moved = [index[f"{side}_{part}"] for part in parts if f"{side}_{part}" in index]
        up = np.minimum(1, 6 * np.minimum(phase, 1 - phase))  # into the pose and back
        swing = np.sin(2 * np.pi * swings * phase) if swings else up
        angle = np.radians(degrees) * (swing * up if swings > 1 else swing)
        pivot = points[:, [index[f"{side}_{about}"]]]
        sign = (1 if side == "right" else -1) if plane == "side" else 1
        points[:, moved] = _turned(points[:, moved] - pivot, sign * angle, plane) + pivot
    return points


def _standing(kind: Skeleton) -> Array:
    points = np.zeros((len(kind), 3))
    for i, name in enumerate(kind.joints):
        side = 1 if name.startswith("left_") else -1 if name.startswith("right_") else 0
        x, y = _STAND.get(name.removeprefix("left_").removeprefix("right_"), (0.0, -1.0))
        points[i] = (x * (side or 1), y, 0)
    return points


def _turned(points: Array, angle: Array, plane: str) -> Array:
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    turned = (c * x - s * y, s * x + c * y, z) if plane == "side" else (x, c * y + s * z, c * z - s * y)
    return np.stack(turned, -1)
