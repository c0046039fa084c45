"""Whether clips show one person."""

from __future__ import annotations

import numpy as np

from kinesics.pipeline.clothes import told_if_unlike, unlike
from kinesics.viewer import Footage


def footage(*colours: tuple[int, int, int]) -> Footage:
    """A clip of two pictures for each colour of a shirt."""
    n, rng = 2 * len(colours), np.random.default_rng(0)
    pictures, alpha = np.full((n, 512, 512, 3), 200, np.uint8), np.zeros((n, 512, 512), np.uint8)
    points = np.full((n, 133, 2), np.nan, np.float32)
    points[:, 5], points[:, 6] = (300, 150), (200, 150)
    for i in range(n):
        alpha[i, 140:400, 190:310] = 255
        shirt = np.array(colours[i // 2]) + rng.normal(0, 12, (260, 120, 3)) + rng.uniform(-8, 8)
        pictures[i, 140:400, 190:310] = np.clip(shirt, 0, 255)
    clips = np.repeat(np.arange(len(colours)), 2).astype(np.int32)
    return Footage(pictures, alpha, points, np.isfinite(points).all(2).astype(np.float32), np.arange(n) / 30, clips)


def test_one_shirt_in_a_little_other_light_is_one_person() -> None:
    assert unlike(footage((180, 60, 50), (170, 56, 46), (186, 66, 54))) == []


def test_another_shirt_is_said_with_the_names_of_the_clips() -> None:
    said: list[str] = []
    told_if_unlike(footage((180, 60, 50), (40, 60, 160), (180, 60, 50)), ["a/x.mp4", "a/y.mp4", "a/z.mp4"], said.append)
    assert len(said) == 1 and said[0].startswith("y.mp4: somebody else than in x.mp4")


def test_where_no_trunk_is_seen_nothing_is_said() -> None:
    held = footage((180, 60, 50), (40, 60, 160))
    held.points[2:] = np.nan
    assert unlike(held) == []
