from __future__ import annotations

import numpy as np
import pytest

from kinesics.masks.looks import PLANES, SIDE, Look, Person, along, canvas, odds, persons, planes
from kinesics.sights import Turned
from kinesics.types import Array, People, skeleton

HALF = np.full((256, 256), 0.5, np.float32)


def standing(x: float = 100.0, size: float = 100.0) -> Person:
    """Somebody who stands upright, seen from the front, hips at (x, 100)."""
    down = {0: -0.5, 1: -0.52, 2: -0.52, 3: -0.5, 4: -0.5, 5: -0.35, 6: -0.35, 7: -0.2, 8: -0.2, 9: 0.0, 10: 0.0, 11: 0.0}
    down |= {12: 0.0, 13: 0.2, 14: 0.2, 15: 0.45, 16: 0.45}
    points = np.array([[x + size * (0.1 if k % 2 else -0.1) * (k > 4), 100 + size * down[k]] for k in range(17)])
    box = np.array([x - 0.15 * size, 100 - 0.6 * size, x + 0.15 * size, 100 + 0.5 * size])
    return Person(box, points, np.full(17, 0.9), 0.8)


def look(person: Person, share: Array = HALF) -> Look:
    square = canvas(person, 1.25)
    return Look((square, share), (square, share), (square, share), (0.9, 0.7))


def test_the_square_along_a_body_turns_with_it() -> None:
    person = standing()
    upright = along(person)
    assert upright is not None and abs(upright.angle) < 1e-9 and (upright.x, upright.y) == pytest.approx((100, 100))
    c, s = np.cos(0.7), np.sin(0.7)
    turned = along(Person(person.box, (person.points - 100) @ np.array([[c, s], [-s, c]]) + 100, person.scores, 0.8))
    assert turned is not None and turned.angle == pytest.approx(0.7) and turned.side == pytest.approx(upright.side)
    assert along(Person(person.box, person.points, np.zeros(17), 0.8)) is None


def test_the_body_is_drawn_where_it_is_and_the_neighbour_beside_it() -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    everybody = [standing(), standing(150)]
    found = planes(image, 0, everybody, [look(each) for each in everybody])
    assert found.shape == (SIDE, SIDE, PLANES) and np.isfinite(found).all()
    here = canvas(everybody[0]).matrix(SIDE)
    for plane, person in ((3, everybody[0]), (5, everybody[1])):
        x, y = np.round(here[:, :2] @ person.points[11] + here[:, 2]).astype(int)
        assert found[y, x, plane] == pytest.approx(0.9) and found[5, 5, plane] == 0
    alone = planes(image, 0, everybody[:1], [look(everybody[0])])
    assert not alone[..., 5:8].any() and found[..., 7].max() == pytest.approx(0.5)


def test_planes_of_a_moved_picture_are_the_same() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 255, (200, 200, 3), np.uint8)
    share = rng.random((256, 256)).astype(np.float32)
    wide = np.zeros((240, 250, 3), np.uint8)
    wide[40:, 50:] = image
    moved = standing()
    moved = Person(moved.box + [50, 40, 50, 40], moved.points + [50, 40], moved.scores, moved.score)
    one = planes(image, 0, [standing()], [look(standing(), share)])
    other = planes(wide, 0, [moved], [look(moved, share)])
    inside = [k for k in range(PLANES) if k != 8]  # what lies in the picture differs
    np.testing.assert_allclose(one[..., inside], other[..., inside], atol=0.03)


def test_what_lies_beyond_the_picture_is_said() -> None:
    found = planes(np.zeros((200, 100, 3), np.uint8), 0, [standing()], [look(standing())])
    assert found[:, : SIDE // 2 - 1, 8].all() and not found[:, SIDE // 2 + 1 :, 8].any()


def test_odds_are_those_of_logistic_shares_and_finite_at_the_ends() -> None:
    np.testing.assert_allclose(odds(1 / (1 + np.exp(-np.array([-3.0, 0, 2])))), [-3, 0, 2])
    assert odds(np.array([0.0, 1.0])).tolist() == [-6, 6]


def test_joints_are_found_by_name_and_far_boxes_are_drawn_in() -> None:
    body = skeleton("blazepose33")
    points, scores = np.full((1, 33, 2), np.nan), np.zeros((1, 33))
    points[0, body.joints.index("left_hip")], scores[0, body.joints.index("left_hip")] = (5, 6), 0.7
    (person,) = persons(People(np.array([[-1e6, 0, 9, 9]]), np.ones(1), points, scores, body), (40, 30))
    assert person.points[11].tolist() == [5, 6] and person.scores[11] == pytest.approx(0.7) and person.scores.sum() < 0.71
    assert person.box.tolist() == [-20, 0, 9, 9]
    assert isinstance(canvas(person), Turned)
