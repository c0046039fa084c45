"""Any skeleton as a whole body: the 133 joints that the viewer draws from, whatever the poses came from.

What a source has under another name is taken over. What it has not is borrowed where that is honest, for a part of the score
(an ear from the edge of the face, the wrist from the hand, a nose from eyes, mouth and temples), and else stays missing.
"""

from __future__ import annotations

import numpy as np

from ..errors import UsageError
from ..types import Array, PoseSequence, skeleton
from .whole_body_names import BODY, FACE, FAR, FEET, LEFT_HAND, NEAR, RIGHT_HAND, sources_of

__all__ = ["PARTS", "missing_parts", "whole_body"]

PARTS = {"body": BODY, "left hand": LEFT_HAND, "right hand": RIGHT_HAND, "face": FACE, "feet": FEET}
"""The parts of a whole body and their joints, in the order in which they are told."""
UNIT = 16.0  # an extent of less is no picture's: metres, shares of the width, shares of the shoulders
PICTURE = 512.0  # pixels that such an extent becomes
ENOUGH = 1 / 3  # of its joints make a part

_EYES = {2: range(59, 65), 1: range(65, 71)}
_EARS = {4: (23, 24), 3: (38, 39)}
# nose = eyes + DOWN (mouth - eyes) + OUT (eyes - temples): least squares over 2336 frames that have a nose, MediaPipe's mesh
DOWN, OUT = 0.57, 0.67


def whole_body(clip: PoseSequence, *, hand: str = "right") -> PoseSequence:
    """The same people with the 133 joints of `wholebody133`, in two dimensions.

    Known by name: COCO, BlazePose, MediaPipe holistic (whole or in part), OpenPose (25, 135, 137), AlphaPose, Kinect
    and others, hands alone. Two or more joints of a person at exactly (0, 0) are taken for missing.

    Args:
        clip: any number of people of any skeleton; of three coordinates x and y are taken. Coordinates that cannot be pixels
            (metres, shares of a width) are scaled, and `size` is set.
        hand: whose a hand is that does not say: left or right.

    Raises:
        UsageError: the skeleton has no joint that is known.
    """
    if hand not in ("left", "right"):
        raise UsageError(f"hand should be left or right, got {hand!r}")
    sources = sources_of(clip.skeleton, hand)
    if not any(sources):
        raise UsageError(
            f"people of the skeleton {clip.skeleton.name} have no joint that a whole body has; "
            f"expected names such as left_shoulder, got {', '.join(clip.skeleton.joints[:3]) or 'none'}"
        )
    points, scores, size = _pixels(clip, sorted({index for options in sources for index, _ in options}))
    places = np.full((*scores.shape[:2], 133, 2), np.nan)
    sure = np.zeros(places.shape[:3])
    for joint, options in enumerate(sources):
        for index, factor in options:
            lost = sure[:, :, joint] == 0
            places[lost, joint], sure[lost, joint] = points[lost, index], factor * scores[lost, index]
    if clip.skeleton != skeleton("wholebody133"):
        _borrow(places, sure)
    return PoseSequence(places, sure, clip.times, skeleton("wholebody133"), clip.ids, size)


def missing_parts(clip: PoseSequence) -> list[str]:
    """Which of body, left hand, right hand, face and feet a clip has not: less than a third of their joints are ever seen.

    Args:
        clip: of any skeleton.

    Example:
        >>> missing_parts(whole_body(clip))  # of coco17  # doctest: +SKIP
        ['left hand', 'right hand', 'face', 'feet']
    """
    whole = clip if clip.skeleton == skeleton("wholebody133") else whole_body(clip)
    ever = np.asarray((whole.scores > 0).any(axis=(0, 1)))
    return [name for name, joints in PARTS.items() if ever[list(joints)].mean() < ENOUGH]


def _pixels(clip: PoseSequence, used: list[int]) -> tuple[Array, Array, tuple[int, int] | None]:
    """(t, n, k, 2) points in pixels, (t, n, k) scores and the picture's size."""
    points, scores = clip.points[..., :2].astype(float), clip.scores.astype(float)
    nowhere: Array = np.asarray((scores > 0) & (points == 0).all(axis=-1))
    nowhere &= np.count_nonzero(nowhere[..., used], axis=-1, keepdims=True) > 1
    scores[nowhere], points[nowhere] = 0, np.nan
    seen = points[..., used, :][scores[..., used] > 0]
    low, high = (seen.min(axis=0), seen.max(axis=0)) if len(seen) else (np.zeros(2), np.full(2, UNIT))
    if (high - low).max() >= UNIT or np.abs(seen).max(initial=0) >= UNIT:
        return points, scores, clip.size
    if low.min() >= 0 and high.max() <= 1.5:  # shares of a picture
        size = clip.size or (int(PICTURE), int(PICTURE))
        return points * np.array(size), scores, size
    scale = PICTURE / max((high - low).max(), 1e-6)
    width, height = (np.ceil((high - low) * scale) + 1).astype(int).tolist()
    return (points - low) * scale, scores, (width, height)


def _borrow(points: Array, scores: Array) -> None:
    """Fill joints that the source has not from those that tell where they are."""
    for palm in (LEFT_HAND.start, RIGHT_HAND.start):  # between the knuckles at the edges
        for joint, share in ((palm + 9, 0.35), (palm + 13, 0.7)):
            _take(points, scores, joint, {palm + 5: 1 - share, palm + 17: share}, 1.0)
    for wrist, palm in ((9, LEFT_HAND.start), (10, RIGHT_HAND.start)):
        _take(points, scores, wrist, {palm: 1.0}, 1.0)
    for joint, edge in _EYES.items():
        _take(points, scores, joint, {i: 1 / len(edge) for i in edge}, 1.0)
    for joint, (a, b) in _EARS.items():
        _take(points, scores, joint, {a: 0.5, b: 0.5}, NEAR)
    _take(points, scores, 0, {FACE.start + 30: 1.0}, 1.0)
    corners = {i: (1 - DOWN + OUT) / 4 for i in (59, 62, 65, 68)}
    mouth = {i: DOWN / 4 for i in (71, 74, 77, 80)}
    _take(points, scores, 0, {**corners, **mouth, FACE.start: -OUT / 2, FACE.start + 16: -OUT / 2}, FAR)


def _take(points: Array, scores: Array, joint: int, weights: dict[int, float], factor: float) -> None:
    """Where a joint is missing, put it at the weighted sum of others, if all of them are seen."""
    others = list(weights)
    fits = (scores[..., joint] == 0) & (scores[..., others] > 0).all(axis=-1)
    if fits.any():
        points[fits, joint] = np.einsum("mjd,j->md", points[..., others, :][fits], list(weights.values()))
        scores[fits, joint] = factor * scores[..., others][fits].min(axis=-1)
