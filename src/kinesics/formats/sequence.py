"""Clips from files and to files: the tracks of a stream of scenes gathered by id."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError, UsageError
from ..geometry import points_box
from ..types import People, PoseSequence, Scene, Skeleton
from .input import existing
from .registry import format_of, only
from .streams import open_sink, read_scenes

__all__ = ["gather", "read_sequence", "scenes_of", "write_sequence"]

LARGEST = 1 << 31  # bytes of a clip in memory


def read_sequence(
    path: str | Path,
    format: str | None = None,
    *,
    ids: Collection[int] | None = None,
    start: float = 0.0,
    end: float | None = None,
    **options: Any,
) -> PoseSequence:
    """A clip from any format: who has an id, over all frames; NaN where a person is not seen.

    A clip is one array in memory: moments x people x joints x 12 bytes (an hour of one person at 30 frames a second is 22 MB;
    a day of passers-by, each with an id, is too much: name `ids` or a span).

    Args:
        path: the file or folder.
        format: its format's name, where the ending does not say it.
        ids: only these people.
        start: seconds, the first moment that is wanted …
        end: … and the end, which is not; None for all.
        **options: of the format's reader.

    Raises:
        FormatError: damaged file; no frames; several people and no ids; more than 2 GiB.
    """
    name, entry = format_of(path, format)
    if entry.load is not None:
        return entry.load(existing(path, []), **only(options, entry.load, name))
    with read_scenes(path, name, **options) as scenes:
        span = _between(scenes, start, end)
        return gather(span, ids, name=str(path))


def _between(scenes: Iterable[Scene], start: float, end: float | None) -> Iterator[Scene]:
    for scene in scenes:
        if end is not None and scene.time >= end:
            return
        if scene.time >= start:
            yield scene


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


def write_sequence(path: str | Path, clip: PoseSequence, format: str | None = None, **options: Any) -> None:
    """Write a clip in any format; nothing is left behind on an error.

    Raises:
        UsageError: an unknown format or option.
        SinkError: the file cannot be written.
    """
    name, entry = format_of(path, format)
    if entry.save is not None:
        entry.save(path, clip, **only(options, entry.save, name))
        return
    if len(clip.times) and clip.times[0] < 0:
        raise UsageError(f"{path}: times of scenes are 0 or more, this clip begins at {clip.times[0]:g} s")
    sink = open_sink(path, name, **options)
    try:
        for scene in scenes_of(clip):
            sink.write(scene)
        sink.close()
    except BaseException:
        sink.discard()
        raise
