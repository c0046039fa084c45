from __future__ import annotations

import numpy as np
import pytest

from kinesics.pose.movenet import Seen
from kinesics.pose.policy import Policy, parts, second, third

SIZE = (640, 480)
FAST = Policy(320, 640, only_below=48, pixels=150_000)


def first(*sides: float, full: bool = False) -> Seen:
    n = len(sides)
    boxes = np.array([[10, 10, 10 + s, 10 + s] for s in sides], float).reshape(-1, 4)
    return Seen(np.zeros((n, 17, 2)), np.ones((n, 17)), boxes, np.full(n, 0.5), (0, 0, *SIZE), 0.5, full)


def test_the_second_look_is_scaled_for_the_people_found() -> None:
    (look,) = second(Policy(320, 576), first(150, 170, 400), SIZE)
    assert look.mirrored and 0.9 < look.size[0] / 640 / (100 / 170) < 1.2
    assert second(Policy(320, 576), first(20), SIZE)[0].size[0] == 576
    assert second(Policy(320, 576), first(600), SIZE)[0].size[0] == 384
    assert second(Policy(320, 576), first(), SIZE)[0].size[0] == 384


def test_fast_looks_again_only_where_people_are_small_or_many() -> None:
    assert second(FAST, first(200, 90), SIZE) == []
    assert second(FAST, first(), SIZE) == []
    assert second(Policy(320), first(10), SIZE) == []
    (look,) = second(FAST, first(80, 90), SIZE)
    assert look.size[0] * look.size[1] <= 160_000
    assert len(second(FAST, first(*[200] * 6, full=True), SIZE)) == 2


def test_full_looks_are_looked_at_closer_in_parts() -> None:
    later = first(*[100] * 6, full=True)
    looks = third([later, later, first(100)])
    assert len(looks) == 2
    assert all(look.scale(*SIZE) > later.scale for look in looks)


@pytest.mark.parametrize("box", [(0, 0, 640, 480), (100, 50, 200, 450)])
def test_parts_cover_the_box_and_overlap_by_a_person(box: tuple[float, float, float, float]) -> None:
    a, b = parts(box, 60)
    axis = 0 if box[2] - box[0] >= box[3] - box[1] else 1
    assert a[axis] == box[axis] and b[axis + 2] == box[axis + 2]
    assert a[axis + 2] - b[axis] == pytest.approx(90)
