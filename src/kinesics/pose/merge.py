"""Several looks at one picture, one list of people.

The same person is found by several looks, at several sizes, sometimes cut off by the border of a look. Duplicates are told by
keypoint similarity; their joints are averaged where they agree, each counting by its own score and by how well the net works at
the size at which it saw the person. The person's score lies half way between its best find and the mean over all looks that
could have seen it: a look that shows the place well and finds nobody there speaks against the find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..geometry import iou, oks
from ..types import Array, People, Skeleton, skeleton
from .movenet import Seen

__all__ = ["average", "clarity", "fair_score", "merge", "side"]

SAME = 0.5  # mean of keypoint similarity and box overlap from which two looks show the same person
TWICE = 0.75  # the same for two finds of one look, which has removed its own duplicates already
HALF = 45.0  # side, in canvas pixels, of a person (root of the box's area) whose joints are half as good as they get
LARGE = 110.0  # side from which the net's score, but not its joints, gets worse
PIECE = 0.3  # keypoint similarity from which a find that is cut off may be a piece of another: neighbours overlap, too
BORDER = 4.0  # canvas pixels between a box and the border of a look that mean "cut off"
LEAST = 0.15  # joints with less are not compared


def clarity(side: Array) -> Array:
    """How well the net places joints of people whose box has this root area in canvas pixels, 0 to 1.

    A Hill curve through the mean keypoint similarity measured on pictures shown at ten sizes: nothing below 16 px, half at
    45 px, flat from 110 px on.
    """
    cubed = np.asarray(side, float) ** 3
    return np.asarray(cubed / (cubed + HALF**3))


def fair_score(score: Array, side: Array) -> Array:
    """The net's scores of people whose box has this root area in canvas pixels, as if they were seen at the best size.

    The same person, found equally well, scores half as high at 280 px as at 110 px; ranking people of different size by the
    raw score puts the nearest last.
    """
    return np.asarray(np.minimum(1, score / np.clip((LARGE / np.maximum(side, 1)) ** 0.75, 0.4, 1)))


@dataclass(frozen=True)
class _Finds:
    """All finds of all looks as parallel arrays of m rows."""

    points: Array
    point_scores: Array
    boxes: Array
    score: Array
    look: Array
    cut: Array
    weight: Array


def merge(looks: Sequence[Seen], size: tuple[int, int], keep: float = 0.1, *, raw: bool = False) -> People:
    """People of one picture of `size` (width, height), best first, from what several looks saw.

    Args:
        looks: at least one.
        size: of the picture.
        keep: people below this score are dropped.
        raw: with one look, leave the net's scores as they are.
    """
    body = skeleton("coco17")
    finds = _gather(looks, size)
    if not len(finds.score):
        return People.empty(body)
    if len(looks) == 1:  # nothing to merge, and the net has removed its own duplicates
        return _people(finds.points, finds.point_scores, finds.boxes, looks[0].score if raw else finds.score, keep, body)
    alike = _alike(finds, np.array(body.sigmas))
    groups = _groups(finds, alike)
    boxes = np.stack([_box(finds, group) for group in groups])
    spread = 1.4 * np.array(body.sigmas) * side(boxes)[:, None]
    joined = [_joints(finds, group, s) for group, s in zip(groups, spread, strict=True)]
    points, point_scores = (np.stack(column) for column in zip(*joined, strict=True))
    return _people(points, point_scores, boxes, _score(finds, groups, boxes, looks), keep, body)


def _people(points: Array, point_scores: Array, boxes: Array, score: Array, keep: float, body: Skeleton) -> People:
    order = np.argsort(-score, kind="stable")
    order = order[score[order] >= keep]
    return People(boxes[order], np.minimum(score[order], 1), points[order], np.minimum(point_scores[order], 1), body)


def _gather(looks: Sequence[Seen], size: tuple[int, int]) -> _Finds:
    sides = [side(s.boxes) * s.scale for s in looks]
    cut = np.concatenate([_cut(s, size) for s in looks])
    return _Finds(
        np.concatenate([s.points for s in looks]),
        np.concatenate([s.point_scores for s in looks]),
        np.concatenate([s.boxes for s in looks]),
        np.concatenate([fair_score(s.score, n) for n, s in zip(sides, looks, strict=True)]),
        np.repeat(np.arange(len(looks)), [len(s.score) for s in looks]),
        cut,
        clarity(np.concatenate(sides)) * np.where(cut, 0.2, 1.0) + 1e-3,
    )


def side(boxes: Array) -> Array:
    """Root of the area of (…, 4) boxes, at least 1."""
    return np.asarray(np.sqrt(np.prod(np.maximum(boxes[..., 2:] - boxes[..., :2], 1), axis=-1)))


def _cut(seen: Seen, size: tuple[int, int]) -> Array:
    """(n,) bool: the box touches a border of the look that is not a border of the picture."""
    x1, y1, x2, y2 = seen.box
    inner = np.array([x1 > 0, y1 > 0, x2 < size[0], y2 < size[1]])
    gap = np.abs(seen.boxes - np.array(seen.box)) * seen.scale
    beyond = np.concatenate([seen.boxes[:, :2] < [x1, y1], seen.boxes[:, 2:] > [x2, y2]], axis=1)
    return np.asarray((((gap < BORDER) | beyond) & inner).any(axis=1))


def _alike(finds: _Finds, sigmas: Array) -> Array:
    """(m, m) likeness of finds: mean of keypoint similarity and box overlap; of the smaller box's share if one is cut off."""
    area = side(finds.boxes) ** 2 * 0.5
    p, s = finds.points, finds.point_scores
    keypoints = oks(p, s, p, s, np.sqrt(area[:, None] * area[None]), sigmas, LEAST)
    overlap = iou(finds.boxes, finds.boxes)
    if finds.cut.any():
        low = np.maximum(finds.boxes[:, None, :2], finds.boxes[None, :, :2])
        high = np.minimum(finds.boxes[:, None, 2:], finds.boxes[None, :, 2:])
        within = np.prod(np.maximum(high - low, 0), axis=-1) / (2 * np.minimum(area[:, None], area[None]))
        overlap = np.where((finds.cut[:, None] | finds.cut[None]) & (keypoints > PIECE), within, overlap)
    return np.asarray((keypoints + overlap) / 2)


