"""Outlines against labelled ones: overlap per person with whoever is missed counted as 0, and of all person pixels together.

The labels follow COCO (Lin et al., Microsoft COCO, 2014): people below 32 x 32 pixels are small, and where a crowd is labelled
as one region nothing is counted, neither for nor against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ShapeError
from ..types import Array, Masks

__all__ = ["MaskTruth", "mask_numbers", "match_masks", "overlaps"]

SMALL = 32 * 32  # pixels of a person below which an outline is not judged by itself
MANY = 12  # labelled joints from which a body counts as well visible
LEAST = 0.1  # overlap below which an outline is not that of a person


@dataclass(frozen=True)
class MaskTruth:
    """The labelled people of one picture.

    Attributes:
        masks: outlines of n people.
        areas: (n,) pixels, as labelled.
        joints: (n,) how many joints are labelled.
        ignore: (h, w) bool where a crowd is.
    """

    masks: Masks
    areas: Array
    joints: Array
    ignore: Array


def overlaps(one: Masks, other: Masks) -> Array:
    """(n, m) float64: intersection over union of each outline of one set with each of another; 0 where both are empty.

    Raises:
        ShapeError: they are of pictures of different size.
    """
    if one.size != other.size:
        raise ShapeError(f"expected outlines in pictures of one size, got {one.size} and {other.size}")
    found = np.zeros((len(one), len(other)))
    areas = one.areas, other.areas
    for i in range(len(one)):
        x, y, window = one.window(i)
        for j in range(len(other)):
            common = _common(x, y, window, *other.window(j))
            either = int(areas[0][i]) + int(areas[1][j]) - common
            found[i, j] = common / either if either else 0.0
    return found


def _common(x: int, y: int, a: Array, u: int, v: int, b: Array) -> int:
    left, top = max(x, u), max(y, v)
    right, bottom = min(x + a.shape[1], u + b.shape[1]), min(y + a.shape[0], v + b.shape[0])
    if right <= left or bottom <= top:
        return 0
    part = a[top - y : bottom - y, left - x : right - x] & b[top - v : bottom - v, left - u : right - u]
    return int(np.count_nonzero(part))


def match_masks(truth: Masks, found: Masks) -> tuple[Array, Array]:
    """Pair labelled people with found ones, the pair with most overlap first, nobody twice.

    Returns:
        partner (n,) int64, the row among the found or -1; overlap (n,) 0 to 1, 0 for those without a partner.
    """
    table = overlaps(truth, found)
    partner, overlap = np.full(len(truth), -1, np.int64), np.zeros(len(truth))
    while table.size and table.max() >= LEAST:
        i, j = divmod(int(np.argmax(table)), table.shape[1])
        partner[i], overlap[i] = j, table[i, j]
        table[i, :], table[:, j] = -1, -1
    return partner, overlap


def mask_numbers(truth: Sequence[MaskTruth], found: Sequence[Masks]) -> dict[str, float]:
    """What outlines are worth, over pictures.

    Args:
        truth: a picture each.
        found: the same pictures.

    Returns:
        mask_iou: mean over labelled people from 32 x 32 pixels up, who is missed counts 0.
        mask_iou_median_12: median over those of them with 12 labelled joints or more.
        mask_iou_found: mean over those who were found.
        mask_iou_picture: all person pixels of a picture against all labelled ones, mean over pictures with people.
        people, missed (share of them without a partner), false_people (found without a partner, mostly outside crowds).
        NaN where there is nothing to average.
    """
    scores: list[tuple[float, bool]] = []  # overlap, well visible
    pictures: list[float] = []
    false = 0
    for known, seen in zip(truth, found, strict=True):
        partner, overlap = match_masks(known.masks, seen)
        judged = known.areas >= SMALL
        scores += zip(overlap[judged].tolist(), (known.joints[judged] >= MANY).tolist(), strict=True)
        false += _false(seen, set(partner.tolist()), known.ignore)
        if len(known.masks):
            pictures.append(_together(known, seen))
    values = np.array([score for score, _ in scores])
    return {
        "mask_iou": _mean(values),
        "mask_iou_median_12": float(np.median(clear)) if (clear := [s for s, many in scores if many]) else float("nan"),
        "mask_iou_picture": _mean(np.array(pictures)),
        "mask_iou_found": _mean(values[values > 0]),
        "people": len(values),
        "missed": _mean((values == 0).astype(float)),
        "false_people": false,
    }


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _false(seen: Masks, matched: set[int], ignore: Array) -> int:
    count = 0
    for row in range(len(seen)):
        x, y, window = seen.window(row)
        pixels = int(np.count_nonzero(window))
        crowd = int(np.count_nonzero(window & ignore[y : y + window.shape[0], x : x + window.shape[1]]))
        count += pixels > 0 and row not in matched and crowd <= pixels / 2
    return count


def _together(known: MaskTruth, seen: Masks) -> float:
    """Overlap of all person pixels of a picture, those in a crowd left out."""
    own, other = (_union(masks) & ~known.ignore for masks in (known.masks, seen))
    either = int(np.count_nonzero(own | other))
    return int(np.count_nonzero(own & other)) / either if either else 1.0


def _union(masks: Masks) -> Array:
    full = np.zeros(masks.shape[1:], bool)
    for row in range(len(masks)):
        x, y, window = masks.window(row)
        full[y : y + window.shape[0], x : x + window.shape[1]] |= window
    return full
