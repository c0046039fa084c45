"""A hand is seen as a whole or not at all: single fingers of which nobody is sure make no hand."""

from __future__ import annotations

import numpy as np

from ..types import PoseSequence
from .limbs import need_whole_body
from .whole_body_names import LEFT_HAND, RIGHT_HAND

__all__ = ["drop_doubtful_hands"]

HALF = 0.5  # of a hand's joints must count, or it is none


def drop_doubtful_hands(clip: PoseSequence, least: float = 0.2) -> PoseSequence:
    """The same clip without hands that are mostly guessed, so that gaps can be filled from moments in which they are seen.

    A hand of which less than half of the joints have a score of `least` or more is left out at that moment, all of it; of other
    hands the joints below half of `least` are. A palm that comes from a body's joints alone stays: its fingers are never seen.

    Args:
        clip: of `wholebody133`.
        least: a score from which a joint counts as seen.
    """
    need_whole_body(clip, "drop_doubtful_hands")
    scores = clip.scores.copy()
    for hand in (LEFT_HAND, RIGHT_HAND):
        own = scores[..., list(hand)]
        fingers = own[..., [4, 8, 12, 16, 20]].max(axis=(0, 2), initial=0) > 0  # (n,): whose fingertips are ever seen
        seen = np.mean(own >= least, axis=-1, keepdims=True) >= HALF
        keep = (seen & (own >= least / 2)) | np.logical_not(fingers)[:, None]
        scores[..., list(hand)] = np.where(keep, own, 0)
    return PoseSequence(clip.points, scores, clip.times, clip.skeleton, clip.ids, clip.size)
