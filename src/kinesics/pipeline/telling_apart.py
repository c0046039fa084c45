"""Poses from files whose people have no names: who is who is found out by following them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..formats import gather, read_scenes, read_sequence
from ..formats.registry import format_of
from ..types import PoseSequence, Scene

__all__ = ["read_clip", "told_apart"]


def told_apart(scenes: list[Scene]) -> list[Scene]:
    """The same scenes, people with ids: as they are if anybody has one or nobody is ever in company, else from a Tracker.

    OpenPose, MediaPipe and most COCO files hold several people in an order that means nothing.
    """
    if any((scene.people.ids >= 0).any() for scene in scenes) or all(len(scene.people) < 2 for scene in scenes):
        return scenes
    from ..tracks import Tracker

    tracker, out = Tracker(), []
    for scene in scenes:
        out.append(dataclasses.replace(scene, people=tracker.update(scene.people, scene.time)))
    return out


def read_clip(path: str | Path, *, said: Callable[[str], object] | None = None, **options: Any) -> PoseSequence:
    """A clip from a file of any format, as `formats.read_sequence`, but people without ids are told apart.

    Args:
        path: the file or folder.
        said: called with each line that the reader notes (a guessed frame rate), and when people had to be told apart.
        options: of the format's reader.

    Raises:
        FormatError: damaged file, or no frames.
    """
    tell = said or (lambda words: None)
    name, entry = format_of(path, reading=True)
    if entry.load is not None:
        return read_sequence(path, name, **options)
    with read_scenes(path, name, **options) as reader:
        scenes = list(reader)
        for note in reader.notes:
            tell(note)
    named = told_apart(scenes)
    if named is not scenes:
        tell(f"{path}: several people without ids; they were told apart by following them")
    return gather(named, name=str(path))
