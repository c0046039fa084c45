"""Laws of boxes, similarity, angles and crops."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.geometry import Crop, angle, box_area, iou, oks, points_box, rotation
from kinesics.types import skeleton


def test_iou_is_symmetric_one_on_itself_and_right_by_hand() -> None:
    boxes = np.array([[0, 0, 2, 2], [1, 1, 3, 3], [5, 5, 6, 6.0]])
    table = iou(boxes, boxes)
    assert np.allclose(table, table.T)
    assert np.allclose(np.diag(table), 1)
    assert table[0, 1] == pytest.approx(1 / 7)
    assert table[0, 2] == 0
    assert iou(boxes, np.zeros((0, 4))).shape == (3, 0)
    assert box_area(np.array([3, 3, 1, 1.0])) == 0


def test_oks_is_one_on_itself_falls_with_distance_and_needs_a_common_joint() -> None:
    sigmas = np.array(skeleton("coco17").sigmas)
    points = np.random.default_rng(0).uniform(0, 100, (2, 17, 2))
    ones = np.ones((2, 17))
    assert np.allclose(np.diag(oks(points, ones, points, ones, 1e4, sigmas)), 1)
    near, far = (oks(points[:1], ones[:1], points[:1] + d, ones[:1], 1e4, sigmas)[0, 0] for d in (2, 8))
    assert 1 > near > far > 0
    left, right = ones[:1].copy(), ones[:1].copy()
    left[:, ::2], right[:, 1::2] = 0, 0
    assert oks(points[:1], left, points[:1], right, 1e4, sigmas)[0, 0] == 0


def test_points_box_ignores_missing_joints() -> None:
    points = np.array([[[1, 2], [5, 9], [np.nan, np.nan]]])
    assert points_box(points, np.array([[1, 1, 0]])).tolist() == [[1, 2, 5, 9]]
    assert np.isnan(points_box(points, np.zeros((1, 3)))).all()


def test_angle_of_a_right_corner() -> None:
    assert angle(np.array([1.0, 0]), np.zeros(2), np.array([0, 1.0])) == pytest.approx(90)


@pytest.mark.parametrize("degrees", [0, 30, -120])
def test_crop_round_trip_and_centre(degrees: float) -> None:
    crop = Crop.of_box(np.array([10, 20, 50, 100.0]), (64, 64), degrees)
    points = np.random.default_rng(1).uniform(0, 100, (5, 2))
    assert np.allclose(crop.to_picture(crop.to_crop(points)), points)
    assert np.allclose(crop.to_crop(np.array([30, 60.0])), [32, 32])
    assert crop.scale == pytest.approx(0.8)
    assert np.allclose(rotation(degrees) @ rotation(-degrees), np.eye(2))
