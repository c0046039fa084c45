"""Bones keep their lengths: learned for each person in the first seconds, kept ever after.

A length is the median of what was seen, weighted by how sure both ends were, drawn at first to what a person of that size has
(Drillis and Contini, 1966), the same left and right. Joints then move, the unsure ones most, until all bones have their
lengths (position based dynamics: Müller et al., 2007).
"""

from __future__ import annotations

import math

import numba
import numpy as np

from ..types import Array
from .anatomy import VOTED

# bones from the middle of the body outwards, and what share of the height each has; noses and ears hang on the head
_SHARES: dict[tuple[str, str], float] = {
    ("hip_center", "spine"): 0.12,
    ("spine", "shoulder_center"): 0.17,
    ("shoulder_center", "head"): 0.125,
    ("head", "nose"): 0.095,
    ("hip_center", "*_hip"): 0.053,
    ("shoulder_center", "*_shoulder"): 0.109,
    ("*_shoulder", "*_elbow"): 0.172,
    ("*_elbow", "*_wrist"): 0.146,
    ("*_wrist", "*_hand"): 0.050,
    ("*_hip", "*_knee"): 0.242,
    ("*_knee", "*_ankle"): 0.235,
    ("*_ankle", "*_foot"): 0.086,
    ("head", "*_ear"): 0.048,
}
_KINDS = len(_SHARES)


def _chain() -> tuple[list[tuple[int, int]], list[int]]:
    bones, kinds = [], []
    for kind, (one, other) in enumerate(_SHARES):
        for side in ("left", "right") if "*" in other else ("",):
            bones.append((VOTED.index(one.replace("*", side)), VOTED.index(other.replace("*", side))))
            kinds.append(kind)
    return bones, kinds


_PAIRS, _KIND_LIST = _chain()
#: (22, 2) the two joints of each bone in `VOTED`, parents first.
BONES: Array = np.array(_PAIRS, np.int64)
_KIND: Array = np.array(_KIND_LIST, np.int64)
_SHARE: Array = np.array(list(_SHARES.values()))

_BIN, _BINS = 0.005, 160  # metres; lengths up to 0.8 m
_LENIENT = (0.72, 1.35)  # how far a bone may be from its share of the person's height
_LENIENT_TRUNK = (0.35, 1.6)  # the same where a body is cut in two anywhere
_DOUBT = 2.0  # seconds' worth of sure looks after which what was seen counts as much as what is usual
_HALF = 12.0  # seconds of sure looks after which what is new counts half; keeps lengths from wandering
_ROUNDS = 8
_LOW, _HIGH = (np.array([(_LENIENT_TRUNK if "spine" in pair else _LENIENT)[i] for pair in _SHARES]) for i in (0, 1))
_USUAL_HEIGHT, _HEIGHT_RANGE = 1.68, (0.7, 2.2)


class Bones:
    """The bones of one person: `learn` a while, then `hold`.

    Attributes:
        lengths: (22,) metres as known now, in the order of `BONES`.
        height: metres, of somebody with such bones.
        seconds: how long sure looks have gone on.
    """

    def __init__(self) -> None:
        self._count = np.zeros((_KINDS, _BINS))
        self.seconds = 0.0
        self.height = _USUAL_HEIGHT
        self.lengths: Array = self.height * _SHARE[_KIND]

    def learn(self, joints: Array, confidence: Array, seconds: float) -> None:
        """Take in one look.

        Args:
            joints: (23, 3) metres in the order of `VOTED`, NaN where missing.
            confidence: (23,) 0 to 1.
            seconds: that this look stands for; capped at 0.1.
        """
        off = joints[BONES[:, 1]] - joints[BONES[:, 0]]
        length = np.sqrt((off * off).sum(axis=1))
        weight = (confidence[BONES[:, 0]] * confidence[BONES[:, 1]]) ** 2
        weight = np.where(np.isfinite(length) & (length < _BIN * _BINS), weight, 0.0)
        if not weight.any():
            return
        step = min(max(seconds, 0.0), 0.1)
        at = np.minimum(np.nan_to_num(length) / _BIN, _BINS - 1).astype(int)
        share = step / (1 + self.seconds / _HALF)
        np.add.at(self._count, (_KIND, at), share * weight)
        self.seconds += step * float(weight.mean())
        self._settle()

    def _settle(self) -> None:
        """Lengths from what was counted: medians, drawn to the usual, within what people have."""
        total = self._count.sum(axis=1)
        reached = np.cumsum(self._count, axis=1)
        half = 0.5 * total[:, None]
        at = np.minimum((reached < half).sum(axis=1), _BINS - 1)
        before = reached[np.arange(_KINDS), at] - self._count[np.arange(_KINDS), at]
        inside = (0.5 * total - before) / np.maximum(self._count[np.arange(_KINDS), at], 1e-12)
        median = _BIN * (at + np.clip(inside, 0, 1))
        seen = total > 0
        # the person's height: the weighted mean of what each kind of bone says, long ones louder
        loud = np.where(seen, np.minimum(total, _DOUBT) * _SHARE, 0.0)
        height = (loud * median / _SHARE).sum() / max(loud.sum(), 1e-9)
        height = (loud.sum() * height + 0.05 * _USUAL_HEIGHT) / (loud.sum() + 0.05)
        self.height = float(np.clip(height, *_HEIGHT_RANGE))
        usual = self.height * _SHARE
        trust = total / (total + 0.1 * _DOUBT)
        lengths = np.where(seen, trust * median + (1 - trust) * usual, usual)
        self.lengths = np.clip(lengths, _LOW * usual, _HIGH * usual)[_KIND]

    def hold(self, joints: Array, confidence: Array) -> Array:
        """The joints (23, 3) moved so that every bone has its length; missing ones stay missing, sure ones move least."""
        out = np.ascontiguousarray(joints, np.float64).copy()
        give = 1.0 / (0.03 + np.clip(np.nan_to_num(confidence.astype(float)), 0, 1) ** 2)
        _hold(out, give, BONES, self.lengths, _ROUNDS)
        return out


@numba.njit(cache=True, nogil=True)
def _hold(joints: Array, give: Array, bones: Array, lengths: Array, rounds: int) -> None:
    for turn in range(rounds + 1):
        for i in range(len(bones)):
            a, b = bones[i, 0], bones[i, 1]
            square = 0.0
            for axis in range(3):
                square += (joints[b, axis] - joints[a, axis]) ** 2
            if not square > 1e-12:  # missing, or both in one place
                continue
            length = math.sqrt(square)
            share = 0.0 if turn == rounds else give[a] / (give[a] + give[b])  # at last outwards, exactly
            pull = (length - lengths[i]) / length
            for axis in range(3):
                way = pull * (joints[b, axis] - joints[a, axis])
                joints[a, axis] += share * way
                joints[b, axis] -= (1 - share) * way
