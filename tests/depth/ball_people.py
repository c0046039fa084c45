"""People of balls in front of a camera, drawn exactly: quick to make, with parts and joints that are known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kinesics.depth.samples import SampleSet
from kinesics.types import Camera

Array = npt.NDArray[np.float64]

CAMERA = Camera.of_view(96, 128, 50.0)
LABELS = ("background", "trunk", "head", "left hand", "right hand", "left leg", "right leg", "nose")
JOINTS = ("pelvis", "neck", "left_hand", "right_hand")


def balls(rng: np.random.Generator, *, rigid: bool = False) -> tuple[Array, Array, Array, Array]:
    """Centres (m, 3) and radii of balls, their labels, and joints (4, 3), metres in the camera's frame."""
    at, radii, labels = [], [], []

    def stick(a: Array, b: Array, radius: float, label: int) -> None:
        for t in np.linspace(0, 1, 7):
            at.append(a * (1 - t) + b * t)
            radii.append(radius)
            labels.append(label)

    pelvis, neck = np.array([0, -0.8, 0]), np.array([0, -1.35, 0])
    stick(pelvis, neck, 0.13, 1)
    stick(neck + [0, -0.2, 0], neck + [0, -0.2, 0], 0.1, 2)
    stick(neck + [0, -0.2, -0.1], neck + [0, -0.2, -0.1], 0.03, 7)
    hands = []
    for side, hand, leg in ((1, 3, 5), (-1, 4, 6)):
        swing = np.zeros(3) if rigid else rng.normal(size=3) * 0.15
        end = neck + [side * 0.45, 0.1, 0] + swing
        stick(neck + [side * 0.18, 0, 0], end, 0.05, hand)
        stick(pelvis + [side * 0.1, 0, 0], pelvis + [side * 0.12, 0.8, 0], 0.07, leg)
        hands.append(end)
    yaw = 0.0 if rigid else rng.uniform(-0.6, 0.6)
    turned = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    place = np.array([rng.uniform(-0.3, 0.3), 0.7, rng.uniform(2.2, 3.2)])
    joints = np.stack([pelvis, neck, *hands])
    return np.array(at) @ turned.T + place, np.array(radii), np.array(labels), joints @ turned.T + place


def draw(rng: np.random.Generator, camera: Camera = CAMERA, *, rigid: bool = False) -> tuple[Array, Array, Array]:
    """Depth (h, w) float32 metres, parts (h, w) uint8, joints (4, 3)."""
    at, radii, labels, joints = balls(rng, rigid=rigid)
    depth = np.full((camera.height, camera.width), np.inf, np.float32)
    parts = np.zeros(depth.shape, np.uint8)
    x, y = np.meshgrid((np.arange(camera.width) - camera.cx) / camera.fx, (np.arange(camera.height) - camera.cy) / camera.fy)
    a = x * x + y * y + 1
    for centre, radius, label in zip(at, radii, labels, strict=True):
        b, c = x * centre[0] + y * centre[1] + centre[2], centre @ centre - radius**2
        hit = b * b - a * c
        near = np.where(hit > 0, (b - np.sqrt(np.maximum(hit, 0))) / a, np.inf)
        closer = near < depth
        depth[closer], parts[closer] = near[closer], label
    depth[~np.isfinite(depth)] = 0
    return depth, parts, joints


def people(count: int, seed: int = 0, *, rigid: bool = False) -> SampleSet:
    """Some of them as samples."""
    rng = np.random.default_rng(seed)
    drawn = [draw(rng, rigid=rigid) for _ in range(count)]
    depths, parts, joints = zip(*drawn, strict=True)
    return SampleSet.of_pictures(depths, parts, [CAMERA] * count, joints, labels=LABELS, joint_names=JOINTS)
