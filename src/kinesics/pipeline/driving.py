"""Poses from anywhere made ready to move a fitted person: named, cleaned, of the person's proportions, on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..errors import FormatError, UsageError
from ..geometry import points_box
from ..pose import correct_wrists, drop_doubtful_hands, fill_gaps, limb_lengths, missing_parts, retarget, smooth_clip
from ..pose.adapting import whole_body
from ..types import Array, PoseSequence, skeleton
from ..video.paths import VIDEOS
from ..viewer import WHOLE_BODY, Person, load_person
from ..viewer.placing import Placement, place
from .telling_apart import read_clip

__all__ = ["driven", "person_of", "poses_of", "resampled"]

SOMETIMES = 0.04  # of the moments: less is a mistake of the net
STEADY = 5  # moments, an odd number
HEAD = np.r_[0:5, 23:91]
BONES = 3.0  # seconds around a sighting in which a lost joint is placed at the end of its bone


def person_of(person: str | Path | Person) -> Person:
    """A person itself, or the one in a file, or "default"."""
    return person if isinstance(person, Person) else load_person(person)


def poses_of(poses: str | Path | PoseSequence, person_id: int | None, said: Callable[[str], object]) -> PoseSequence:
    """One person's poses from a file or a clip: whom `person_id` names, else who is seen most and largest."""
    if isinstance(poses, str | Path):
        if Path(poses).suffix.lower() in VIDEOS:
            raise UsageError(f"{poses}: a video has no poses in it; kinesics transfer reads them from it and draws the person")
        name, clip = str(poses), read_clip(poses, said=said)
    else:
        name, clip = "the poses", poses
    ids = clip.ids.tolist()
    if person_id is not None:
        return clip.person(person_id)
    boxes = points_box(clip.points[..., :2], clip.scores)
    presence = np.nan_to_num(np.hypot(boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1])).sum(0)
    if not presence.any():
        raise FormatError(f"{name}: no pose of anybody in it; expected at least one joint with a score above 0")
    order = np.argsort(-presence, kind="stable")
    others = [ids[row] for row in order[1:] if presence[row] > 0]
    if others:
        said(f"{name}: {len(others) + 1} people; took id {ids[order[0]]}; for another use --person-id {others[0]}")
    return clip.person(ids[order[0]])


def driven(
    clip: PoseSequence, person: Person, *, smooth: bool = True, how: str = "scene", said: Callable[[str], object]
) -> tuple[PoseSequence, Placement]:
    """One person's poses, of any skeleton, as canvas poses of the fitted person.

    Args:
        clip: of one person, source pixels.
        person: who is to move so.
        smooth: filter the joints over time, without delay.
        how: a standing window or a following one, see `viewer.placing.place`.
        said: called with what the poses lack.

    Returns:
        poses on the canvas, and where it lies in the source.
    """
    whole = whole_body(clip)
    lacks = missing_parts(whole)
    if lacks:
        said(f"the poses have no {', no '.join(lacks)}: there the person stays as a keyframe shows it")
    whole = drop_doubtful_hands(whole)
    if len(whole) > 2:
        whole = fill_gaps(whole, bones=BONES)
    whole = correct_wrists(whole)
    if smooth and len(whole) > 2:
        whole = smooth_clip(whole)
    whole = _turned(whole, person, said)
    held = PoseSequence(person.points[:, None], person.scores[:, None], np.arange(len(person)), skeleton(WHOLE_BODY))
    return place(retarget(whole, limb_lengths(held)), person, how=how)


def _turned(whole: PoseSequence, person: Person, said: Callable[[str], object]) -> PoseSequence:
    """Who is seen from behind is drawn from the front, left for right, where the person was never filmed from behind."""
    if _from_behind(person.points, person.scores).mean() >= SOMETIMES:
        return whole
    away = _from_behind(whole.points[:, 0], whole.scores[:, 0])
    around = np.pad(away.astype(np.int64), STEADY // 2, mode="edge")
    away = np.convolve(around, np.ones(STEADY, np.int64), mode="valid") > STEADY // 2  # what most moments around say
    if away.mean() < SOMETIMES:
        return whole
    said("the poses show a back, and the person was never filmed from behind: there it is drawn from the front")
    other = np.arange(whole.points.shape[2])
    for a, b in whole.skeleton.mirror:
        other[[a, b]] = b, a
    points, scores = whole.points.copy(), whole.scores.copy()
    points[away], scores[away] = points[away][:, :, other], scores[away][:, :, other]
    rows = np.flatnonzero(away)[:, None]
    points[rows, 0, HEAD], scores[rows, 0, HEAD] = np.nan, 0
    return PoseSequence(points, scores, whole.times, whole.skeleton, whole.ids, whole.size)


def _from_behind(points: Array, scores: Array) -> Array:
    """(t,) bool: the left shoulder lies clearly to the left of the right one."""
    both = (scores[:, [5, 6]] > 0.2).all(1)
    width = np.where(both, points[:, 5, 0] - points[:, 6, 0], 0.0)
    usual = float(np.percentile(np.abs(width[both]), 85)) if both.any() else 0.0
    return np.asarray(width < -0.25 * usual) & both


def resampled(clip: PoseSequence, fps: float | None) -> PoseSequence:
    """The clip at so many poses a second, between two that have a joint by a straight line; as it is if `fps` is None."""
    if fps is None or len(clip) < 2:
        return clip
    if not 0 < fps <= 1000:
        raise UsageError(f"expected fps above 0, got {fps}")
    times = np.arange(int((clip.times[-1] - clip.times[0]) * fps + 1e-6) + 1) / fps + clip.times[0]
    after = np.clip(np.searchsorted(clip.times, times, side="left"), 1, len(clip) - 1)
    before = after - 1
    share = ((times - clip.times[before]) / (clip.times[after] - clip.times[before]))[:, None, None]
    near = np.where(share[..., None] < 0.5, clip.points[before], clip.points[after])
    points = clip.points[before] * (1 - share[..., None]) + clip.points[after] * share[..., None]
    scores: Array = np.where(share < 0.5, clip.scores[before], clip.scores[after])
    points = np.where(np.isfinite(points), points, near)
    return PoseSequence(points, scores, times, clip.skeleton, clip.ids, clip.size)
