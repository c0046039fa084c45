"""Clips from files and to files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import UsageError
from ..types import PoseSequence, Scene
from .clips import gather, scenes_of
from .input import existing
from .registry import format_of, only
from .streams import open_sink, read_scenes

__all__ = ["gather", "read_sequence", "scenes_of", "write_sequence"]


def read_sequence(
    path: str | Path,
    format: str | None = None,
    *,
    ids: Collection[int] | None = None,
    start: float = 0.0,
    end: float | None = None,
    notes: list[str] | None = None,
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
        notes: gets a line for each guess of the reader, such as a frame rate that the file does not say.
        **options: of the format's reader.

    Raises:
        FormatError: damaged file; no frames; several people and no ids; more than 2 GiB.
    """
    name, entry = format_of(path, format, reading=True)
    if entry.load is not None:
        return _part(entry.load(existing(path, []), **only(options, entry.load, name)), ids, start, end)
    with read_scenes(path, name, **options) as scenes:
        try:
            return gather(_between(scenes, start, end), ids, name=str(path))
        finally:
            if notes is not None:
                notes += scenes.notes


def _part(clip: PoseSequence, ids: Collection[int] | None, start: float, end: float | None) -> PoseSequence:
    within = clip.times >= start if end is None else (clip.times >= start) & (clip.times < end)
    clip = clip if within.all() else clip[within]
    if ids is None:
        return clip
    rows = np.isin(clip.ids, list(ids))
    return PoseSequence(clip.points[:, rows], clip.scores[:, rows], clip.times, clip.skeleton, clip.ids[rows], clip.size)


def _between(scenes: Iterable[Scene], start: float, end: float | None) -> Iterator[Scene]:
    for scene in scenes:
        if end is not None and scene.time >= end:
            return
        if scene.time >= start:
            yield scene


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
