"""What a model says of clips that were held out, after each share of them, and how sure that lets it be.

A few clips are held out from the whole model. The random convolutions' part alone can be asked about every clip as if it had
not learned from it, in closed form; how much its temperature differs between the few clips and all of them corrects the
temperature of the whole model (a control variate; Lavenberg and Welch 1981).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..types import PoseSequence
from ..types.arrays import Array
from .blend import LATE, BlendHead
from .calibration import SHARES, Calibration, fit_temperature, likeliest
from .reader import Reader, judged

__all__ = ["LeftOut", "answers_early", "best_share", "corrected", "rocket_alone"]

LeftOut = dict[float, tuple[Array, Array]]  # share seen -> logits (n, c) and labels (n,)
TRIED = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.65)  # shares of the random convolutions
HABIT = 0.15  # how far from the usual share one may go for two nats
FARTHEST = 2.0  # times that a temperature may be corrected


def answers_early(clips: Sequence[PoseSequence], rows: Array, reader: Reader, head: Any, classes: int) -> Array:
    """(shares, rows, classes) logits after each of `SHARES` of some clips; 0 where nobody is seen."""
    out = np.zeros((len(SHARES), len(rows), classes))
    for i, row in enumerate(rows):
        pooled = reader.beginnings(clips[row], SHARES)
        if pooled is not None:
            spans = np.array(SHARES) * (clips[row].times[-1] - clips[row].times[0])
            out[:, i] = judged(head, pooled, spans)
    return out


def best_share(clips: Sequence[PoseSequence], rows: Array, labels: Array, reader: Reader, head: BlendHead) -> float:
    """The share of the random convolutions with which some held-out clips are the likeliest, near the usual one if in doubt."""
    pooled = [(reader.pooled(clips[row]), labels[row]) for row in rows]
    seen = [(vector, label) for vector, label in pooled if vector is not None]
    if not seen:
        return LATE
    net, rocket = head.parts(np.stack([vector for vector, _ in seen]))
    truth = np.array([label for _, label in seen])
    losses = [likeliest(net + share * (rocket - net), truth)[1] + 2 * ((share - LATE) / HABIT) ** 2 for share in TRIED]
    return TRIED[int(np.argmin(losses))]


def rocket_alone(clips: Sequence[PoseSequence], rows: Array, labels: Array, reader: Reader, head: BlendHead) -> LeftOut:
    """What the random convolutions' heads say: the late one of whole clips, the early one of their beginnings."""
    pooled = [(reader.beginnings(clips[row], SHARES), labels[row]) for row in rows]
    seen = [(columns, label) for columns, label in pooled if columns is not None]
    if not seen:
        return {}
    columns, truth = np.stack([head.rocket_columns(c) for c, _ in seen], 1), np.array([label for _, label in seen])
    said = {1.0: (head.late.logits(columns[-1]), truth)}
    if head.early is not None:
        said |= {share: (head.early.logits(columns[i]), truth) for i, share in enumerate(SHARES[:-1])}
    return said


def corrected(calibration: Calibration, few: LeftOut, every: LeftOut, until: float) -> Calibration:
    """The temperatures, by how much those of the random convolutions differ between a few clips and all.

    Args:
        calibration: of the whole model, from the few clips.
        few: what the random convolutions say of the few clips, not having learned from them.
        every: the same of all clips.
        until: seconds that the head for beginnings is asked.
    """
    heats = calibration.temperature.copy()
    for i, share in enumerate(SHARES):
        at = share if calibration.seconds[i] < until else 1.0
        if at in few and at in every:
            factor = fit_temperature(*every[at]) / fit_temperature(*few[at])
            heats[i] *= np.clip(factor, 1 / FARTHEST, FARTHEST)
    return Calibration(calibration.seconds, heats)
