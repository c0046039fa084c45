"""The proportions of a person, measured in pictures.

A picture shortens what does not lie in its plane and never lengthens it: a bone's typical length is a high percentile of those
seen.
"""

from __future__ import annotations

import numpy as np

from ..errors import UsageError
from ..types import Array, PoseSequence, skeleton
from .whole_body_names import FACE, LEFT_HAND, RIGHT_HAND

__all__ = ["LEAST", "PALMS", "TYPICAL", "head_of", "lengths_of", "limb_lengths", "need_whole_body"]

TYPICAL = 90.0  # percentile of the lengths seen that stands for a bone
LEAST = 0.2  # score from which a joint counts
MOMENTS = 3  # a bone that is seen less often is not measured

PALMS = (LEFT_HAND.start, RIGHT_HAND.start)
BONES: dict[str, tuple[tuple[int, int], ...]] = {  # both sides of a body are of one length
    "shoulders": ((5, 6),),
    "hips": ((11, 12),),
    "upper_arm": ((5, 7), (6, 8)),
    "forearm": ((7, 9), (8, 10)),
    "thigh": ((11, 13), (12, 14)),
    "shin": ((13, 15), (14, 16)),
    "foot": ((15, 17), (16, 20)),
    "palm": tuple((palm, palm + 9) for palm in PALMS),
    "palm_width": tuple((palm + 5, palm + 17) for palm in PALMS),
    "finger": tuple((palm + 9, palm + 10) for palm in PALMS),
    "eyes": ((1, 2),),
    "ears": ((3, 4),),
    "face_width": ((FACE.start, FACE.start + 16),),
    "face_height": ((FACE.start + 8, FACE.start + 21), (FACE.start + 8, FACE.start + 22)),
}


def need_whole_body(clip: PoseSequence, who: str) -> None:
    """UsageError for any other skeleton than `wholebody133`."""
    if clip.skeleton != skeleton("wholebody133"):
        raise UsageError(f"{who}: expected poses of wholebody133, got {clip.skeleton.name}; whole_body(clip) makes them")


def limb_lengths(clip: PoseSequence) -> dict[str, float]:
    """Typical lengths in pixels of one person's bones, both sides taken together.

    Args:
        clip: of `wholebody133` and one person (`clip.person(id)` picks one).

    Returns:
        shoulders, hips, torso, neck, upper_arm, forearm, thigh, shin, foot, palm, palm_width, finger, eyes, ears, face_width,
        face_height: those of them that were seen in three moments or more (or in all, of fewer).
    """
    need_whole_body(clip, "limb_lengths")
    if clip.points.shape[1] != 1:
        raise UsageError(f"limb_lengths: expected one person, got {clip.points.shape[1]}; clip.person(id) picks one")
    return lengths_of(clip.points[:, 0], clip.scores[:, 0])


def lengths_of(points: Array, scores: Array) -> dict[str, float]:
    """The same of arrays (t, 133, 2) and (t, 133)."""
    seen = np.where((scores >= LEAST)[..., None], points[..., :2], np.nan).astype(float)
    runs = {name: np.concatenate([seen[:, a] - seen[:, b] for a, b in pairs]) for name, pairs in BONES.items()}
    shoulders = (seen[:, 5] + seen[:, 6]) / 2
    runs["torso"] = shoulders - (seen[:, 11] + seen[:, 12]) / 2
    runs["neck"] = shoulders - head_of(seen)
    lengths = {}
    for name, vectors in runs.items():
        length = np.linalg.norm(vectors, axis=-1)
        length = length[np.isfinite(length)]
        if len(length) >= min(MOMENTS, len(points)) and len(length) and (typical := float(np.percentile(length, TYPICAL))) > 0:
            lengths[name] = typical
    return lengths


def head_of(points: Array) -> Array:
    """(…, 2) where the head is: between the ears, else the eyes, else at the nose, else amid the face."""
    with np.errstate(invalid="ignore"):
        middles = [points[..., [3, 4], :].mean(-2), points[..., [1, 2], :].mean(-2), points[..., 0, :]]
        middles.append(points[..., [FACE.start, FACE.start + 16], :].mean(-2))
    head = middles[0]
    for other in middles[1:]:
        head = np.where(np.isnan(head), other, head)
    return np.asarray(head)
