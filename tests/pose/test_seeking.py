from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from kinesics.pose.movenet import Look
from kinesics.pose.seeking import parts, seek
from kinesics.types import Array, People, skeleton

COCO = skeleton("coco17")
PICTURE = np.zeros((200, 300, 3), np.uint8)


def people(*boxes: tuple[float, float, float, float]) -> People:
    n = len(boxes)
    middles = np.array(boxes, float).reshape(n, 2, 2).mean(axis=1)
    points = np.repeat(middles[:, None], 17, axis=1)
    return People(np.array(boxes).reshape(n, 4), np.full(n, 0.3), points, np.full((n, 17), 0.5), COCO)


class Model:
    """Finds one set of people at first and another when told where to look."""

    def __init__(self, closer: People) -> None:
        self.closer, self.looks = closer, list[Look]()

    def __call__(self, image: Array) -> People:
        return people()

    def look(self, image: Array, looks: Sequence[Look], keep: float) -> People:
        self.looks = list(looks)
        return self.closer


def test_only_those_are_added_who_are_nobody_known() -> None:
    known = people((10, 10, 60, 150))
    model = Model(people((12, 12, 61, 149), (100, 20, 130, 90), (15, 40, 55, 100)))
    found = seek(model, PICTURE, known)
    assert found.boxes.tolist() == [[10, 10, 60, 150], [100, 20, 130, 90]]
    np.testing.assert_array_equal(found[:1].points, known.points)


def test_where_nobody_was_found_all_finds_count() -> None:
    assert len(seek(Model(people((1, 2, 30, 40))), PICTURE, people())) == 1
    assert len(seek(Model(people()), PICTURE, people())) == 0


def test_the_parts_cover_the_picture_and_overlap() -> None:
    model = Model(people())
    seek(model, PICTURE, people())
    seen = np.zeros((200, 300), int)
    for look in model.looks:
        x1, y1, x2, y2 = look.within(300, 200) or (0, 0, 0, 0)
        seen[y1:y2, x1:x2] += 1
        assert look.scale(300, 200) > 1.5
    assert len(model.looks) == 4 and seen.min() == 1 and seen[100, 150] == 4


@pytest.mark.parametrize("size", [(64, 64), (4000, 100), (33, 900)])
def test_parts_of_any_picture_are_looks(size: tuple[int, int]) -> None:
    assert len(parts(size)) == 4 and len(parts(size, 5)) == 9


def test_models_that_cannot_be_told_where_and_tiny_pictures_add_nobody() -> None:
    known = people((10, 10, 60, 150))
    assert seek(lambda image: known, PICTURE, known) is known
    assert seek(Model(people((1, 2, 30, 40))), PICTURE[:40], known) is known
