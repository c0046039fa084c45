"""How far one pose is from others, by parts of the body: what keyframes are chosen and retrieved by.

A distance is a root mean square of canvas pixels over the joints that both poses have, weighted by their scores. The shape of a
hand counts beside its place: fingers are small on the canvas and large in what they say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import ShapeError
from ..types import Array

__all__ = ["PARTS", "Features", "part_distances", "pose_distance", "pose_features"]

PARTS = ("trunk", "head", "left arm", "right arm", "legs", "left hand", "right hand")
"""The parts of the body that distances are told for."""
WEIGHTS = np.array([0.6, 1.0, 1.6, 1.6, 0.5, 1.2, 1.2], np.float32)
ABSENT = 40.0  # pixels: what a part costs that the pose has and the keyframe lacks
SPREAD = 2.0  # by how much a hand's shape counts more than its place, both in pixels

_LEFT, _RIGHT = 91, 112
_JOINTS: tuple[tuple[int, ...], ...] = (
    (5, 6, 11, 12),
    (0, 1, 2, 3, 4, 23 + 8, 23 + 27, 23 + 30, 23 + 48, 23 + 54),
    (7, 9),
    (8, 10),
    (13, 14, 15, 16),
    tuple(range(_LEFT + 1, _LEFT + 21)),
    tuple(range(_RIGHT + 1, _RIGHT + 21)),
)
_ORDER = np.concatenate([np.array(part) for part in _JOINTS])
_STARTS = np.cumsum([0, *[len(part) for part in _JOINTS[:-1]]])


@dataclass(frozen=True, eq=False)
class Features:
    """n poses as `pose_distance` compares them: `places` (n, m, 2) float32, 0 where missing; `sure` (n, m) float32."""

    places: Array
    sure: Array

    def __len__(self) -> int:
        return len(self.places)


def pose_features(points: Array, scores: Array) -> Features:
    """Poses made ready to be compared.

    Args:
        points: (n, 133, 2) canvas pixels, NaN where missing; (133, 2) for one pose.
        scores: (n, 133) or (133,).

    Raises:
        ShapeError: not 133 joints.
    """
    points, scores = np.asarray(points, np.float32), np.asarray(scores, np.float32)
    if points.shape[-2:] != (133, 2) or scores.shape != points.shape[:-1]:
        raise ShapeError(
            f"poses of the viewer have 133 joints, got {points.shape} and {scores.shape}; map them by whole_body()"
        )
    points, scores = np.atleast_3d(points).reshape(-1, 133, 2), scores.reshape(-1, 133)
    seen = (scores > 0) & np.isfinite(points).all(-1)
    places = np.where(seen[..., None], points, 0)
    sure = np.where(seen, scores, 0)
    shaped = [places[:, _ORDER[: _STARTS[5]]]]
    for wrist, start in ((_LEFT, _STARTS[5]), (_RIGHT, _STARTS[6])):
        fingers = _ORDER[start : start + 20]
        shaped.append((places[:, fingers] - places[:, wrist, None]) * SPREAD)
        sure[:, fingers] *= sure[:, wrist, None] > 0
    return Features(np.concatenate(shaped, 1), sure[:, _ORDER])


def part_distances(keys: Features, pose: Features) -> Array:
    """(n, 7) pixels: how far each of n keyframes is from one pose, by `PARTS`; 0 where the pose itself lacks the part."""
    weight = keys.sure * pose.sure
    squared = ((keys.places - pose.places) ** 2).sum(-1) * weight
    both, total = np.add.reduceat(weight, _STARTS, 1), np.add.reduceat(squared, _STARTS, 1)
    apart = np.sqrt(total / np.maximum(both, 1e-6))
    wanted = np.add.reduceat(pose.sure, _STARTS, 1) > 0
    return np.where(wanted, np.where(both > 1e-6, apart, ABSENT), 0).astype(np.float32)


def pose_distance(keys: Features, pose: Features) -> Array:
    """(n,) pixels: how far each of n keyframes is from one pose, all parts together."""
    parts = part_distances(keys, pose) * WEIGHTS
    return np.asarray(np.sqrt((parts**2).sum(1) / (WEIGHTS**2).sum()))
