"""One wrist where there were two: the body's and the hand's."""

from __future__ import annotations

import numpy as np

from ..types import PoseSequence
from .limbs import need_whole_body
from .whole_body_names import LEFT_HAND, RIGHT_HAND

__all__ = ["correct_wrists"]

CLOSER = 2.0  # a hand's model looks closer than a body's: its wrist counts so much more at the same score
APART = 2.0  # palms; what is further apart is not averaged, the surer one counts alone


def correct_wrists(clip: PoseSequence) -> PoseSequence:
    """The same clip with one wrist for arm and hand: the mean of the two, weighted by their scores.

    A hand moves along with its wrist as it is. Where only one of the two is seen it stands for both, if the hand has any other
    joint. Doing it twice changes nothing.

    Args:
        clip: of `wholebody133`.
    """
    need_whole_body(clip, "correct_wrists")
    points, scores = clip.points.astype(float), clip.scores.copy()
    for arm, hand in ((9, list(LEFT_HAND)), (10, list(RIGHT_HAND))):
        lone = (scores[..., hand[0]] == 0) & (scores[..., hand[1:]] > 0).any(axis=-1)
        points[lone, hand[0]], scores[lone, hand[0]] = points[lone, arm], scores[lone, arm]
        body, sure = points[..., arm, :], scores[..., arm]
        own, own_sure = points[..., hand[0], :], CLOSER * scores[..., hand[0]]
        palm = np.linalg.norm(points[..., hand[9], :2] - own[..., :2], axis=-1)
        far = np.linalg.norm(own[..., :2] - body[..., :2], axis=-1) > APART * palm
        share = own_sure / np.maximum(own_sure + sure, 1e-9)
        share = np.where(far, share > 0.5, share)[..., None]
        both = np.where(share >= 1, own, np.where(share <= 0, body, body + share * (own - body)))
        there = scores[..., hand[0]] > 0
        points[..., hand, :] += np.nan_to_num(both - own)[..., None, :]
        points[..., arm, :] = np.where(there[..., None], both, body)
        points[..., hand[0], :] = np.where(there[..., None], both, np.nan)
        best = np.maximum(sure, scores[..., hand[0]])
        scores[..., arm], scores[..., hand[0]] = best, np.where(there, best, 0)
    return PoseSequence(points, scores, clip.times, clip.skeleton, clip.ids, clip.size)
