"""Outlines of a small copy in the large picture: in place, smooth, apart."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kinesics.masks.enlarging import enlarged
from kinesics.types import Array, Masks


def disc(size: tuple[int, int], middle: tuple[float, float], radius: float) -> Array:
    """(h, w) bool; places count from the picture's border."""
    y, x = np.mgrid[: size[1], : size[0]] + 0.5
    return np.asarray((x - middle[0]) ** 2 + (y - middle[1]) ** 2 < radius**2)


def likeness(a: Array, b: Array) -> float:
    return float(np.count_nonzero(a & b) / np.count_nonzero(a | b))


@pytest.mark.parametrize("factor", [1.5, 2.0, 3.125, 8.0])
def test_a_disc_stays_a_disc_in_its_place(factor: float) -> None:
    size = (round(120 * factor), round(90 * factor))
    small = Masks.dense([disc((120, 90), (50.3, 41.7), 30), disc((120, 90), (100, 10), 30)])  # the second is cut by the edge
    large = enlarged(small, size)
    fx, fy = size[0] / 120, size[1] / 90
    for row, (x, y) in enumerate([(50.3, 41.7), (100, 10)]):
        ideal = cv2.ellipse(np.zeros(size[::-1], np.uint8), ((x * fx - 0.5, y * fy - 0.5), (60 * fx, 60 * fy), 0), 1, -1) > 0
        assert likeness(large[row], ideal) > 0.975
    assert abs(large.areas[0] / small.areas[0] / (fx * fy) - 1) < 0.02


def test_edges_are_smooth_and_not_steps() -> None:
    small = Masks.dense(disc((60, 60), (30, 30), 20)[None])
    blocks = np.kron(small[0], np.ones((8, 8), bool))
    ring = cv2.findContours(enlarged(small, (480, 480))[0].astype(np.uint8), 0, cv2.CHAIN_APPROX_NONE)[0][0][:, 0]
    far = np.abs(np.linalg.norm(ring - 239.5, axis=1) - 160)
    rough = cv2.findContours(blocks.astype(np.uint8), 0, cv2.CHAIN_APPROX_NONE)[0][0][:, 0]
    assert far.std() < 0.7 * np.abs(np.linalg.norm(rough - 239.5, axis=1) - 160).std()


def test_outlines_without_a_common_pixel_have_none_later() -> None:
    rng = np.random.default_rng(0)
    owner = (cv2.blur(rng.random((60, 80, 3)).astype(np.float32), (7, 7))).argmax(axis=2)
    large = enlarged(Masks.dense([owner == who for who in range(3)]), (333, 251))
    assert np.asarray(large).sum(axis=0).max() == 1


def test_a_picture_that_is_all_person_stays_so() -> None:
    assert np.asarray(enlarged(Masks.dense(np.ones((1, 9, 12), bool)), (100, 75))).all()


def test_empty_outlines_and_equal_sizes_stay_as_they_are() -> None:
    masks = Masks.dense(np.zeros((2, 9, 12), bool))
    assert enlarged(masks, (12, 9)) is masks
    large = enlarged(masks, (24, 18))
    assert large.shape == (2, 18, 24) and not large.areas.any()
    assert enlarged(masks[:0], (24, 18)).shape == (0, 18, 24)


def test_a_part_lands_where_it_was_cut_out() -> None:
    whole = Masks.dense(disc((120, 90), (60, 45), 20)[None])
    part = Masks.dense(whole[0][20:70, 30:95][None])
    there = enlarged(part, (240, 180), np.array([60.0, 40.0]), np.array([2.0, 2.0]))
    assert there == enlarged(whole, (240, 180))
