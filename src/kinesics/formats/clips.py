"""Between a stream of scenes and a clip: the tracks gathered by id, and a clip frame by frame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import numpy as np

from ..errors import FormatError
from ..geometry import points_box
from ..types import People, PoseSequence, Scene, Skeleton

__all__ = ["LARGEST", "gather", "scenes_of"]

LARGEST = 1 << 31  # bytes of a clip in memory


def gather(scenes: Iterable[Scene], ids: Collection[int] | None = None, *, name: str = "scenes") -> PoseSequence:
    """One clip from scenes. Moments that do not rise in time (a source that started anew) are left out.

    If nobody has an id and there is never more than one person, that person gets id 0.

    Raises:
        FormatError: there are no scenes, skeletons change, several people and no ids, or more than 2 GiB.
    """
    people: list[People] = []
    times: list[float] = []
    known: set[int] = set()
    size: tuple[int, int] | None = None
    body: Skeleton | None = None
    for scene in scenes:
        if times and scene.time <= times[-1]:
            continue
        here = scene.people if ids is None else scene.people[np.isin(scene.people.ids, list(ids))]
        if len(here) and body not in (None, here.skeleton):
            raise FormatError(f"{name}: a clip has one skeleton, frame {scene.index} has another ({here.skeleton.name})")
        body = here.skeleton if len(here) else body
        known.update(here.ids[here.ids >= 0].tolist())
        people.append(here)
        times.append(scene.time)
        size = size or scene.size
        if len(people) * len(known) * len(here.skeleton) * 12 > LARGEST:
            raise FormatError(
                f"{name}: {len(known)} people over {len(people)} frames do not fit a clip; name ids, start or end"
            )
    if not people:
        raise FormatError(f"{name}: no frames to make a clip of")
    if not known and ids is None:
        people = [_lonely(row, name) for row in people]
    first = next((row for row in people if len(row)), people[0])
    people = [row if len(row) else People.empty(first.skeleton, first.points.shape[2]) for row in people]
    if len({row.points.shape[2] for row in people}) > 1:
        raise FormatError(f"{name}: some frames have depth and some have not; a clip has one of the two")
    return PoseSequence.from_people(people, times, size)


def _lonely(people: People, name: str) -> People:
    if len(people) > 1:
        raise FormatError(f"{name}: several people and no ids; find out who is who first (kinesics run, or a Tracker)")
    return people.with_ids(np.zeros(len(people), np.int64))


def scenes_of(clip: PoseSequence) -> Iterator[Scene]:
    """A clip as scenes, a frame a moment; a box is the joints' extent, a person's score the mean of the joints seen.

    A person without any joint at a moment is not in that scene.
    """
    for t, time in enumerate(clip.times.tolist()):
        seen = np.flatnonzero((clip.scores[t] > 0).any(axis=1))
        points, scores = clip.points[t, seen], clip.scores[t, seen]
        sure = scores.sum(axis=1) / np.maximum((scores > 0).sum(axis=1), 1)
        people = People(points_box(points, scores), np.minimum(sure, 1), points, scores, clip.skeleton, clip.ids[seen])
        yield Scene(t, time, clip.size or _extent(clip), people)


def _extent(clip: PoseSequence) -> tuple[int, int]:
    points = clip.points[..., :2]
    width, height = np.ceil(np.where(np.isnan(points), 1, points).reshape(-1, 2).max(axis=0, initial=1)).tolist()
    return int(width), int(height)
