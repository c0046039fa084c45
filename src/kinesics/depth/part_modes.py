"""Joints from parts: where the pixels of a joint's parts gather, pushed inwards (Shotton et al., 2011, section 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..bodies import PARTS
from ..types import Array, Camera
from .anatomy import VOTED
from .modes import find_modes
from .voting import pixels_of, places_of

if TYPE_CHECKING:
    from .forest import Forest

PIXELS = 1500
MODES = 3
LEAST = 0.15  # probability of a part below which a pixel says nothing of it
_PARTS_OF: dict[str, tuple[str, ...]] = {
    "head": ("left_head", "right_head", "left_head_top", "right_head_top"),
    "shoulder_center": ("neck",),
    "spine": ("left_waist", "right_waist"),
    "hip_center": ("left_hip", "right_hip"),
    "nose": ("left_head", "right_head"),
    **{f"{side}_{joint}": (f"{side}_{part}",) for side in ("left", "right") for joint, part in (
        ("shoulder", "shoulder"), ("elbow", "elbow"), ("wrist", "wrist"), ("hand", "hand"), ("hip", "hip"), ("knee", "knee"),
        ("ankle", "foot"), ("foot", "foot"), ("ear", "head"))},
}  # fmt: skip


def parts_of_joints() -> list[Array]:
    """For each voted joint the labels whose pixels stand for it."""
    return [np.array([PARTS.index(part) for part in _PARTS_OF[joint]]) for joint in VOTED]


def part_proposals(forest: Forest, depth: Array, camera: Camera, bandwidths: Array, push: Array) -> tuple[Array, Array] | None:
    """Modes (23, 3, 3) metres and their strengths (23, 3); None when there is not a pixel.

    Args:
        forest: any forest with the labels of `PARTS`.
        depth: (h, w) uint16 millimetres, 0 outside the person.
        camera: of the picture.
        bandwidths: (23,) metres.
        push: (23,) metres from the surface inwards along the ray.
    """
    rows, columns, each = pixels_of(depth, PIXELS)
    if not len(rows):
        return None
    places = places_of(depth, camera, rows, columns)
    shares = forest.label(depth, camera, rows, columns)
    area = places[:, 2] ** 2 * np.float32(each / (camera.fx * camera.fy))
    points, weights, starts = [], [], [0]
    for labels in parts_of_joints():
        share = shares[:, labels].sum(axis=1)
        kept = share > LEAST
        points.append(places[kept])
        weights.append((share * area)[kept].astype(np.float32))
        starts.append(starts[-1] + int(kept.sum()))
    modes, strengths = find_modes(np.concatenate(points), np.concatenate(weights), np.array(starts), bandwidths, MODES)
    away = modes / np.maximum(np.linalg.norm(modes, axis=-1, keepdims=True), 1e-6)
    return modes + away * push[:, None, None].astype(np.float32), strengths
