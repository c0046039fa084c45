"""People without ids in files: followed, not mixed up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import FormatError
from kinesics.formats import open_sink
from kinesics.pipeline.telling_apart import read_clip, told_apart
from kinesics.types import People, Scene, skeleton


def scenes(frames: int = 30, ids: bool = False) -> list[Scene]:
    """Two people who walk towards each other's side of the picture, in an order that changes each frame."""
    rng = np.random.default_rng(0)
    shape = rng.uniform(-60, 60, (17, 2)) * (0.5, 1.5)
    out = []
    for t in range(frames):
        middles = np.array([[150 + 3 * t, 240], [500 - 2 * t, 250]])
        points = shape + middles[:, None]
        low, high = points.min(1), points.max(1)
        order = [0, 1] if t % 2 else [1, 0]
        names = np.array(order) if ids else np.array([-1, -1])
        people = People(
            np.concatenate([low, high], 1)[order], [0.9, 0.9], points[order], np.full((2, 17), 0.9), skeleton("coco17"), names
        )
        out.append(Scene(t, t / 30, (640, 480), people))
    return out


@pytest.mark.parametrize("name", ["a.landmarks.json", "folder", "a.json"])
def test_people_without_ids_are_followed(tmp_path: Path, name: str) -> None:
    with open_sink(tmp_path / name, "openpose" if name == "folder" else None) as sink:
        for scene in scenes():
            sink.write(scene)
    told: list[str] = []
    clip = read_clip(tmp_path / name, said=told.append)
    assert clip.points.shape[1] == 2 and any("told apart" in words for words in told)
    seen = np.where(clip.scores[..., None] > 0, clip.points, np.nan)
    middles = np.nanmean(seen[..., 0], axis=2)[5:]  # (t, 2)
    assert (np.isfinite(middles)).all() and (np.abs(np.diff(middles, axis=0)) < 5).all()


def test_ids_of_the_file_stay(tmp_path: Path) -> None:
    named = scenes(ids=True)
    assert told_apart(named) is named
    alone = [Scene(s.index, s.time, s.size, s.people[:1]) for s in scenes()]
    assert told_apart(alone) is alone


def test_a_file_of_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(FormatError, match="no frames"):
        read_clip(tmp_path / "a.json")
