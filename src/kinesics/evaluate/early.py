"""What a classifier knows while an action is still going on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..metrics.calibration import calibration_error
from ..types import Array, PoseSequence
from .asking import ActionModel, places_of, proba_of

__all__ = ["SHARES", "beginning", "early_numbers", "proba_at"]

SHARES = (10, 25, 50, 75, 100)
FINE = tuple(range(5, 101, 5))  # percent; among them the first one at which the label is right


def beginning(clip: PoseSequence, share: float) -> PoseSequence:
    """The first `share` (0 to 1) of a clip's time, at least its first moment; a model that is asked about it sees no more."""
    if not len(clip):
        return clip
    until = clip.times[0] + share * (clip.times[-1] - clip.times[0])
    return clip[: max(int(np.searchsorted(clip.times, until + 1e-9, side="right")), 1)]


def proba_at(model: ActionModel, clips: Sequence[PoseSequence], share: float) -> Array:
    """(n, c): what is believed when the first `share` of each clip has been seen."""
    return proba_of(model, [beginning(clip, share) for clip in clips])


def early_numbers(model: ActionModel, clips: Sequence[PoseSequence], labels: Sequence[str]) -> dict[str, float]:
    """Accuracy and calibration by the share of the action that has been seen.

    Returns:
        accuracy_at_10 … accuracy_at_100 (0 to 100), ece_at_10 … (15 even intervals), seconds_to_first_correct (median over
        clips that were ever right, in steps of 5 % of the clip) and seconds_to_stay_correct (from then on right to the end),
        share_to_first_correct and share_to_stay_correct (of the clip's time), never_correct (share of clips).
    """
    truth = places_of(model, labels)
    found: dict[str, float] = {}
    right = np.zeros((len(FINE), len(clips)), bool)
    for row, percent in enumerate(FINE):
        proba = proba_at(model, clips, percent / 100)
        right[row] = proba.argmax(1) == truth
        if percent in SHARES:
            found[f"accuracy_at_{percent}"] = 100 * float(right[row].mean())
            found[f"ece_at_{percent}"] = calibration_error(truth, proba)
    return found | _delays(right, np.array([clip.times[-1] - clip.times[0] if len(clip) else 0.0 for clip in clips]))


def _delays(right: Array, seconds: Array) -> dict[str, float]:
    """From right (steps, n) bool: when an answer was right for the first time, and when for good."""
    steps, step = len(right), np.array(FINE) / 100
    ever, last = right.any(0), right[-1]
    first = step[right.argmax(0)]
    wrong_last = steps - 1 - (~right)[::-1].argmax(0)  # the last step at which it was wrong
    stays = step[np.minimum(np.where(right.all(0), 0, wrong_last + 1), steps - 1)]
    return {
        "seconds_to_first_correct": _median((first * seconds)[ever]),
        "share_to_first_correct": _median(first[ever]),
        "seconds_to_stay_correct": _median((stays * seconds)[last]),
        "share_to_stay_correct": _median(stays[last]),
        "never_correct": float((~ever).mean()),
    }


def _median(values: Array) -> float:
    return float(np.median(values)) if len(values) else float("nan")
