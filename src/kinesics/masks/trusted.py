"""Which outlines of people may be trusted, and what lies surely within one."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array, Masks, People

__all__ = ["inside", "trusted"]

LEAST = 0.4  # score of a person
FILLED = 0.15  # share of the box that a person fills
JOINTS = 0.8  # share of the joints that lie in the outline, or beside it


def trusted(people: People, masks: Masks | None) -> Array:
    """(n,) bool whether each outline may be trusted: somebody is surely there, most joints lie in it, it is not a crumb."""
    if masks is None or len(masks) != len(people):
        return np.zeros(len(people), bool)
    boxes = people.boxes
    size = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    sure = (people.score >= LEAST) & (masks.areas > FILLED * np.maximum(size, 1))
    for row in np.flatnonzero(sure).tolist():
        x, y, window = masks.window(row)
        joints = people.points[row, people.point_scores[row] >= 0.3, :2]
        near = cv2.dilate(window.astype(np.uint8), np.ones((9, 9), np.uint8))
        at = np.rint(joints - (x, y)).astype(int)
        within = ((at >= 0) & (at < (window.shape[1], window.shape[0]))).all(axis=1)
        hit = np.count_nonzero(near[at[within, 1], at[within, 0]])
        sure[row] = hit >= JOINTS * max(len(joints), 1)
    return np.asarray(sure)


def inside(masks: Masks, row: int, reach: float) -> tuple[int, int, Array]:
    """Corner and (h, w) bool of one outline's inside, so many pixels away from its edge."""
    x, y, window = masks.window(row)
    pad = max(round(reach), 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pad + 1, 2 * pad + 1))
    within = cv2.erode(window.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return x, y, within.astype(bool)
