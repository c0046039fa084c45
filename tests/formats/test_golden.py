"""Files of version 1 that were written once must be read for ever, and are still written so.

Recipe: `make golden` writes tests/golden/scene.jsonl anew from the scenes below; review the change like code, and raise the
version if an older reader would misunderstand it.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from kinesics.formats import open_sink, read_scenes
from kinesics.types import Action, People, Scene, skeleton

GOLDEN = Path(__file__).parents[1] / "golden" / "scene.jsonl"


def people(n: int, dims: int = 2, world: bool = False, masks: bool = False) -> People:
    """Joints on a parabola, one of five missing."""
    step = np.arange(n * 17).reshape(n, 17) / 7
    points = np.stack([50 + step, 60 + step * step / 9, step / 100], axis=2)[:, :, :dims]
    scores = (np.arange(n * 17).reshape(n, 17) % 5) / 4
    outline = np.zeros((n, 12, 16), bool)
    outline[:, 2:7, 3:9] = True
    return People(
        np.array([[10.1, 20, 30.7, 40]] * n).reshape(n, 4),
        np.full(n, 0.9),
        points,
        scores,
        skeleton("coco17"),
        np.arange(n) - 1,
        np.where(scores[..., None] > 0.5, 0.1, np.nan) * np.ones(3) if world else None,
        outline if masks else None,
    )


def scenes() -> list[Scene]:
    act = Action(0, "winken – 手を振る", 0.8125, 0.04, 0.12, None, {"Hand": "oben", "times": 3, "angles": [91.5, None]})
    done = Action(1, "unknown", 0.5, 0.0, 0.12, 1.0)
    return [
        Scene(0, 0.0, (16, 12), people(2), timing={"pose": 0.0123}, chosen={"size": 256}, skipped=("masks",)),
        Scene(2, 0.08, (16, 12), people(0)),
        Scene(3, 0.12, (16, 12), people(2, world=True, masks=True), (act, done), ({"person": 0, "box": [1, 2, 3, 4]},)),
        Scene(4, 0.16, (32, 24), people(1, dims=3), epoch=1, corrupt=True),
        Scene(5, 0.2, (32, 24), People.empty(skeleton("coco17"), 3), epoch=1),
        Scene(6, 0.24, (32, 24), People.from_boxes([[1, 2, 3, 4]], [1.0], [5]), epoch=1),
    ]


def test_golden_file_is_written_byte_by_byte(tmp_path: Path) -> None:
    path = GOLDEN if os.environ.get("KINESICS_GOLDEN") == "write" else tmp_path / "scene.jsonl"
    with open_sink(path, source="parabola.mp4") as sink:
        for scene in scenes():
            sink.write(scene)
    assert path.read_bytes() == GOLDEN.read_bytes()


def test_golden_file_is_read_equal() -> None:
    assert list(read_scenes(GOLDEN)) == scenes()
