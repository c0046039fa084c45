"""Motion capture as BVH: a tree of joints with offsets, and angles over time, read as 3D joints."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import FormatError, UsageError
from ..types import Array, PoseSequence, Skeleton
from ..types.sides import mirror_pairs
from .input import whole

__all__ = ["load_bvh"]

AXES = {"x": 0, "y": 1, "z": 2}
UP = {"y": np.diag([1.0, -1.0, -1.0]), "z": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])}  # rows: x right, y down, z away
MOST = 1 << 27  # numbers of a file


@dataclass
class _Joint:
    name: str
    parent: int
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    channels: tuple[str, ...] = ()


def load_bvh(path: Path, *, scale: float = 1.0, up: str = "y") -> PoseSequence:
    """A clip of one body from a BVH file, joints called as in the file, ends of limbs `PARENT_end`.

    Args:
        path: the file.
        scale: metres of one unit of the file, which does not say it.
        up: the axis of the file that points up, y or z.

    Raises:
        FormatError: damaged, cut short, or no BVH.
        UsageError: another axis, or a scale that is not above 0.
    """
    if up not in UP:
        raise UsageError(f"up should be y or z, got {up!r}")
    if not (np.isfinite(scale) and scale > 0):
        raise UsageError(f"scale should be metres for a unit, above 0, got {scale}")
    try:
        words = whole(path).decode("utf-8-sig").split()
        joints, at = _tree(words)
        times, moves = _motion(words[at:], sum(len(joint.channels) for joint in joints))
    except (ValueError, IndexError) as error:
        why = "it is cut short" if isinstance(error, IndexError) else error
        raise FormatError(f"{path}: cannot be read as BVH: {why}") from error
    points = _places(joints, moves) @ UP[up].T * scale  # (t, k, 3)
    names = tuple(joint.name for joint in joints)
    bones = tuple((joint.parent, k) for k, joint in enumerate(joints) if joint.parent >= 0)
    body = Skeleton("bvh", names, bones, mirror_pairs(names))
    return PoseSequence(points[:, None], np.ones((len(times), 1, len(names))), times, body)


def _tree(words: list[str]) -> tuple[list[_Joint], int]:
    """The joints in the order of their channels, and where the motion begins."""
    if not words or words[0].upper() != "HIERARCHY":
        raise FormatError("expected HIERARCHY at the start")
    joints: list[_Joint] = []
    open_joints: list[int] = []
    at = 1
    while words[at].upper() != "MOTION":
        word = words[at].upper()
        if word in ("ROOT", "JOINT", "END"):
            parent = open_joints[-1] if open_joints else -1
            end = words.index("{", at + 1, at + 12)
            title = f"{joints[parent].name}_end" if word == "END" else " ".join(words[at + 1 : end])
            open_joints.append(len(joints))
            joints.append(_Joint(title, parent))
            at = end + 1
        elif word == "}":
            open_joints.pop()
            at += 1
        else:
            at = _property(joints[open_joints[-1]], words, at)
    if open_joints or not joints:
        raise FormatError("expected each { to be closed before MOTION")
    return joints, at + 1


def _property(joint: _Joint, words: list[str], at: int) -> int:
    """An offset or a list of channels; where the next word stands."""
    word = words[at].upper()
    if word == "OFFSET":
        x, y, z = (float(number) for number in words[at + 1 : at + 4])
        joint.offset = x, y, z
        return at + 4
    if word != "CHANNELS":
        raise FormatError(f"expected OFFSET, CHANNELS, JOINT or End in {joint.name}, got {words[at][:40]!r}")
    count = int(words[at + 1])
    joint.channels = tuple(name.lower() for name in words[at + 2 : at + 2 + count])
    for name in joint.channels:
        if name[:1] not in AXES or name[1:] not in ("position", "rotation"):
            raise FormatError(f"{joint.name} has a channel {name[:40]!r}; expected X, Y or Z with position or rotation")
    return at + 2 + count


def _motion(words: list[str], channels: int) -> tuple[Array, Array]:
    """Times (t,) and channels (t, c)."""
    text = " ".join(words[:5]).lower().replace(":", " ").split()
    if text[0] != "frames" or text[2:4] != ["frame", "time"]:
        raise FormatError("expected Frames: and Frame Time: after MOTION")
    frames, step = int(text[1]), float(text[4])
    numbers = words[len(words) - frames * channels :] if frames * channels else []
    there = len(words) - 5
    if not (np.isfinite(step) and step > 0) or frames < 0 or frames * max(channels, 1) > MOST:
        raise FormatError(f"expected frames and seconds above 0, got {frames} frames of {step} s")
    if there != frames * channels:
        raise FormatError(f"expected {frames} frames of {channels} numbers, got {there} numbers: cut short, or joints missing")
    moves = np.array(numbers, np.float64).reshape(frames, channels)
    if not np.isfinite(moves).all():
        raise FormatError("expected finite numbers, got NaN or infinity")
    return np.arange(frames) * step, moves


def _places(joints: list[_Joint], moves: Array) -> Array:
    """(t, k, 3) places in the file's units: each joint is moved and turned in the frame of its parent."""
    places = np.zeros((len(moves), len(joints), 3))
    turns = np.zeros((len(moves), len(joints), 3, 3))
    column = 0
    for k, joint in enumerate(joints):
        local = np.tile(joint.offset, (len(moves), 1))
        turn = np.tile(np.eye(3), (len(moves), 1, 1))
        for name in joint.channels:
            values = moves[:, column]
            column += 1
            if name.endswith("position"):
                local[:, AXES[name[0]]] = values
            else:
                turn = turn @ _about(AXES[name[0]], np.radians(values))
        if joint.parent < 0:
            places[:, k], turns[:, k] = local, turn
        else:
            above = turns[:, joint.parent]
            places[:, k] = places[:, joint.parent] + (above @ local[:, :, None])[:, :, 0]
            turns[:, k] = above @ turn
    return places


def _about(axis: int, angle: Array) -> Array:
    """(t, 3, 3) rotations about one axis."""
    one, other = (axis + 1) % 3, (axis + 2) % 3
    turn = np.zeros((len(angle), 3, 3))
    turn[:, axis, axis] = 1
    turn[:, one, one] = turn[:, other, other] = np.cos(angle)
    turn[:, other, one], turn[:, one, other] = np.sin(angle), -np.sin(angle)
    return turn
