from __future__ import annotations

import numpy as np
import pytest

from kinesics import People
from kinesics.pipeline.turns import Turns


def crowd(sides: list[float]) -> People:
    boxes = [[0, 0, side, side] for side in sides]
    return People.from_boxes(boxes, np.ones(len(sides)), list(range(len(sides))))


@pytest.mark.parametrize("places", [0, 1, 2, 3, 5.7, float("inf")])
def test_as_many_as_there_are_places_and_no_one_twice(places: float) -> None:
    turns = Turns()
    for _ in range(5):
        rows = turns.choose(crowd([5, 9, 7, 1, 3]), places)
        assert len(rows) == len(set(rows.tolist())) == min(int(min(places, 9)), 5)


def test_the_largest_always_have_a_place_and_nobody_waits_for_ever() -> None:
    turns, people = Turns(), crowd([5, 9, 7, 1, 3])
    seen = [set(turns.choose(people, 2).tolist()) for _ in range(8)]
    assert all(1 in rows for rows in seen)
    assert set().union(*seen[:4]) == {0, 1, 2, 3, 4}
    assert set().union(*seen[4:]) == {0, 1, 2, 3, 4}


def test_who_came_first_waits_no_longer_than_who_comes() -> None:
    turns = Turns()
    for _ in range(3):
        turns.choose(crowd([9, 5]), 1)
    rows = turns.choose(crowd([9, 5, 7]), 2)  # the third is new and larger, the second has waited
    assert rows.tolist() == [0, 1]


def test_reset_equals_new() -> None:
    turns, people = Turns(), crowd([5, 9, 7, 1, 3])
    first = turns.choose(people, 2).tolist()
    turns.choose(people, 2)
    turns.reset()
    assert turns.choose(people, 2).tolist() == first
