"""Where a joint is that was lost for long: at the end of its bone, which keeps its length and its angle to the bone before it.

A guess of this kind is honest for a while and only about what the person has shown: it needs a sighting of the joint nearby in
time and its neighbour now, and is worth little (`SCORE`, falling to 0). What was never seen is never guessed, neither is the
shape of a hand: fingers do not keep still.
"""

from __future__ import annotations

import functools

import numpy as np

from ..types import Array, Skeleton, skeleton
from .whole_body_names import FACE, LEFT_HAND, RIGHT_HAND

__all__ = ["carriers_of", "place_by_bones", "tree_of"]

SCORE = 0.4  # of the joint's usual score, right beside a sighting
SHORT = 0.4  # of its typical length: a bone that looks shorter points at the camera, and its direction says little
LONGER = 1.25  # times a bone's typical length up to which a doubtful joint may be where it says
TYPICAL = 90.0  # percentile of a bone's lengths that it does not exceed


@functools.lru_cache(64)
def tree_of(body: Skeleton) -> tuple[tuple[int, int], ...]:
    """(joint, the joint it hangs on), from the shoulders outwards along the bones; the two shoulders hang on each other."""
    bones = list(body.bones)
    if body == skeleton("wholebody133"):
        bones = [(a, b) for a, b in bones if a not in FACE] + [(0, joint) for joint in FACE]
    beside: dict[int, list[int]] = {}
    for a, b in bones:
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    roots = [i for i, name in enumerate(body.joints) if name in ("left_shoulder", "right_shoulder")] or sorted(beside)[:1]
    pairs = [(roots[0], roots[1]), (roots[1], roots[0])] if len(roots) == 2 else []
    known, queue = set(roots), list(roots)
    while queue:
        joint = queue.pop(0)
        new = [other for other in sorted(beside.get(joint, [])) if other not in known]
        pairs += [(other, joint) for other in new]
        known.update(new)
        queue += new
    return tuple(pairs)


def carriers_of(body: Skeleton) -> dict[int, int]:
    """Joint of a hand or the face -> the wrist or nose that carries it; empty for other skeletons than `wholebody133`."""
    if body != skeleton("wholebody133"):
        return {}
    return {joint: carrier for part, carrier in ((FACE, 0), (LEFT_HAND, 9), (RIGHT_HAND, 10)) for joint in part}


def place_by_bones(points: Array, scores: Array, seen: Array, times: Array, body: Skeleton, limit: float) -> None:
    """Fill one person's missing joints in place, from the torso outwards.

    A joint of doubt is taken at its word if its bone could be so long, and moved if not.

    Args:
        points: (t, k, d) with NaN where missing.
        scores: (t, k), 0 where missing.
        seen: (t, k) which of them are sightings.
        times: (t,) seconds.
        body: names and bones of the k joints.
        limit: seconds from the nearest sighting of a joint up to which it is placed.
    """
    tree = tree_of(body)
    anchors, hands = dict(tree), _hands(body)
    for joint, _ in tree:
        at, lost = np.flatnonzero(seen[:, joint]), np.flatnonzero(~seen[:, joint])
        if not len(at) or not len(lost) or joint in hands:
            continue
        after = np.searchsorted(at, lost)
        a, b = at[np.maximum(after - 1, 0)], at[np.minimum(after, len(at) - 1)]
        a, b = np.where(after == 0, b, a), np.where(after == len(at), a, b)
        open_ = np.ones(len(lost), bool)
        for anchor in _chain(joint, anchors):
            fits = open_ & (scores[lost, anchor] > 0) & seen[a, anchor] & seen[b, anchor]
            if fits.any():
                turns = _turns(points, scores, (anchors.get(anchor, anchor), anchor))
                _place(points, scores, times, (joint, anchor), (lost[fits], a[fits], b[fits]), seen, turns, limit)
                open_ &= ~fits


def _hands(body: Skeleton) -> set[int]:
    """Joints of which nothing is guessed: those of `wholebody133`'s hands."""
    return {*LEFT_HAND, *RIGHT_HAND} if body == skeleton("wholebody133") else set()


def _chain(joint: int, anchors: dict[int, int]) -> list[int]:
    """The joints that this one hangs on, the nearest first; four are enough."""
    chain: list[int] = []
    for _ in range(4):
        above = anchors.get(chain[-1] if chain else joint)
        if above is None or above == joint or above in chain:
            break
        chain.append(above)
    return chain


def _turns(points: Array, scores: Array, bone: tuple[int, int]) -> Array:
    """(t,) radians of the bone that a joint hangs on: a forearm turns with its upper arm. NaN where it is too short to tell."""
    way = points[:, bone[1], :2] - points[:, bone[0], :2]
    length = np.where((scores[:, list(bone)] > 0).all(axis=1), np.linalg.norm(way, axis=1), np.nan)
    known = length[np.isfinite(length)]
    if not len(known) or points.shape[2] != 2:
        return np.full(len(points), np.nan)
    return np.where(length >= SHORT * np.percentile(known, TYPICAL), np.arctan2(way[:, 1], way[:, 0]), np.nan)


def _turned(way: Array, angle: Array) -> Array:
    """(m, d) turned by (m,) radians in the picture, as it is where the angle is NaN."""
    angle = np.nan_to_num(angle)
    cos, sin = np.cos(angle), np.sin(angle)
    first = [cos * way[:, 0] - sin * way[:, 1], sin * way[:, 0] + cos * way[:, 1]]
    return np.column_stack([*first, *way[:, 2:].T])


def _place(
    points: Array,
    scores: Array,
    times: Array,
    bone: tuple[int, int],
    rows: tuple[Array, Array, Array],
    seen: Array,
    turns: Array,
    limit: float,
) -> None:
    joint, anchor = bone
    t, a, b = rows
    start = _turned(points[a, joint] - points[a, anchor], turns[t] - turns[a])
    end = _turned(points[b, joint] - points[b, anchor], turns[t] - turns[b])
    gap = times[b] - times[a]
    share = np.where(gap > 0, (times[t] - times[a]) / np.where(gap > 0, gap, 1), 0)[:, None]
    way = start + share * (end - start)
    lengths = [np.linalg.norm(way_, axis=1, keepdims=True) for way_ in (start, end, way)]
    both = seen[:, joint] & seen[:, anchor]
    longest = np.percentile(np.linalg.norm(points[both, joint] - points[both, anchor], axis=1), TYPICAL)
    length = np.minimum(lengths[0] + share * (lengths[1] - lengths[0]), longest)
    turned = lengths[2] > 0.2 * length  # the two directions are not opposite
    way = np.where(turned, way * length / np.maximum(lengths[2], 1e-9), way)
    apart = np.minimum(np.abs(times[t] - times[a]), np.abs(times[b] - times[t]))
    worth = SCORE * np.median(scores[seen[:, joint], joint]) * (1 - apart / limit)
    keep = worth > scores[t, joint]
    here = points[t, anchor] + way
    weak = (scores[t, joint] > 0) & (np.linalg.norm(points[t, joint] - points[t, anchor], axis=1) <= LONGER * longest)
    here[weak] = points[t[weak], joint]
    points[t[keep], joint], scores[t[keep], joint] = here[keep], worth[keep]
