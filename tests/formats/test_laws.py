"""Every format that can be written keeps the law of sinks, up to the losses that docs/formats.md names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from kinesics.formats import FORMATS, open_sink, read_scenes
from kinesics.testing.sink import check_sink
from kinesics.types import People, Scene


def all_of_it(scene: Scene) -> Scene:
    return scene


def bare(scene: Scene) -> Scene:
    """Without what only jsonl and Parquet can hold."""
    return dataclasses.replace(scene, actions=(), timing={}, chosen={}, skipped=(), epoch=0, corrupt=False)


def csv(scene: Scene) -> Scene | None:
    return bare(scene) if len(scene.people) else None


def openpose(scene: Scene) -> Scene:
    """Boxes and scores of people come from the joints."""
    p = scene.people
    if not len(p):
        return bare(scene)
    sure = p.point_scores.sum(axis=1) / np.maximum((p.point_scores > 0).sum(axis=1), 1)
    low, high = np.nanmin(p.points, axis=1), np.nanmax(p.points, axis=1)
    boxes = np.concatenate([low, high], axis=1)
    return dataclasses.replace(bare(scene), people=People(boxes, sure, p.points, p.point_scores, p.skeleton, p.ids))


def mot(scene: Scene) -> Scene | None:
    """Boxes only; all boxes of the samples end within 100 x 100 pixels, and 30 frames a second are taken."""
    p = scene.people
    boxes = People.from_boxes(p.boxes, p.score, p.ids)
    return dataclasses.replace(bare(scene), people=boxes, time=scene.index / 30, size=(0, 0)) if len(p) else None


def read_mot(path: Path) -> list[Scene]:
    return [dataclasses.replace(scene, size=(0, 0)) for scene in read_scenes(path)]


def results(scene: Scene) -> Scene | None:
    return mot_time(bare(scene)) if len(scene.people) else None


def mot_time(scene: Scene) -> Scene:
    return dataclasses.replace(scene, time=scene.index / 30, size=(0, 0))


def pose(scene: Scene) -> Scene | None:
    """Frames of a thousandth of a second; those with an id, who are called 0, 1 and so on in the order of their ids."""
    people = scene.people[scene.people.ids >= 0]
    if not len(people):
        return None
    order = np.argsort(people.ids)
    p = people[order]
    index = round(scene.time * 1000)
    sure = p.point_scores.sum(axis=1) / np.maximum((p.point_scores > 0).sum(axis=1), 1)
    low, high = np.nanmin(p.points, axis=1), np.nanmax(p.points, axis=1)
    known = People(
        np.concatenate([low, high], axis=1), sure, p.points, p.point_scores, p.skeleton, np.searchsorted([4, 7], p.ids[:])
    )
    return dataclasses.replace(bare(scene), people=known, index=index, time=index / 1000, size=(640, 480))


def read_pose(path: Path) -> list[Scene]:
    return [scene for scene in read_scenes(path, "pose") if len(scene.people)]


CASES: dict[str, tuple[str, Callable[[Scene], Scene | None]]] = {
    "jsonl": (".jsonl", all_of_it),
    "parquet": (".parquet", all_of_it),
    "csv": (".csv", csv),
    "coco": (".json", bare),
    "openpose": ("", openpose),
    "mediapipe": (".landmarks.json", bare),
    "mot": (".txt", mot),
}


def test_every_format_is_held_to_the_law() -> None:
    assert {*CASES, "pose"} == {name for name, entry in FORMATS.items() if entry.write is not None}


@pytest.mark.parametrize("name", CASES)
def test_sink_keeps_the_law(name: str) -> None:
    suffix, expect = CASES[name]
    read = read_mot if name == "mot" else partial(read_scenes, format=name)
    check_sink(partial(open_sink, format=name), read, suffix=suffix, expect=expect)


def test_pose_sink_keeps_the_law_but_for_what_a_killed_writer_leaves() -> None:
    """That has more in it than the format can hold: see test_dotpose."""
    check_sink(partial(open_sink, format="pose", fps=1000), read_pose, suffix=".pose", expect=pose, kill=False)


@pytest.mark.parametrize("name", ["jsonl", "parquet", "csv", "coco", "mot"])
def test_sink_keeps_the_law_for_people_without_joints(name: str) -> None:
    suffix, expect = CASES[name]
    read = read_mot if name == "mot" else partial(read_scenes, format=name)
    check_sink(partial(open_sink, format=name), read, suffix=suffix, expect=expect, body="boxes", kill=False)
