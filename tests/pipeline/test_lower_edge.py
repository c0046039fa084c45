"""Who is cut off below goes on down to the border."""

from __future__ import annotations

import numpy as np

from kinesics.pipeline.lower_edge import cut_below, prolonged
from kinesics.viewer import Person


def pose() -> tuple[np.ndarray, np.ndarray]:
    points, scores = np.full((133, 2), np.nan, np.float32), np.zeros(133, np.float32)
    points[[5, 6, 11, 12]], scores[[5, 6, 11, 12]] = [(306, 120), (206, 120), (290, 380), (222, 380)], 0.9
    return points, scores


def drawn(slope: float = 0.1) -> np.ndarray:
    """Trousers that end a little above the border, slantwise; a hand hangs beside them."""
    picture = np.zeros((512, 512, 4), np.uint8)
    for x in range(200, 312):
        picture[300 : 480 + int(slope * (x - 200)), x] = (30, 40, 90, 255)
    picture[440:470, 380:400] = (200, 150, 120, 255)
    return picture


def test_trousers_reach_the_border_and_the_rest_stays() -> None:
    before = drawn()
    after = prolonged(before, *pose())
    assert (after[511, 202:310] == (30, 40, 90, 255)).all()
    assert np.array_equal(after[:, 370:], before[:, 370:]) and np.array_equal(after[:440], before[:440])
    assert not np.shares_memory(before, after) and np.array_equal(before, drawn())


def test_what_reaches_it_already_or_has_no_hips_is_left_alone() -> None:
    whole = drawn()
    whole[470:, 200:312] = (30, 40, 90, 255)
    assert prolonged(whole, *pose()) is whole
    points, scores = pose()
    scores[[11, 12]] = 0
    picture = drawn()
    assert prolonged(picture, points, scores) is picture


def test_only_who_is_cut_off_in_most_keyframes_is_prolonged() -> None:
    def person(bottom: int) -> Person:
        boxes = np.tile(np.array([100, 50, 300, bottom - 50], np.int32), (4, 1))
        return Person(name="x", encoded=(b"",) * 4, boxes=boxes, points=np.zeros((4, 133, 2)), scores=np.zeros((4, 133)))

    assert cut_below(person(512)) and not cut_below(person(470))
