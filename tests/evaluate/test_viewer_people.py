"""Whose clips are whose: by folders, or by what somebody wears."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import SourceError
from kinesics.evaluate.viewer_people import by_looks, casting, torso_patch
from kinesics.types import Array, People, skeleton
from kinesics.video import VideoWriter


def patch(level: int, more: int = 0) -> Array:
    stripes = np.where(np.arange(16) % 4 < 2, level, 255 - level)
    return np.broadcast_to(stripes[:, None, None] + more, (16, 16, 3)).astype(float)


class Standing:
    """Finds one person at one place wherever anything bright is."""

    def __call__(self, image: Array) -> People:
        shape = skeleton("coco17")
        if image.max() < 128:
            return People.empty(shape)
        points = np.full((1, 17, 2), 50.0)
        points[0, [5, 6]] = (110, 40), (50, 40)
        return People(np.array([[40, 10, 120, 115]]), np.array([0.9]), points, np.full((1, 17), 0.9), shape)


def clip(path: Path, stripe: int, ground: int = 200) -> None:
    picture = np.full((120, 160, 3), ground, np.uint8)
    picture[40:112, 50:110] = 30
    picture[40 + stripe : 60 + stripe, 50:110] = (220, 190, 40) if ground > 128 else ground
    with VideoWriter(path) as writer:
        for i in range(12):
            writer.write(np.clip(picture.astype(int) + i % 3, 0, 255).astype(np.uint8), i / 25)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One wears her stripe high, one low; clips 1 4 5 and 2 3."""
    for name, stripe in (("1", 2), ("2", 45), ("3", 45), ("4", 2), ("5", 2)):
        clip(tmp_path / f"clip{name}.mp4", stripe)
    return tmp_path


def test_patches_that_differ_little_are_one_persons() -> None:
    assert by_looks([patch(30), patch(200), patch(30, 6), patch(90), patch(200, -9)]) == [0, 1, 0, 2, 1]
    assert by_looks([patch(30), patch(30, 20), patch(30, 40)]) == [0, 0, 0]  # by way of the middle one


def test_people_of_one_folder_are_told_apart_and_asked_in_their_own_clips(folder: Path) -> None:
    cast = casting(folder, model=Standing())
    assert [part.name for part in cast.parts] == [
        "clip1"
    ]  # of five clips four are learned from; only the first is in the fifth
    assert [path.stem for path in cast.parts[0].clips] == ["clip1", "clip4", "clip5"] and cast.parts[0].learned == 2
    assert "2 people" in cast.notes[0] and "clip2 clip3" in cast.notes[1]


def test_where_nobody_is_on_both_sides_each_persons_own_clips_are_split(folder: Path) -> None:
    for name in ("clip3", "clip4", "clip5"):
        (folder / f"{name}.mp4").unlink()
    cast = casting(folder, model=Standing())
    assert [(part.name, part.learned) for part in cast.parts] == [("clip1", 0), ("clip2", 0)]


def test_a_folder_of_folders_holds_one_person_in_each(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
        clip(folder / name / "a.mp4", 2)
    assert [part.name for part in casting(folder, model=Standing()).parts] == ["one", "two"]
    assert [part.name for part in casting(folder / "one" / "a.mp4").parts] == ["a"]


def test_nothing_to_read_and_nobody_in_it_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="found none"):
        casting(tmp_path)
    clip(tmp_path / "dark.mp4", 2, 10)
    with pytest.raises(SourceError, match="nobody is seen"):
        torso_patch(tmp_path / "dark.mp4", Standing())
