"""Made people who make mistakes: each exercise with each of its faults, as `exercise_clip` takes it."""

from __future__ import annotations

import numpy as np

from kinesics.testing import exercising as made
from kinesics.testing.exercising import MOVES, Move, Pose


def _edited(move: str, edit: object) -> Move:
    def pose(p: float, time: float) -> Pose:
        joints = MOVES[move](p, time)
        edit(joints, p)  # type: ignore[operator]
        return joints

    return pose


def _squat_leaning(p: float, time: float) -> Pose:
    pose = made._stand(3 + 62 * p, 8 + 97 * p)
    made._arms(pose, 5)
    return pose


def _knees_in(joints: Pose, p: float) -> None:
    for name in ("left", "right"):
        joints[f"{name}_knee"] = joints[f"{name}_knee"] * (1, 1, 1 - 0.6 * p)


def _deadlift_as_squat(p: float, time: float) -> Pose:
    pose = made._stand(3 + 30 * p, 8 + 105 * p)
    made._arms(pose, 2)
    return pose


def _lunge_leaning(joints: Pose, p: float) -> None:
    hips = (joints["left_hip"] + joints["right_hip"]) / 2
    made._upper(joints, hips, 5 + 42 * p)
    made._arms(joints, 0)


def _lunge_short(p: float, time: float) -> Pose:
    """The front foot too near: its knee goes far over the toes."""
    pose: Pose = {}
    step = min(2.5 * p, 1.0)
    hips = np.array([0.32 * step, 0.07 + (made.SHANK + made.THIGH) * 0.995 - 0.36 * p, 0])
    made._upper(pose, hips, 5)
    for name, side, x in (("left", 1.0, 0.34), ("right", -1.0, -0.42)):
        pose[f"{name}_ankle"] = np.array([x * step, 0.07 + (0.09 * step if side < 0 else 0), side * made.HIP])
        knee = made._hinge(pose[f"{name}_hip"], pose[f"{name}_ankle"], made.THIGH, made.SHANK, np.array([1.0, -0.2, 0]))
        pose[f"{name}_knee"] = knee
    made._arms(pose, 0)
    return pose


def _curl_swinging(p: float, time: float) -> Pose:
    pose = made._stand(2, 6)
    made._arms(pose, 62 * p, 12 + 118 * p)
    return pose


def _curl_leaning(p: float, time: float) -> Pose:
    pose = made._stand(2 - 28 * p, 6)
    made._arms(pose, 4 * p - 28 * p, 12 + 123 * p)
    return pose


def _plank_knees(joints: Pose, p: float) -> None:
    if p > 0:
        for name in ("left", "right"):
            joints[f"{name}_knee"] = joints[f"{name}_knee"] - (0, 0.22 * min(2 * p, 1.0), 0)


def _tree_low(p: float, time: float) -> Pose:
    pose = made._stand(1, 4)
    rise = min(2 * p, 1.0)
    pose["left_ankle"] = np.array([0, 0.07 + 0.14 * rise, 0.13 - 0.1 * rise])
    pose["left_knee"] = made._hinge(pose["left_hip"], pose["left_ankle"], made.THIGH, made.SHANK, np.array([0.2, 0, 1.0]))
    made._arms(pose, 170 * rise)
    return pose


def _tree_bent(joints: Pose, p: float) -> None:
    shift = np.array([0, -0.10 * min(2 * p, 1.0), 0])
    for name in joints:
        if name not in ("right_ankle",):
            joints[name] = joints[name] + shift
    joints["right_knee"] = made._hinge(
        joints["right_hip"], joints["right_ankle"], made.THIGH, made.SHANK, np.array([0.2, 0, -1.0])
    )


def _warrior_shallow(p: float, time: float) -> Pose:
    pose: Pose = {}
    share = min(2 * p, 1.0)
    hips = np.array([0, 0.07 + (made.SHANK + made.THIGH) * 0.99 - 0.16 * share, 0.03 * share])
    made._upper(pose, hips, 0)
    made._side_legs(pose, hips, 0.13 + 0.40 * share)
    made._level_arms(pose, 0, share)
    return pose


def _arms_down(joints: Pose, p: float) -> None:
    made._arms(joints, 3)


def _triangle_high(p: float, time: float) -> Pose:
    pose: Pose = {}
    share = min(2 * p, 1.0)
    hips = np.array([0, 0.07 + (made.SHANK + made.THIGH) * 0.99 - 0.125 * share, 0])
    made._upper(pose, hips, 0, 36 * share)
    made._side_legs(pose, hips, 0.13 + 0.42 * share)
    made._level_arms(pose, -80 * share, share)
    return pose


# exercise, fault, the move, the camera's azimuth, whether tries count all the same
FAULTY: list[tuple[str, str, Move, float, bool]] = [
    ("squat", "leaning forward", _squat_leaning, 10, True),
    ("squat", "knees falling inwards", _edited("squat", _knees_in), 90, True),
    ("squat", "one foot before the other", MOVES["lunge"], 0, False),
    ("deadlift", "this is a squat", _deadlift_as_squat, 10, False),
    ("lunge", "feet together", MOVES["squat"], 10, False),
    ("lunge", "leaning forward", _edited("lunge", _lunge_leaning), 10, True),
    ("lunge", "knee over the toes", _lunge_short, 0, True),
    ("push-up", "hips sagging", lambda p, t: made._push_up(p, t, 0.2), 10, True),
    ("push-up", "hips too high", lambda p, t: made._push_up(p, t, -0.26), 10, True),
    ("biceps-curl", "elbow swinging", _curl_swinging, 10, True),
    ("biceps-curl", "leaning back", _curl_leaning, 10, True),
    ("plank", "hips too low", lambda p, t: made._push_up(0, t, 0.2), 10, False),
    ("plank", "hips too high", lambda p, t: made._push_up(0, t, -0.25), 10, False),
    ("plank", "knees bent", _edited("plank", _plank_knees), 10, False),
    ("tree", "foot too low", _tree_low, 90, False),
    ("tree", "standing leg bent", _edited("tree", _tree_bent), 90, False),
    ("warrior-ii", "front knee not bent", _warrior_shallow, 90, False),
    ("warrior-ii", "arms not level", _edited("warrior-ii", _arms_down), 90, False),
    ("triangle", "not low enough", _triangle_high, 90, False),
]
