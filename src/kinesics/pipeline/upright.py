"""Which way is down in clips of 3D joints: found from heads and feet, turned so that y points down."""

from __future__ import annotations

import functools

import numpy as np

from ..types import Array, PoseSequence, Skeleton
from ..types.sides import words

__all__ = ["upright"]

TOP = frozenset({"head", "nose", "face", "neck", "shoulder", "shoulders", "eye", "ear"})
BOTTOM = frozenset({"foot", "feet", "ankle", "heel", "toe", "toes", "knee"})


def upright(clips: list[PoseSequence]) -> tuple[list[PoseSequence], list[str]]:
    """Turn a set of clips so that 3D has y down; 2D stays.

    One answer for the whole set, so that people who lie or stand on their hands are turned like the others. Files with y up are
    taken to be those of depth cameras (x right, y up, z away): y changes its sign. Files with z up or down are turned about x.

    Returns:
        the clips, and a line of words if they were turned.
    """
    deep = [i for i, clip in enumerate(clips) if clip.points.shape[3] == 3]
    heads = [found for i in deep if (found := _from_feet_to_head(clips[i])) is not None]
    if not heads:
        return clips, []
    up = np.median(heads, axis=0)
    axis = int(np.abs(up).argmax())
    if axis == 0 or (axis == 1 and up[1] < 0):
        return clips, []
    turned = list(clips)
    for i in deep:
        turned[i] = _turned(clips[i], axis, float(up[axis]))
    return turned, [
        f"3D joints had {'yz'[axis - 1]} {'up' if up[axis] > 0 else 'down'}; they were turned so that y points down"
    ]


def _turned(clip: PoseSequence, axis: int, up: float) -> PoseSequence:
    x, y, z = np.moveaxis(clip.points, -1, 0)
    if axis == 1:
        points = (x, -y, z)
    else:
        points = (x, -z, y) if up > 0 else (x, z, -y)
    return PoseSequence(np.stack(points, -1), clip.scores, clip.times, clip.skeleton, clip.ids, clip.size)


def _from_feet_to_head(clip: PoseSequence) -> Array | None:
    """(3,) mean vector over a clip, or None where the names or the joints do not tell."""
    top, bottom = (_named(clip.skeleton, part) for part in (TOP, BOTTOM))
    if not top or not bottom:
        return None
    high, low = (_mean(clip.points[:, :, rows], clip.scores[:, :, rows]) for rows in (top, bottom))
    return None if high is None or low is None else high - low


@functools.lru_cache(64)
def _named(body: Skeleton, parts: frozenset[str]) -> list[int]:
    return [i for i, name in enumerate(body.joints) if parts & set(words(name))]


def _mean(points: Array, scores: Array) -> Array | None:
    seen = scores > 0
    return np.asarray(points[seen].mean(0)) if seen.any() else None
