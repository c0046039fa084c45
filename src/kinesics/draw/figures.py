"""People as figures: bones by side, joints by person, outlines so that both read on any ground."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from ..types import Array, Skeleton
from .palette import INK, LEFT, NOBODY, RIGHT, Color, id_color
from .strokes import Rect, Strokes

_GRADES = ((0.4, 1.0), (0.22, 0.62), (0.0, 0.34))  # from this score on, this opacity
_HEAD = ("nose", "eye", "ear", "mouth", "head")
_PARTS = ("face", "left_hand", "right_hand")  # how the joints of parts with many points begin
_FACE, _HAND = 0.012, 0.028  # width of the lines of a dense face and of a hand of 21, in shares of their size


@dataclass(frozen=True)
class _Plan:
    """What can be said of a skeleton without looking at anybody."""

    bones: Array  # (m, 2) joints
    sides: tuple[int, ...]  # per bone: 0 middle, 1 left, 2 right
    fine: Array  # (m,) bool: of the face or a hand, drawn thinner
    fine_joints: Array  # (k,) bool
    head: Array  # joints of the head
    face: Array  # joints of a face of many points
    hands: tuple[Array, ...]  # joints of each hand of many points
    dense: Array  # (k,) bool: of these


def _side(name: str) -> int:
    words = name.split("_")
    return 1 if "left" in words else 2 if "right" in words else 0


@functools.cache
def _plan(skeleton: Skeleton) -> _Plan:
    sides = [_side(name) for name in skeleton.joints]
    fine = np.array([name.startswith(_HEAD) or any(f"_{part}" in name for part in (*_HEAD, "thumb", "index", "pinky"))
                     for name in skeleton.joints], bool)  # fmt: skip
    if skeleton.name.startswith("hand"):
        fine[:] = False
    bones = np.array(skeleton.bones, int).reshape(-1, 2)
    both = [{sides[a], sides[b]} - {0} for a, b in bones]
    head = [i for i, name in enumerate(skeleton.joints) if any(part in name for part in _HEAD) and "fore" not in name]
    parts = {start: [i for i, name in enumerate(skeleton.joints) if name.startswith(start)] for start in _PARTS}
    parts = {start: rows if len(rows) > 20 else [] for start, rows in parts.items()}
    face, *hands = (np.array(rows, int) for rows in parts.values())
    dense = np.zeros(len(fine), bool)
    dense[[row for rows in parts.values() for row in rows]] = True
    fine |= dense
    bone_sides = tuple(side.pop() if len(side) == 1 else 0 for side in both)
    return _Plan(bones, bone_sides, fine[bones].any(1), fine, np.array(head, int), face, tuple(hands), dense)


def head_rect(points: Array, scores: Array, box: Array, skeleton: Skeleton, least: float) -> Rect:
    """A rectangle (x1 y1 x2 y2) round one person's head; the top of the box where no joint of the head is seen."""
    head = _plan(skeleton).head
    seen = head[scores[head] >= least]
    x1, y1, x2, y2 = (float(v) for v in box)
    tall = max(y2 - y1, 1.0)
    half = 0.07 * tall
    if not len(seen):
        middle, wide = (x1 + x2) / 2, min(half, (x2 - x1) / 2)
        return middle - wide, y1, middle + wide, y1 + 2 * half
    low, high = points[seen].min(0), points[seen].max(0)
    half = max(half, float(high[0] - low[0]) * 0.6)
    middle = (low + high) / 2
    return float(middle[0] - half), float(low[1] - half), float(middle[0] + half), float(high[1] + half)


def bone_width(box: Array, size: tuple[int, int]) -> float:
    """Pixels: thicker for larger people and pictures, within bounds that keep it readable."""
    unit = picture_unit(size)
    return float(np.clip(0.0075 * max(box[3] - box[1], 0.6 * (box[2] - box[0])), 1.5 * unit, 4.5 * unit))


def picture_unit(size: tuple[int, int]) -> float:
    """1 at 720 rows, growing with the picture: what widths are multiples of; never below 0.75."""
    return max(min(size[1], size[0] * 0.75) / 720, 0.75)


