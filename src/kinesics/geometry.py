"""Boxes, keypoint similarity, angles, crops and their inverses: plain functions over numpy arrays.

Boxes are x1 y1 x2 y2; points are (…, 2) pixels, x to the right and y down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .types import Array


def box_area(boxes: Array) -> Array:
    """Areas of (…, 4) boxes in square pixels; 0 for boxes turned inside out."""
    sides = np.maximum(boxes[..., 2:] - boxes[..., :2], 0)
    return np.asarray(sides[..., 0] * sides[..., 1])


def iou(a: Array, b: Array) -> Array:
    """Intersection over union of (n, 4) and (m, 4) boxes: (n, m), 0 to 1."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    side = np.maximum(high - low, 0)
    inter = side[..., 0] * side[..., 1]
    union = box_area(a)[:, None] + box_area(b)[None] - inter
    return np.asarray(inter / np.maximum(union, 1e-9))


def points_box(points: Array, scores: Array, least: float = 0.0) -> Array:
    """Smallest boxes round the joints seen above `least`: (…, k, 2), (…, k) to (…, 4); NaN where no joint is seen."""
    seen = (scores > least)[..., None]
    low = np.where(seen, points[..., :2], np.inf).min(axis=-2, initial=np.inf)
    high = np.where(seen, points[..., :2], -np.inf).max(axis=-2, initial=-np.inf)
    box = np.concatenate([low, high], axis=-1)
    return np.where(np.isfinite(box), box, np.nan)


def oks(a: Array, a_scores: Array, b: Array, b_scores: Array, areas: Array, sigmas: Array, least: float = 0.0) -> Array:
    """Object keypoint similarity of every pair of people over the joints both have (COCO keypoint evaluation).

    Args:
        a: (n, k, 2) points.
        a_scores: (n, k).
        b: (m, k, 2) points.
        b_scores: (m, k).
        areas: a person's area in square pixels, anything that broadcasts to (n, m), such as `areas_of_b[None]`.
        sigmas: (k,) spreads.
        least: joints with a score at or below it do not count.

    Returns:
        (n, m), 0 to 1; 0 for pairs without a common joint.
    """
    both = (a_scores > least)[:, None] & (b_scores > least)[None]  # (n, m, k)
    gap = np.nan_to_num(a[:, None, :, :2] - b[None, :, :, :2])  # (n, m, k, 2)
    spread = 2 * (2 * np.asarray(sigmas)) ** 2 * np.maximum(np.asarray(areas, float), 1e-9)[..., None]
    near = np.exp(-(gap**2).sum(-1) / spread) * both
    return np.asarray(near.sum(-1) / np.maximum(both.sum(-1), 1))


def angle(a: Array, b: Array, c: Array) -> Array:
    """Angle at b between the rays to a and c, degrees 0 to 180; (…, 2 or 3) each, NaN where a point is missing."""
    u, v = a - b, c - b
    cosine = (u * v).sum(-1) / np.maximum(np.linalg.norm(u, axis=-1) * np.linalg.norm(v, axis=-1), 1e-12)
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def rotation(degrees: float) -> Array:
    """(2, 2) matrix that turns points clockwise on the screen (y down)."""
    t = np.radians(degrees)
    return np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])


def upright_axes(up: Array) -> Array:
    """(3, 3) whose rows are sideways (right), upwards and forwards (away) of a camera that sees `up` (3,) upwards."""
    up = np.asarray(up, float) / np.linalg.norm(up)
    ahead = np.array([0.0, 0.0, 1.0])
    forward = ahead - (ahead @ up) * up
    if np.linalg.norm(forward) < 1e-3:  # it looks straight down or up
        forward = np.array([0.0, -1.0, 0.0]) * np.sign(-up[2] or 1)
    forward /= np.linalg.norm(forward)
    return np.stack([np.cross(forward, up), up, forward])


@dataclass(frozen=True)
class Crop:
    """An affine view of a picture: `to_crop` maps picture pixels to the crop, `to_picture` maps them back.

    Attributes:
        matrix: (2, 3), picture to crop, as `cv2.warpAffine` takes it.
        size: (width, height) of the crop.
    """

    matrix: Array
    size: tuple[int, int]

    @classmethod
    def of_box(cls, box: Array, size: tuple[int, int], degrees: float = 0.0) -> Crop:
        """The view that shows all of `box` (x1 y1 x2 y2), turned by `degrees`, centred, without changing its proportions."""
        x1, y1, x2, y2 = (float(v) for v in box)
        scale = min(size[0] / max(x2 - x1, 1e-6), size[1] / max(y2 - y1, 1e-6))
        linear = scale * rotation(-degrees)
        shift = np.array(size) / 2 - linear @ [(x1 + x2) / 2, (y1 + y2) / 2]
        return cls(np.column_stack([linear, shift]), size)

    @property
    def scale(self) -> float:
        """Crop pixels per picture pixel."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))

    def to_crop(self, points: Array) -> Array:
        """(…, 2) picture pixels to crop pixels."""
        return np.asarray(points @ self.matrix[:, :2].T + self.matrix[:, 2])

    def to_picture(self, points: Array) -> Array:
        """(…, 2) crop pixels to picture pixels."""
        return np.asarray((points - self.matrix[:, 2]) @ np.linalg.inv(self.matrix[:, :2]).T)
