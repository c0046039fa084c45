"""A paper doll for tests: a trunk with a pattern, a head, two arms of other colours, drawn in any pose."""

from __future__ import annotations

import cv2
import numpy as np

from kinesics.types import Array
from kinesics.viewer import Footage

PLATE = (200, 210, 190)


def doll_pose(left: tuple[float, float] = (60.0, 130.0), right: tuple[float, float] = (60.0, 130.0), x: float = 256.0) -> tuple:
    """Points (133, 2) and scores (133,): angles in degrees of upper arm and forearm, 0 up, 180 hanging, away from the trunk."""
    points = np.full((133, 2), np.nan, np.float32)
    points[[0, 1, 2, 3, 4]] = [[x, 110], [x + 12, 100], [x - 12, 100], [x + 26, 106], [x - 26, 106]]
    points[[5, 6, 11, 12]] = [[x + 70, 180], [x - 70, 180], [x + 50, 400], [x - 50, 400]]
    for side, angles in ((0, left), (1, right)):
        sign = 1 - 2 * side
        at = points[5 + side]
        for joint, angle in zip((7 + side, 9 + side), angles, strict=True):
            turn = np.deg2rad(angle)
            at = at + 90 * np.array([sign * np.sin(turn), -np.cos(turn)])
            points[joint] = at
    return points, np.where(np.isfinite(points[:, 0]), 0.9, 0).astype(np.float32)


def draw_doll(points: Array) -> tuple[Array, Array]:
    """(512, 512, 3) and its mask (512, 512) uint8."""
    picture, mask = np.empty((512, 512, 3), np.uint8), np.zeros((512, 512), np.uint8)
    picture[:] = PLATE
    at = np.rint(np.nan_to_num(points)).astype(int)
    trunk = at[[5, 6, 12, 11]]
    pattern = np.where((np.indices((512, 512)).sum(0) // 24 % 2 == 0)[..., None], (40, 60, 150), (70, 90, 190))
    inside = cv2.fillConvexPoly(np.zeros((512, 512), np.uint8), trunk, 1) > 0
    shift = int(at[0, 0]) - 256
    picture[inside] = np.roll(pattern, shift, axis=1)[inside]
    mask[inside] = 255
    for canvas, colour in ((picture, (225, 180, 150)), (mask, 255)):
        cv2.circle(canvas, at[0].tolist(), 42, colour, -1)
        cv2.line(canvas, at[0].tolist(), ((at[5] + at[6]) // 2).tolist(), colour, 26)
    for side, colour in ((0, (190, 50, 50)), (1, (50, 150, 60))):
        for a, b in ((5 + side, 7 + side), (7 + side, 9 + side)):
            cv2.line(picture, at[a].tolist(), at[b].tolist(), colour, 30)
            cv2.line(mask, at[a].tolist(), at[b].tolist(), 255, 30)
    return picture, mask


def doll_footage(count: int = 24, clips: int = 1, seed: int = 0) -> Footage:
    """The doll waving its arms at random, three pictures a second."""
    rng = np.random.default_rng(seed)
    poses = [
        doll_pose(tuple(rng.uniform(20, 170, 2)), tuple(rng.uniform(20, 170, 2)), 256 + rng.uniform(-20, 20))
        for _ in range(count)
    ]
    pictures, masks = zip(*(draw_doll(points) for points, _ in poses), strict=True)
    plate = np.empty((512, 512, 3), np.uint8)
    plate[:] = PLATE
    points, scores = (np.stack([pose[i] for pose in poses]) for i in (0, 1))
    numbers = (np.arange(count) * clips // count).astype(np.int32)
    return Footage(np.stack(pictures), np.stack(masks), points, scores, np.arange(count) / 3, numbers, plate)
