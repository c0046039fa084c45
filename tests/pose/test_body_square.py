from __future__ import annotations

import numpy as np
import pytest

from kinesics.geometry import rotation
from kinesics.pose.body_square import first_square, next_square
from kinesics.types import Array

STANDING = 100 + 2.0 * np.array(  # 2 pixels a centimetre
    [[0, -72], [3, -75], [-3, -75], [8, -73], [-8, -73], [18, -50], [-18, -50], [24, -22], [-24, -22], [26, 3], [-26, 3]]
    + [[10, 0], [-10, 0], [10, 41], [-10, 41], [10, 81], [-10, 81]],
    float,
)


def square_of(seen: list[int], points: Array = STANDING) -> Array:
    scores = np.isin(np.arange(17), seen) * 0.9
    square = first_square(np.where(scores[:, None] > 0, points, np.nan), scores, 2.0)
    return np.array([square.x, square.y, square.side, square.angle])


def test_the_circle_lies_round_the_hips_and_holds_the_body() -> None:
    x, y, side, angle = square_of(list(range(17)))
    assert (x, y, angle) == (100, 100, 0)
    assert side / 2 / 1.25 >= 2 * 92  # toes and the top of the head are within it


@pytest.mark.parametrize(
    "seen", [[0, 1, 2, 5, 6], [0, 1, 2, 3, 4], [5, 6, 7, 8], [11, 12, 13, 14], [0, 1, 2, 3, 4, 5, 6, 9, 10]]
)
def test_what_is_not_seen_is_guessed_from_what_is(seen: list[int]) -> None:
    x, y, side, angle = square_of(seen)
    whole = square_of(list(range(17)))
    assert np.hypot(x - whole[0], y - whole[1]) < 0.1 * whole[2]
    assert abs(np.log(side / whole[2])) < 0.2 and abs(angle) < 0.3


@pytest.mark.parametrize("degrees", [40.0, 90.0, 180.0, -120.0])
@pytest.mark.parametrize("seen", [list(range(17)), [0, 1, 2, 3, 4, 5, 6]])
def test_the_square_turns_with_the_body(degrees: float, seen: list[int]) -> None:
    turned = square_of(seen, (STANDING - 100) @ rotation(degrees).T + 100)
    before = square_of(seen)
    np.testing.assert_allclose(turned[:2] - 100, rotation(degrees) @ (before[:2] - 100), atol=1e-6)
    assert turned[2] == pytest.approx(before[2])
    assert np.cos(turned[3] - before[3] - np.radians(degrees)) == pytest.approx(1)


def test_a_joint_far_away_is_taken_for_a_fault_and_a_raised_hand_is_not() -> None:
    usual = square_of(list(range(17)))[2]
    points = STANDING.copy()
    points[9] = [100, 100 - 2 * 115]
    assert square_of(list(range(17)), points)[2] == pytest.approx(2 * 1.25 * 1.1 * 2 * 115)
    points[9] = [2000, 100]
    assert square_of(list(range(17)), points)[2] == usual


def test_the_next_square_has_the_net_s_top_upwards() -> None:
    square = next_square(np.array([50.0, 60.0]), np.array([150.0, 60.0]))
    assert (square.x, square.y, square.side) == (50, 60, 250)
    np.testing.assert_allclose(square.back(np.array([[127.5, 127.5 - 0.4 * 256]]), 256), [[150, 60]], atol=1e-6)
    assert next_square(np.zeros(2), np.zeros(2)).side > 0
