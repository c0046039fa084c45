from __future__ import annotations

import numpy as np
import pytest

from kinesics.sights.turned import Turned


@pytest.mark.parametrize("angle", [0.0, 0.7, -2.5])
@pytest.mark.parametrize("side", [40.0, 400.0])
def test_points_of_a_cut_come_back_to_their_place(angle: float, side: float) -> None:
    square = Turned(120.0, 90.0, side, angle)
    points = np.random.default_rng(1).uniform(0, 64, (20, 2))
    there = square.back(points, 64)
    matrix = square.matrix(64)
    np.testing.assert_allclose(there @ matrix[:, :2].T + matrix[:, 2], points, atol=1e-6)
    assert np.linalg.norm(square.back(np.array([31.5, 31.5]), 64) - [120, 90]) < 1e-6


def test_a_cut_shows_what_lies_in_the_square() -> None:
    image = np.zeros((300, 400, 3), np.uint8)
    image[140:161, 240:261] = 200
    square = Turned.upwards(np.array([250.0, 150.0]), 84.0, np.array([1.0, 0.0]))
    cut = square.cut(image, 84)
    assert cut.shape == (84, 84, 3)
    assert cut[42, 42, 0] == 200
    assert cut[:28].max() == 0 and cut[:, :28].max() == 0  # a quarter of the side all round is empty
    small = Turned(250.0, 150.0, 210.0, 0.3).cut(image, 30)  # strongly reduced: the share of light is kept
    assert abs(small[..., 0].sum() * 49 / (200 * 21 * 21) - 1) < 0.1


def test_upwards_turns_the_cut_so_that_the_direction_is_up() -> None:
    square = Turned.upwards(np.array([50.0, 50.0]), 20.0, np.array([1.0, 1.0]))
    top = square.back(np.array([9.5, 0.0]), 20)
    assert (top > 50).all()


def test_a_square_is_like_itself_and_not_like_one_turned_round() -> None:
    square = Turned(0.0, 0.0, 10.0, 3.1)
    assert square.like(Turned(0.2, 0.0, 10.1, -3.1))
    assert not square.like(Turned(0.0, 0.0, 10.0, 0.0))


@pytest.mark.parametrize(("x", "y", "side", "angle"), [(160, 120, 200, 0.4), (30, 20, 150, -1.0), (160, 120, 500, 2.0)])
def test_a_quick_cut_is_near_to_the_mean_of_what_each_pixel_covers(x: float, y: float, side: float, angle: float) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    image = noise.repeat(4, axis=0).repeat(4, axis=1)
    square, size, finer = Turned(x, y, side, angle), 48, 8
    mean = square.cut(image, size * finer).reshape(size, finer, size, finer, 3).mean(axis=(1, 3))
    slow, quick = (np.abs(square.cut(image, size, quick=way) - mean).mean() for way in (False, True))
    assert quick < 1.1 * slow + 1
    shown = square.shown(image, size, quick=True)
    assert shown.dtype == np.float32 and shown.shape == (1, size, size, 3)
    np.testing.assert_array_equal(shown[0], square.cut(image, size, quick=True).astype(np.float32) / 255)


def test_a_quick_cut_beyond_the_picture_is_black() -> None:
    image = np.full((50, 60, 3), 255, np.uint8)
    assert Turned(900.0, -700.0, 300.0, 0.3).cut(image, 32, quick=True).max() == 0
    assert Turned(30.0, 25.0, 3000.0, 0.3).cut(image, 32, quick=True).max() > 0
