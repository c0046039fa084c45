"""Where face and hands are on the canvas, each in a square of its own that puts it upright and to one size.

In its square a hand points up and has its wrist and knuckles at fixed places, a face has its eyes and mouth there, so that
crops of different moments can be compared and exchanged. Left hands are mirrored: both hands look alike to the net.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array

__all__ = ["CROP", "CropFrame", "crop_frames"]

CROP = 64
"""Width and height of a crop, pixels."""
FACE, LEFT, RIGHT = slice(23, 91), slice(91, 112), slice(112, 133)
LEAST = 0.15  # score below which a point is not there
EYE_EYE_MOUTH = np.array([[22.0, 25.0], [42.0, 25.0], [32.0, 46.0]])  # of the face in the crop: its right eye first
PALM = 22.0  # length of a palm in the crop
PALM_AT = np.array([31.5, 45.0])  # of its middle
FOREHEAD = 0.4  # how far it reaches above the brows, in heights of the face below them
KNUCKLES = [5, 9, 13, 17]
ARM = 20.0  # length at which the forearm's direction is told, crop pixels


@dataclass(frozen=True, eq=False)
class CropFrame:
    """The square of a face or a hand.

    Attributes:
        part: "face", "left" or "right".
        matrix: (2, 3) from canvas pixels to crop pixels: turned, scaled, moved, and mirrored for the left hand.
        points: (k, 2) in crop pixels, NaN where missing: 68 of a face; 21 of a hand, then one that tells whence the arm comes.
        scores: (k,).
        room: 0 to 1, how much the alignment is to be trusted; 0 when the part is covered, turned away or not sure.
    """

    part: str
    matrix: Array
    points: Array
    scores: Array
    room: float


def crop_frames(points: Array, scores: Array) -> list[CropFrame]:
    """The squares of face, left hand and right hand of a pose, without those that are not there.

    Args:
        points: (133, 2) canvas pixels, NaN where missing.
        scores: (133,).
    """
    points, scores = np.asarray(points, float), np.where(np.isfinite(points).all(-1), scores, 0)
    boxes = {part: _box(points[at], scores[at]) for part, at in (("face", FACE), ("left", LEFT), ("right", RIGHT))}
    if (face := boxes["face"]) is not None:
        face[1] -= FOREHEAD * (face[3] - face[1])
    covers = {
        "face": max(_share(boxes["face"], boxes["left"]), _share(boxes["face"], boxes["right"])),
        "left": 0.5 * _share(boxes["left"], boxes["right"]),
        "right": 0.5 * _share(boxes["right"], boxes["left"]),
    }
    made = [_face(points[FACE], scores[FACE])]
    made += [
        _hand(part, points[at], scores[at], points[e], scores[e]) for part, at, e in (("left", LEFT, 7), ("right", RIGHT, 8))
    ]
    frames = []
    for frame in made:
        if frame is not None:
            pixels = 1 / float(np.hypot(*frame.matrix[0, :2]))  # of the canvas in one of the crop
            room = frame.room * (1 - _smooth(covers[frame.part], 0.12, 0.4)) * (1 - _smooth(pixels, 4, 6))
            frames.append(CropFrame(frame.part, frame.matrix, frame.points, frame.scores, room))
    return [frame for frame in frames if frame.room > 0]


def _face(points: Array, scores: Array) -> CropFrame | None:
    seen = scores > LEAST
    if seen[36:48].sum() < 8 or seen[48:60].sum() < 6:
        return None
    right, left, mouth = (points[a:b][seen[a:b]].mean(axis=0) for a, b in ((36, 42), (42, 48), (48, 60)))
    matrix = _similarity(np.stack([right, left, mouth]), EYE_EYE_MOUTH)
    if matrix is None:
        return None
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    eyes = abs(mapped[36:42][seen[36:42]].mean(axis=0)[0] - mapped[42:48][seen[42:48]].mean(axis=0)[0])
    tip = mapped[30, 0] if seen[30] else 32.0
    room = _smooth(_sure(scores), 0.25, 0.5) * (1 - _smooth(abs(tip - 32) / 10, 0.7, 1.3)) * _smooth(eyes / 20, 0.45, 0.7)
    room *= _smooth(1 / np.hypot(*matrix[0, :2]), 0.3, 0.6)
    return CropFrame("face", matrix, _with_nan(mapped, seen), scores, room)


def _hand(part: str, points: Array, scores: Array, elbow: Array, elbow_score: float) -> CropFrame | None:
    seen = scores > LEAST
    if not seen[[0, 5, 17]].all() or seen.sum() < 15:
        return None
    knuckles = points[KNUCKLES][seen[KNUCKLES]].mean(axis=0)
    up = knuckles - points[0]
    length, width = float(np.hypot(*up)), 1.15 * float(np.hypot(*(points[5] - points[17])))
    size = max(length, width)
    if length < 0.2 * size or size < 1:
        return None
    a = complex(*up) / length
    turn = PALM / size * (-1j) / a  # up goes to (0, -1)
    matrix = _matrix(turn, (points[0] + knuckles) / 2, PALM_AT)
    if part == "left":
        matrix[0] = -matrix[0]
        matrix[0, 2] += CROP - 1
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    came = elbow @ matrix[:, :2].T + matrix[:, 2] - mapped[0]
    far = float(np.hypot(*came)) if elbow_score > LEAST else 0.0
    arm = mapped[0] + came * (ARM / far) if far > 4 else np.full(2, np.nan)
    room = _smooth(_sure(scores), 0.25, 0.5) * _smooth(length / size, 0.3, 0.55) * _smooth(size, 9, 16)
    points = np.concatenate([_with_nan(mapped, seen), arm[None]])
    return CropFrame(part, matrix, points, np.append(scores, elbow_score if far > 4 else 0.0), room)


def _similarity(here: Array, there: Array) -> Array | None:
    """(2, 3) that turns, scales and moves points onto others, least squares; None if they lie on one spot."""
    a, b = here - here.mean(axis=0), there - there.mean(axis=0)
    p, q = a[:, 0] + 1j * a[:, 1], b[:, 0] + 1j * b[:, 1]
    size = float((abs(p) ** 2).sum())
    return None if size < 1 else _matrix(complex((p.conj() * q).sum()) / size, here.mean(axis=0), there.mean(axis=0))


def _matrix(turn: complex, here: Array, there: Array) -> Array:
    """(2, 3) of z -> turn (z - here) + there."""
    linear = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return np.concatenate([linear, (there - linear @ here)[:, None]], axis=1)


def _with_nan(points: Array, seen: Array) -> Array:
    return np.where(seen[:, None], points, np.nan)


def _sure(scores: Array) -> float:
    return float(scores.mean())


def _box(points: Array, scores: Array) -> Array | None:
    seen = points[scores > LEAST]
    return np.concatenate([seen.min(axis=0), seen.max(axis=0)]) if len(seen) > 4 else None


def _share(mine: Array | None, other: Array | None) -> float:
    """How much of my box the other one covers."""
    if mine is None or other is None:
        return 0.0
    wide, high = np.minimum(mine[2:], other[2:]) - np.maximum(mine[:2], other[:2])
    area = float(np.prod(np.maximum(mine[2:] - mine[:2], 1e-6)))
    return float(max(wide, 0) * max(high, 0)) / area


def _smooth(value: float, low: float, high: float) -> float:
    t = min(max((float(value) - low) / (high - low), 0.0), 1.0)
    return t * t * (3 - 2 * t)
