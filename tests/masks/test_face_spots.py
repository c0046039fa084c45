from __future__ import annotations

import numpy as np
import pytest

from kinesics.masks.face_spots import FaceSpots, _pyramid
from kinesics.types import People, skeleton


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (480, 900), (96, 96), (7, 300)])
def test_the_squares_reach_everywhere(size: tuple[int, int]) -> None:
    for level in _pyramid(size):
        seen = np.zeros(size[::-1], bool)
        for square in level:
            left, top = square.x - square.side / 2, square.y - square.side / 2
            seen[max(round(top), 0) : round(top + square.side), max(round(left), 0) : round(left + square.side)] = True
        assert seen.all()


def test_every_square_gets_its_turn() -> None:
    finder = FaceSpots()
    squares = {square for level in _pyramid((1280, 720)) for square in level}
    seen = {square for _ in range(400) for square in finder._sweep((1280, 720), False)}
    assert seen == squares


def test_an_empty_picture_has_no_faces() -> None:
    finder = FaceSpots()
    assert finder(np.zeros((90, 160, 3), np.uint8), People.empty(skeleton("coco17"))).shape == (0, 4)