def add_figure(
    strokes: Strokes,
    points: Array,
    scores: Array,
    identity: int,
    skeleton: Skeleton,
    width: float,
    size: tuple[int, int],
    *,
    least: float,
) -> None:
    """Add one person to what is drawn.

    Args:
        strokes: added to.
        points: (k, 2) pixels, NaN where missing.
        scores: (k,); below `least` nothing is drawn, the rest the fainter the lower.
        identity: for the colour; -1 grey.
        skeleton: names the joints.
        width: of bones, pixels.
        size: (width, height) of the picture; joints more than a picture away from it are left out.
        least: smallest score that is drawn.
    """
    plan = _plan(skeleton)
    near = ((points > (-size[0], -size[1])) & (points < (2 * size[0], 2 * size[1]))).all(1)  # NaN fails too
    scores = np.where(near, scores, 0)
    bone_scores = scores[plan.bones].min(1) if len(plan.bones) else np.zeros(0)
    head = plan.fine_joints & ~plan.dense
    dotted = ~(head & _cramped(points[head & (scores >= least) & near], width))
    dotted[plan.face] = False
    widths, edges = _widths(plan, points, (scores >= least) & near, width)
    for low, top, alpha in _bands(least):
        joints = np.flatnonzero((scores >= low) & (scores < top) & (scores > 0) & dotted)
        bones = np.flatnonzero((bone_scores >= low) & (bone_scores < top) & (bone_scores > 0))
        if not len(joints) and not len(bones):
            continue
        strokes.group(alpha, _around(points, joints, plan.bones[bones], 2.5 * width + 3) if alpha < 1 else (0, 0, 0, 0))
        _add_part(strokes, points, joints, bones, identity, plan, widths, edges, alpha == _GRADES[-1][1])


def _widths(plan: _Plan, points: Array, seen: Array, width: float) -> tuple[Array, Array]:
    """(k,) pixels of the lines at each joint, and of the outline on either side: parts of many points get fitting ones."""
    edges = np.full(len(points), max(0.35 * width, 0.9))
    widths = np.where(plan.fine_joints, 0.6 * width, width)
    for rows, share in ((plan.face, _FACE), *((hand, _HAND) for hand in plan.hands)):
        there = rows[seen[rows]]
        if len(there):
            widths[rows] = np.clip(share * np.ptp(points[there], axis=0).max(), 1.0, 0.6 * width)
            edges[rows] = np.clip(0.35 * widths[rows], 0.5, edges[rows])
    return widths, edges


def _around(points: Array, joints: Array, bones: Array, pad: float) -> Rect:
    """A rectangle that holds these joints and bones and what is drawn round them."""
    seen = points[np.concatenate([joints, bones.ravel()])]
    (x1, y1), (x2, y2) = seen.min(0).tolist(), seen.max(0).tolist()
    return x1 - pad, y1 - pad, x2 + pad, y2 + pad


def _cramped(points: Array, width: float) -> bool:
    """Whether the dots of a face would run into one blot."""
    return bool(len(points) and np.ptp(points, axis=0).max() < 7 * width)


@functools.cache
def _bands(least: float) -> list[tuple[float, float, float]]:
    """Scores from, scores below, opacity; faint first, so that what is sure lies on top."""
    bands, top = [], np.inf
    for low, alpha in _GRADES:
        low = max(low, least)
        if low < top:
            bands.append((low, top, alpha))
            top = low
    return bands[::-1]


def _add_part(
    strokes: Strokes,
    points: Array,
    joints: Array,
    bones: Array,
    identity: int,
    plan: _Plan,
    widths: Array,
    edges: Array,
    faint: bool,
) -> None:
    own = id_color(identity)
    tone: tuple[Color, Color, Color] = (own, LEFT, RIGHT) if identity >= 0 else (NOBODY, NOBODY, NOBODY)
    ends, centers = points[plan.bones[bones]], points[joints]
    lines = widths[plan.bones[bones]].min(1)
    sizes = np.where(plan.fine_joints[joints], 2.25, 2.1) * widths[joints]
    strokes.bones(ends, lines + 2 * edges[plan.bones[bones]].min(1), [INK] * len(bones))
    strokes.discs(centers, sizes + 2 * edges[joints], INK)
    strokes.bones(ends, lines, [tone[plan.sides[b]] for b in bones.tolist()])
    strokes.discs(centers, sizes, own)
    if faint:
        strokes.discs(centers, np.maximum(0.4 * sizes, 1.6), INK)
