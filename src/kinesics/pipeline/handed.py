"""Whether 3D joints are a mirror image of people: depth cameras often say so, and left becomes right when a real camera looks.

Nobody's knees bend backwards: with the right side on the right, toes, bent knees, reaching hands and noses are in front.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

from ..types import Array, PoseSequence, Skeleton
from ..types.sides import words

__all__ = ["unmirrored"]

CLEAR = 0.1  # cosine: what a set says in the middle of its clips; flat figures say 0, people 0.2 to 0.7
FRONT = (  # names: what is in front of the middle of the others, for each side
    (("toe", "toes", "foot"), (("ankle", "heel"),)),
    (("knee",), (("hip",), ("ankle", "foot"))),
    (("wrist", "hand"), (("shoulder",),)),
)
ACROSS = ("hip", "shoulder")
UP = np.array([0.0, -1.0, 0.0])

Part = tuple[int, tuple[int, ...]]


def unmirrored(clips: list[PoseSequence]) -> tuple[list[PoseSequence], list[str]]:
    """Turn a set of clips so that people in 3D are no mirror images; 2D stays. y points down already.

    Returns:
        the clips, and a line of words if x changed its sign.
    """
    said = [share for clip in clips if clip.points.shape[3] == 3 and (share := _in_front(clip))]
    if not said or np.median(said) > -CLEAR:
        return clips, []
    turned = [clip if clip.points.shape[3] == 2 else _turned(clip) for clip in clips]
    return turned, ["3D joints were a mirror image (knees bend backwards); x has changed its sign, so that left is left"]


def _turned(clip: PoseSequence) -> PoseSequence:
    return PoseSequence(clip.points * (-1, 1, 1), clip.scores, clip.times, clip.skeleton, clip.ids, clip.size)


def _in_front(clip: PoseSequence) -> float:
    """How far in front toes, knees and hands of the first person are, -1 to 1; below 0 in a mirror image, 0 if none tells."""
    across, front = _parts(clip.skeleton)
    if not across or not front or not clip.points.shape[1]:
        return 0.0
    points = np.where(clip.scores[:, 0, :, None] > 0, clip.points[:, 0], np.nan)
    right = _mean(np.stack([points[:, b] - points[:, a] for a, b in across]))
    forward = np.cross(UP, right)
    out = np.stack([points[:, at] - points[:, list(behind)].mean(1) for at, behind in front])
    longest = np.linalg.norm(forward, axis=-1) * np.linalg.norm(out, axis=-1)
    return float(np.nansum(forward * out) / max(float(np.nansum(longest)), 1e-9))


def _mean(parts: Array) -> Array:
    """(s, t, 3) to (t, 3), of those that are known."""
    known = np.isfinite(parts).all(-1, keepdims=True)
    return np.asarray(np.where(known, parts, 0).sum(0) / np.maximum(known.sum(0), 1))


@functools.lru_cache(64)
def _parts(body: Skeleton) -> tuple[list[tuple[int, int]], list[Part]]:
    """Left and right joints of the trunk, and joints that are in front of the middle of others."""
    named: dict[tuple[str, str], int] = {}
    for i, name in enumerate(body.joints):
        said = set(words(name))
        for side in {"left", "right"} & said:
            for part in said - {side}:
                named.setdefault((side, part), i)
    across = [
        (named["left", part], named["right", part]) for part in ACROSS if {("left", part), ("right", part)} <= named.keys()
    ]
    front = [part for side in ("left", "right") for part in _of_side(named, side)]
    return across, front


def _of_side(named: dict[tuple[str, str], int], side: str) -> Iterator[Part]:
    def first(names: tuple[str, ...]) -> int | None:
        return next((named[side, name] for name in names if (side, name) in named), None)

    for names, others in FRONT:
        at, behind = first(names), [first(other) for other in others]
        if at is not None and None not in behind:
            yield at, tuple(i for i in behind if i is not None)
