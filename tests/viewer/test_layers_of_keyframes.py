from __future__ import annotations

import numpy as np
import pytest
from paper_doll import doll_footage, doll_pose

from kinesics.viewer import Person, fit_footage
from kinesics.viewer.layers import WIDE, arm_reach, arm_room, take_apart, trunk_plate


@pytest.fixture(scope="module")
def doll() -> Person:
    return fit_footage(doll_footage(30))


def test_the_reach_of_an_arm_is_small_on_its_bones_and_large_away() -> None:
    points, scores = doll_pose((90, 90))
    reach = arm_reach(points, scores, 0)
    middle = np.rint((points[7] + points[9]) / 4).astype(int)
    assert reach[middle[1], middle[0]] < 0.1
    assert reach[200, 20] == 9 and (arm_reach(points, scores, 1)[middle[1], middle[0]] > WIDE)
    assert (arm_reach(points, np.zeros(133), 0) == 9).all()


def test_there_is_room_for_an_arm_where_it_is() -> None:
    points, scores = doll_pose((90, 90))
    room = arm_room(points, scores, 0)
    x, y = np.rint(points[7] / 2).astype(int)
    assert room[y, x] == 255 and room[200, 20] == 0


def test_the_plate_of_the_trunk_has_no_arms(doll: Person) -> None:
    plate = trunk_plate(doll)
    reds = (plate.picture[..., 0].astype(int) - plate.picture[..., 1] > 90) & (plate.picture[..., 3] > 200)
    greens = (plate.picture[..., 1].astype(int) - plate.picture[..., 0] > 60) & (plate.picture[..., 3] > 200)
    x = doll.points[plate.key, 0, 0]
    trunk = np.zeros((512, 512), bool)
    trunk[220:390, int(x) - 40 : int(x) + 40] = True
    assert (reds & trunk).sum() < 50 and (greens & trunk).sum() < 50
    assert (plate.picture[..., 3][trunk] > 200).mean() > 0.95


def test_the_plate_is_kept_with_the_person(doll: Person) -> None:
    assert doll.trunk and doll.trunk_key == trunk_plate(doll).key


@pytest.mark.parametrize("key", [0, 7, 15])
def test_layers_laid_over_each_other_are_the_keyframe(doll: Person, key: int) -> None:
    layers = take_apart(doll, key, trunk_plate(doll))
    whole = layers.trunk.whole().astype(float)
    for arm in (layers.left, layers.right):
        top = arm.whole()
        whole = top + whole * (1 - top[..., 3:] / 255.0)
    real = doll.keyframe(key)
    assert np.abs(whole - real)[real[..., 3] == 255].mean() < 4


def test_arms_go_to_the_layers_of_their_sides(doll: Person) -> None:
    keys = range(len(doll))
    plate = trunk_plate(doll)
    for key in list(keys)[::6]:
        layers = take_apart(doll, key, plate)
        left, right = (layer.whole() for layer in (layers.left, layers.right))
        red, green = (left[..., 0] > 150) & (left[..., 1] < 80), (left[..., 1] > 110) & (left[..., 0] < 80)
        assert red.sum() > 5 * green.sum()
        red, green = (right[..., 0] > 150) & (right[..., 1] < 80), (right[..., 1] > 110) & (right[..., 0] < 80)
        assert green.sum() > 5 * red.sum()
