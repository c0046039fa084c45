"""Whom a clip is about: one person, or two where two are there all along."""

from __future__ import annotations

import numpy as np

from ..geometry import points_box
from ..types import Array, PoseSequence

__all__ = ["joined", "main_people"]

ALL_ALONG = 0.6  # share of the main person's moments at which a second is there, to belong to the action
NEAR = 0.55  # how much of the main person's presence (size, summed over time) a second one has at least
PAUSE = 1.0  # seconds out of sight after which a track may go on under another id
STEP = 0.7  # of a person's size: how far the place where one track ends and the next begins may be apart


def main_people(clip: PoseSequence, *, tracked: bool = True) -> PoseSequence:
    """The person seen largest for longest; also a second one who is there nearly all along and not far behind.

    A track that ends where another begins a moment later is one person. Where people were not tracked but given, as in a
    file made to be a clip, up to two are kept whatever they do. There is always one person at least: of a clip that shows
    nobody, one without joints.
    """
    if not clip.points.shape[1]:
        shape = (len(clip), 1, *clip.points.shape[2:])
        return PoseSequence(np.full(shape, np.nan), np.zeros(shape[:3]), clip.times, clip.skeleton, size=clip.size)
    if clip.points.shape[1] == 1:
        return clip
    clip = joined(clip) if tracked else clip
    seen = np.asarray((clip.scores > 0).any(2))  # (t, n)
    there = np.flatnonzero(seen.any(0))
    if len(there) > (1 if tracked else 2):
        there = _main(clip, seen)
    return _only(clip, there if len(there) else np.zeros(1, np.int64))


def _only(clip: PoseSequence, rows: Array) -> PoseSequence:
    if len(rows) == clip.points.shape[1]:
        return clip
    return PoseSequence(clip.points[:, rows], clip.scores[:, rows], clip.times, clip.skeleton, clip.ids[rows], clip.size)


def _main(clip: PoseSequence, seen: Array) -> Array:
    presence = np.nan_to_num(_diagonals(points_box(clip.points, clip.scores))).sum(0)
    first, second = np.argsort(-presence, kind="stable")[:2]
    together = (seen[:, first] & seen[:, second]).sum() / max(seen[:, first].sum(), 1)
    both = together >= ALL_ALONG and presence[second] >= NEAR * presence[first]
    return np.sort([first, second]) if both else np.array([first])


def _diagonals(boxes: Array) -> Array:
    return np.asarray(np.hypot(boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1]))


def joined(clip: PoseSequence) -> PoseSequence:
    """Tracks that go on where another ended, as one."""
    seen = np.asarray((clip.scores > 0).any(2))
    spans = {n: np.flatnonzero(seen[:, n])[[0, -1]] for n in range(seen.shape[1]) if seen[:, n].any()}
    order = sorted(spans, key=lambda n: int(spans[n][0]))
    boxes = points_box(clip.points, clip.scores)
    chains: list[list[int]] = []
    for n in order:
        start = int(spans[n][0])
        ended = [chain for chain in chains if _goes_on(clip.times, boxes, (int(spans[chain[-1]][1]), chain[-1]), (start, n))]
        if ended:
            max(ended, key=lambda chain: int(spans[chain[-1]][1])).append(n)
        else:
            chains.append([n])
    if all(len(chain) == 1 for chain in chains):
        return clip
    points, scores = clip.points.copy(), clip.scores.copy()
    for first, *others in chains:
        for n in others:
            at = seen[:, n]
            points[at, first], scores[at, first] = clip.points[at, n], clip.scores[at, n]
    rows = np.array(sorted(chain[0] for chain in chains))
    return _only(PoseSequence(points, scores, clip.times, clip.skeleton, clip.ids, clip.size), rows)


def _goes_on(times: Array, boxes: Array, end: tuple[int, int], start: tuple[int, int]) -> bool:
    """Whether the person of `start` (moment, row) may be the one of `end`."""
    if end[0] >= start[0] or times[start[0]] - times[end[0]] > PAUSE:
        return False
    before, after = boxes[end], boxes[start]
    sizes = _diagonals(np.stack([before, after]))
    apart = float(np.hypot(*((before[:2] + before[2:]) / 2 - (after[:2] + after[2:]) / 2)))
    return bool(apart <= STEP * sizes.max() and sizes.min() >= sizes.max() / 2)