def _groups(finds: _Finds, alike: Array) -> list[Array]:
    """Indices of the finds of each person; the first of a group leads it. Greedy, the most trusted find first."""
    trust = finds.score * finds.weight
    free = np.ones(len(trust), bool)
    groups = []
    for lead in np.argsort(-trust, kind="stable"):
        if not free[lead]:
            continue
        mine = free & (finds.look == finds.look[lead])
        near = free & (alike[lead] > np.where(mine, TWICE, SAME))
        near[lead] = True
        free &= ~near
        group = np.flatnonzero(near)
        group = group[np.lexsort((-trust[group], group != lead))]
        _, first = np.unique(finds.look[group], return_index=True)  # one vote a look
        groups.append(group[np.sort(first)])
    return groups


def _box(finds: _Finds, group: Array) -> Array:
    """(4,) mean box of the finds of one person, as far as they are whole."""
    weight = finds.weight[group] * np.where(finds.cut[group], 1e-3, 1)
    return np.asarray((finds.boxes[group] * weight[:, None]).sum(0) / weight.sum())


def _joints(finds: _Finds, group: Array, spread: Array) -> tuple[Array, Array]:
    """Joints (17, 2) and scores (17,) of one person."""
    if len(group) == 1:
        return finds.points[group[0]], finds.point_scores[group[0]]
    return average(finds.points[group], finds.point_scores[group], finds.weight[group], spread)


def _score(finds: _Finds, groups: Sequence[Array], boxes: Array, looks: Sequence[Seen]) -> Array:
    """(g,) scores of persons: half way between the best find and the mean of all looks that could have seen them."""
    rows, finder = np.concatenate(groups), np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    scales = np.array([seen.scale for seen in looks])
    chance = clarity(side(boxes)[:, None] * scales) * _shown(boxes, np.array([seen.box for seen in looks], float))
    chance[:, [seen.full for seen in looks]] = 0.0  # they had no place left to say so
    chance[finder, finds.look[rows]] = finds.weight[rows]
    votes = np.zeros(chance.shape)
    votes[finder, finds.look[rows]] = finds.score[rows]
    return np.asarray((votes.max(axis=1) + (votes * chance).sum(axis=1) / chance.sum(axis=1)) / 2)


def _shown(boxes: Array, parts: Array) -> Array:
    """(g, l) for boxes (g, 4) and the parts (l, 4) that looks show: 1 where all is shown, 0 from less than four fifths on."""
    low, high = np.maximum(boxes[:, None, :2], parts[None, :, :2]), np.minimum(boxes[:, None, 2:], parts[None, :, 2:])
    share = np.prod(np.maximum(high - low, 0), axis=-1) / (side(boxes) ** 2)[:, None]
    return np.asarray(np.clip(5 * share - 4, 0, 1))


def average(points: Array, scores: Array, weight: Array, spread: Array) -> tuple[Array, Array]:
    """Joints (17, 2) and scores (17,) of (g, 17, 2) finds: the mean of those that agree with the best supported one.

    `spread` (17,) is the distance, in pixels, at which two places of a joint are one standard deviation apart.
    """
    trust = weight[:, None] * scores  # (g, 17)
    gap = ((points[:, None] - points[None]) ** 2).sum(-1)  # (g, g, 17)
    agree = np.exp(-gap / (2 * spread**2))
    best = np.argmax((agree * trust[None]).sum(1), axis=0)  # (17,): whom the others support most
    joint = np.arange(points.shape[1])
    share = agree[best, :, joint].T * trust  # (g, 17)
    mean = (points * share[..., None]).sum(0) / share.sum(0)[:, None]
    return mean, share.sum(0) / weight.sum()
