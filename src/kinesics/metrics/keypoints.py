"""Average precision of joints as COCO defines it (Lin et al. 2014; keypoint task), in numpy.

A prediction matches a person when their object keypoint similarity reaches a threshold; precision is read at 101 recalls and
averaged over the ten thresholds 0.50, 0.55 … 0.95. Crowds and people without labelled joints are "ignore": finding them
neither helps nor hurts. At most 20 predictions a picture count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ShapeError
from ..types import Array, People

__all__ = ["COCO_AREAS", "PoseTruth", "coco_oks", "keypoint_ap"]

THRESHOLDS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0, 1, 101)
MOST = 20
COCO_AREAS = {"all": (0.0, 1e10), "medium": (32.0**2, 96.0**2), "large": (96.0**2, 1e10)}


@dataclass(frozen=True, eq=False)
class PoseTruth:
    """The labelled people of one picture.

    Attributes:
        points: (n, k, 2) pixels.
        visible: (n, k) int, 0 unlabelled, 1 labelled but hidden, 2 visible.
        boxes: (n, 4) x1 y1 x2 y2.
        areas: (n,) square pixels of the outline.
        crowd: (n,) bool, one label for a group.
    """

    points: Array
    visible: Array
    boxes: Array
    areas: Array
    crowd: Array

    def __post_init__(self) -> None:
        n = len(self.points)
        shapes = [np.shape(a) for a in (self.points[..., 0], self.visible, self.boxes, self.areas, self.crowd)]
        k = shapes[0][1:]
        if shapes != [(n, *k), (n, *k), (n, 4), (n,), (n,)]:
            raise ShapeError(
                f"PoseTruth: expected (n, k, 2), (n, k), (n, 4), (n,), (n,), got {[np.shape(self.points), *shapes[1:]]}"
            )

    @property
    def ignore(self) -> Array:
        """(n,) bool: crowds and people without a labelled joint."""
        return np.asarray(self.crowd.astype(bool) | ~(self.visible > 0).any(axis=1))


def coco_oks(points: Array, truth: PoseTruth, sigmas: Array) -> Array:
    """Object keypoint similarity of (m, k, 2) predictions to each labelled person: (m, n).

    A person without labelled joints is met by any prediction whose joints lie in the doubled box, as COCO has it.
    """
    if not len(points) or not len(truth.points):
        return np.zeros((len(points), len(truth.points)))
    gap = points[:, None] - truth.points[None]  # (m, n, k, 2)
    labelled: Array = np.asarray(truth.visible > 0)
    bare: Array = np.asarray(~labelled.any(axis=1))
    if bare.any():
        low = 2 * truth.boxes[:, None, :2] - truth.boxes[:, None, 2:]  # (n, 1, 2): the box, its own size further out
        high = 2 * truth.boxes[:, None, 2:] - truth.boxes[:, None, :2]
        beyond = np.maximum(0, low[None] - points[:, None]) + np.maximum(0, points[:, None] - high[None])
        gap = np.where(bare[None, :, None, None], beyond, gap)
        labelled = labelled | bare[:, None]
    spread = 2 * (2 * np.asarray(sigmas, float)) ** 2
    near = np.exp(-(gap**2).sum(-1) / (spread * (truth.areas[:, None] + np.spacing(1))))
    return np.asarray((near * labelled).sum(-1) / labelled.sum(-1))


def _match(similarity: Array, ignore: Array, crowd: Array) -> tuple[Array, Array, Array]:
    """Greedy matching at each threshold, best predictions first: matched (t, m), its ignore flag (t, m), found (t, n)."""
    m, n = similarity.shape
    matched = np.zeros((len(THRESHOLDS), m), bool)
    ignored = np.zeros((len(THRESHOLDS), m), bool)
    taken = np.zeros((len(THRESHOLDS), n), bool)
    for t, threshold in enumerate(THRESHOLDS):
        for d in range(m):
            free = (~taken[t] | crowd) & (similarity[d] >= min(threshold, 1 - 1e-10))
            for group in (free & ~ignore, free & ignore):  # real people first
                if group.any():
                    best = np.where(group, similarity[d], -1)
                    g = n - 1 - int(np.argmax(best[::-1]))  # of equals the last, as the reference does
                    matched[t, d], ignored[t, d], taken[t, g] = True, ignore[g], True
                    break
    return matched, ignored, taken


def _curve(scores: Array, true: Array, false: Array, people: int) -> tuple[float, float]:
    """Mean precision over 101 recalls, and the last recall."""
    order = np.argsort(-scores, kind="mergesort")
    tp, fp = np.cumsum(true[order]), np.cumsum(false[order])
    recall = tp / people
    precision = tp / np.maximum(tp + fp, np.spacing(1))
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, RECALLS, side="left")
    read = np.append(precision, 0.0)[np.minimum(at, len(precision))]
    return float(read.mean()), float(recall[-1]) if len(recall) else 0.0


def keypoint_ap(truth: Sequence[PoseTruth], found: Sequence[People]) -> dict[str, float]:
    """COCO keypoint AP and AR over pictures.

    Args:
        truth: one a picture.
        found: predictions for the same pictures, ranked by `People.score`; every joint counts, so models should
            give coordinates for hidden joints too (a missing one counts as infinitely far).

    Returns:
        AP, AP50, AP75, AP_medium, AP_large, AR, AR50, AR75, AR_medium, AR_large, 0 to 100; NaN where nobody is labelled.
    """
    if len(truth) != len(found):
        raise ShapeError(f"keypoint_ap: expected one prediction a picture, got {len(found)} for {len(truth)}")
    pairs = [_prepare(t, p) for t, p in zip(truth, found, strict=True)]
    result: dict[str, float] = {}
    for name, span in COCO_AREAS.items():
        ap, ar = _over(pairs, span)
        suffix = "" if name == "all" else f"_{name}"
        result["AP" + suffix], result["AR" + suffix] = 100 * float(np.mean(ap)), 100 * float(np.mean(ar))
        if name == "all":
            result |= {"AP50": 100 * ap[0], "AP75": 100 * ap[5], "AR50": 100 * ar[0], "AR75": 100 * ar[5]}
    order = ("AP", "AP50", "AP75", "AP_medium", "AP_large", "AR", "AR50", "AR75", "AR_medium", "AR_large")
    return {key: result[key] for key in order}


def _prepare(truth: PoseTruth, people: People) -> tuple[PoseTruth, Array, Array, Array]:
    """The best 20 of a picture: truth, similarity (m, n), scores (m,), areas (m,)."""
    rows = np.argsort(-people.score.astype(np.float64), kind="mergesort")[:MOST]
    points = people.points[rows][..., :2].astype(np.float64)
    sides = np.nanmax(points, axis=1, initial=-np.inf) - np.nanmin(points, axis=1, initial=np.inf)
    areas = np.prod(np.where(np.isfinite(sides), sides, 0), axis=1)
    similarity = coco_oks(np.nan_to_num(points, nan=1e9), truth, np.array(people.skeleton.sigmas))
    return truth, similarity, people.score[rows].astype(np.float64), areas


def _over(pairs: Sequence[tuple[PoseTruth, Array, Array, Array]], span: tuple[float, float]) -> tuple[list[float], list[float]]:
    """AP and AR a threshold for people whose area lies in `span`."""
    scores, hits, wrong, people = [], [], [], 0
    for truth, similarity, score, areas in pairs:
        ignore = truth.ignore | (truth.areas < span[0]) | (truth.areas > span[1])
        matched, ignored, _ = _match(similarity, ignore, truth.crowd.astype(bool))
        ignored = ignored | (~matched & ((areas < span[0]) | (areas > span[1]))[None])
        scores.append(score)
        hits.append(matched & ~ignored)
        wrong.append(~matched & ~ignored)
        people += int((~ignore).sum())
    if not people:
        return [float("nan")] * len(THRESHOLDS), [float("nan")] * len(THRESHOLDS)
    rank, true, false = np.concatenate(scores), np.concatenate(hits, axis=1), np.concatenate(wrong, axis=1)
    curves = [_curve(rank, true[t], false[t], people) for t in range(len(THRESHOLDS))]
    return [c[0] for c in curves], [c[1] for c in curves]
