"""Whom a clip is about: one person, or two where two are there all along."""

from __future__ import annotations

import numpy as np

from ..geometry import points_box
from ..types import Array, PoseSequence

__all__ = ["main_people"]

ALL_ALONG = 0.7  # share of the main person's moments at which a second is there, to belong to the action
NEAR = 0.5  # share of the main person's size


def main_people(clip: PoseSequence) -> PoseSequence:
    """The person seen largest for longest; also a second one who is there nearly all along and not far behind.

    People of whom no joint is ever seen are left out, up to two who are seen are kept. There is always one at least: of a clip
    that shows nobody, one without joints.
    """
    seen = np.asarray((clip.scores > 0).any(2))  # (t, n)
    there = np.flatnonzero(seen.any(0))
    if not clip.points.shape[1]:
        return _nobody(clip)
    if not len(there):
        there = np.zeros(1, np.int64)
    elif len(there) > 2:
        there = _main(clip, seen)
    if len(there) == clip.points.shape[1]:
        return clip
    return PoseSequence(clip.points[:, there], clip.scores[:, there], clip.times, clip.skeleton, clip.ids[there], clip.size)


def _nobody(clip: PoseSequence) -> PoseSequence:
    shape = (len(clip), 1, *clip.points.shape[2:])
    return PoseSequence(np.full(shape, np.nan), np.zeros(shape[:3]), clip.times, clip.skeleton, size=clip.size)


def _main(clip: PoseSequence, seen: Array) -> Array:
    boxes = np.nan_to_num(points_box(clip.points, clip.scores))  # (t, n, 4)
    sides = boxes[..., 2:] - boxes[..., :2]
    presence = np.hypot(sides[..., 0], sides[..., 1]).sum(0)  # diagonal, summed over the moments seen
    order = np.argsort(-presence, kind="stable")
    first, second = order[:2]
    together = (seen[:, first] & seen[:, second]).sum() / max(seen[:, first].sum(), 1)
    both = together >= ALL_ALONG and presence[second] >= NEAR * presence[first]
    return np.sort(order[:2]) if both else order[:1]
