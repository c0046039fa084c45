"""How people move while they do something, in six plain numbers, so that what is quite unlike it is not called by its name.

A classifier compares what it knows and must choose; somebody who strolls by is then "bowling" with great certainty. What it has
learned from, though, also had its ways: nobody travels while drawing a circle, and a swing has fast arms. A stretch whose ways
are far outside those of all the clips of a class is none of it.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Sequence

import numpy as np

from ..types import Array, PoseSequence, Skeleton
from .energy import body_length, trunk
from .joints import part_of

__all__ = ["FACTS", "Ways", "learn_habits", "plausible", "ranges", "ways_of", "witnessed"]

# body lengths from where it began; body lengths a second relative to the hips, on average; how far the higher hand rises above
# the shoulders and how much the height of the hips over the feet changes, body lengths; how often the feet change places
FACTS = ("travel", "arms", "legs", "hands", "bend", "steps")
RATE = 12.0  # moments a second that are remembered
LAG = 0.25  # seconds over which speeds are taken: what only trembles, as joints do that are badly seen, gets nowhere in them
STEP = 0.04  # body lengths by which one foot is before or above the other
REACH = 10.0  # seconds
CLEAR = 0.2  # score from which a joint is seen
SHARP = 0.3  # score from which it is seen well enough to tell what it does
SHOWN = 0.5  # share of the time in which the limbs that do it must be seen that well
QUANTILES = 0.03, 0.97
# of the highest and of the lowest, and how much is allowed beyond, for another person and a camera's noise; a picture may hide
# most of a motion, but hardly what is upright
HIGH, BEYOND = np.array([1.35, 1.35, 1.35, 1.0, 1.2, 1.35]), np.array([0.12, 0.12, 0.12, 0.1, 0.06, 1.7])
LOW = {2: np.array([0.3, 0.5, 0.5, 1.0, 0.6, 0.5]), 3: np.array([0.6, 0.6, 0.6, 1.0, 0.7, 0.5])}
BELOW = np.array([0.02, 0.02, 0.02, 0.1, 0.02, 1.5])
ODD = 1.5  # sum of the squares of what is odd, 1 for each fact that is as odd as it may be


class Ways:
    """The last seconds of one person, and how they moved since any moment of them.

    Args:
        body: names of the joints.
    """

    def __init__(self, body: Skeleton) -> None:
        self.body = body
        self._past: deque[tuple[float, Array, float, tuple[float, float, float]]] = deque(maxlen=int(REACH * RATE) + 1)
        _, _, self._arms, _, self._legs, _ = limbs(body)

    def push(self, points: Array, scores: Array, time: float) -> None:
        """Take one more moment of the first person: (n, k, d), (n, k), seconds rising."""
        if self._past and time - self._past[-1][0] < 1 / RATE - 1e-6:
            return
        here = np.where((scores[0] > 0)[:, None], points[0], np.nan)
        arms, legs = (float(np.mean(scores[0, at] >= SHARP)) if at else 1.0 for at in (self._arms, self._legs))
        clear = float(np.mean(scores[0] >= CLEAR)), arms, legs
        self._past.append((time, here, body_length(here[None], self.body), clear))

    def seen(self, moment: float) -> Array:
        """(3,) share of the joints that were seen from `moment` to now, and of arms and legs that were seen well."""
        held = [one[3] for one in self._past if one[0] >= moment - 1e-6]
        return np.mean(held, axis=0) if held else np.ones(3)

    def since(self, moment: float) -> Array:
        """(6,) `FACTS` from `moment` to now; NaN where the joints for it are not seen."""
        held = [one[:3] for one in self._past if one[0] >= moment - 1e-6]
        if len(held) < 3:
            return np.full(len(FACTS), np.nan)
        times, points, lengths = (np.array(column) for column in zip(*held, strict=True))
        return facts(points, times, float(np.median(lengths)), self.body)


def facts(points: Array, times: Array, length: float, body: Skeleton) -> Array:
    """(6,) `FACTS` of a stretch.

    Args:
        points: (t, k, d), NaN where missing.
        times: (t,) seconds.
        length: of the body, in the points' unit.
        body: names of the joints.
    """
    hips, shoulders, arms, wrists, legs, feet = limbs(body)
    if not hips or length <= 0:
        return np.full(len(FACTS), np.nan)
    root = points[:, hips].mean(1)  # (t, d)
    known = np.isfinite(root).all(1)
    if known.sum() < 3:
        return np.full(len(FACTS), np.nan)
    points, root, times = points[known], root[known], times[known]
    travel = float(np.sqrt(((root - root[0]) ** 2).sum(-1)).max()) / length
    relative = points - root[:, None]
    speed = _speeds(relative, times) / length  # (t, k)
    up = -relative[..., 1] / length  # (t, k) body lengths above the hips
    hands = _quantile(up[:, wrists].T - up[:, shoulders].mean(1), 0.9)
    bend = _quantile(up[:, feet].T, 0.9) - _quantile(up[:, feet].T, 0.1)
    return np.array([travel, _mean(speed[:, arms]), _mean(speed[:, legs]), hands, bend, _steps(points[:, feet] / length)])


def _speeds(points: Array, times: Array) -> Array:
    """(t, k) how far each joint got in the `LAG` before each moment, a second; NaN where nothing is known."""
    before = np.searchsorted(times, times - LAG + 1e-6, "right") - 1
    before = np.maximum(before, 0)
    passed = times - times[before]
    enough = passed >= LAG / 2
    moved = np.sqrt(((points - points[before]) ** 2).sum(-1))
    return np.asarray(np.where(enough[:, None], moved / np.where(enough, passed, 1.0)[:, None], np.nan))


def _steps(feet: Array) -> float:
    """How often two feet (t, 2, d), body lengths, change places: before and behind, or up and down; NaN if not seen."""
    if feet.shape[1] != 2:
        return np.nan
    apart = feet[:, 0] - feet[:, 1]
    apart = apart[np.isfinite(apart).all(1)]
    if len(apart) < 3:
        return np.nan
    way = np.linalg.svd(apart - apart.mean(0), full_matrices=False)[2][0]  # in which they swing, not in which they stand apart
    along = apart @ way
    side = np.sign(np.where(np.abs(along) > STEP, along, 0.0))
    side = side[side != 0]
    return float((np.diff(side) != 0).sum())


def _quantile(rows: Array, share: float) -> float:
    """Of each row's known values, the highest of the rows; NaN if nothing is known."""
    ordered = np.sort(rows, axis=-1)  # what is not known comes last
    known = np.isfinite(ordered).sum(-1)
    found = [float(row[round(share * (n - 1))]) for row, n in zip(ordered, known.tolist(), strict=True) if n]
    return max(found, default=np.nan)


def _mean(values: Array) -> float:
    known = np.isfinite(values)
    return float(values[known].mean()) if known.any() else np.nan


@functools.lru_cache(64)
def limbs(body: Skeleton) -> tuple[list[int], ...]:
    """Indices of the hips, the shoulders, of elbows and wrists, of wrists, of knees and ankles, of ankles."""
    parts = [part_of(name)[0].rpartition(" ")[2] for name in body.joints]

    def at(*names: str) -> list[int]:
        return [i for i, part in enumerate(parts) if part in names]

    ends = list(trunk(body))
    return ends[2:], ends[:2], at("elbow", "wrist"), at("wrist"), at("knee", "ankle"), at("ankle")


def learn_habits(clips: Sequence[PoseSequence], labels: Array, classes: int) -> Array:
    """(c, 6, 2) lowest and highest of each of `FACTS` in the clips of each class; NaN where nobody knows.

    Args:
        clips: of one action each; the first person counts.
        labels: (n,) index of each clip's class.
        classes: c.
    """
    return ranges([ways_of(clip) for clip in clips], labels, classes)


def ways_of(clip: PoseSequence) -> Array:
    """(6,) `FACTS` of a whole clip's first person."""
    ways = Ways(clip.skeleton)
    for points, scores, time in zip(clip.points, clip.scores, clip.times.tolist(), strict=True):
        ways.push(points, scores, time)
    return ways.since(float(clip.times[0]) if len(clip) else 0.0)


def ranges(rows: Sequence[Array], labels: Sequence[int] | Array, classes: int) -> Array:
    """(c, 6, 2) lowest and highest of each fact in the rows (6,) of each class; NaN where nobody knows."""
    out = np.full((classes, len(FACTS), 2), np.nan)
    for label in range(classes):
        own = np.array([row for row, of in zip(rows, labels, strict=True) if of == label])
        for fact in range(len(FACTS)) if len(own) else ():
            known = own[np.isfinite(own[:, fact]), fact]
            if len(known):
                out[label, fact] = np.quantile(known, QUANTILES)
    return out


def plausible(found: Array, habits: Array, dims: int, *, grace: float = 1.0) -> Array:
    """(c,) whether a stretch could be each class, by its ways: several a little odd are together as bad as one very odd.

    Args:
        found: (6,) `FACTS` of the stretch; NaN says nothing.
        habits: (c, 6, 2) of `learn_habits`; NaN allows everything.
        dims: coordinates a joint of the stretch.
        grace: how much wider the ranges are taken, above 1 where they were learned from a few clips.
    """
    least, most = habits[..., 0], habits[..., 1]
    below = np.abs(least) * (1 - LOW[dims] / grace) + BELOW * grace
    above = np.abs(most) * (HIGH * grace - 1) + BEYOND * grace
    odd = np.fmax(np.fmax((least - found) / below, (found - most) / above), 0.0)
    return np.asarray((np.nan_to_num(odd) ** 2).sum(-1) <= ODD)


def witnessed(seen: Array, habits: Array) -> Array:
    """(c,) whether the limbs that do it were seen well enough to say so: who swings unseen arms may as well hold a bag.

    Args:
        seen: (3,) of `Ways.seen`.
        habits: (c, 6, 2) of `learn_habits`; NaN asks for nothing.
    """
    arms, legs = np.nan_to_num(habits[:, FACTS.index("arms")].mean(-1)), np.nan_to_num(habits[:, FACTS.index("legs")].mean(-1))
    share = np.where(arms + legs > 0, arms / np.maximum(arms + legs, 1e-9), np.nan)
    return np.asarray(~(share * seen[1] + (1 - share) * seen[2] < SHOWN))
