from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_doll import doll_pose

from kinesics.viewer.warping import GRID, LAYERS, drawn_joints, flow_field


@pytest.mark.parametrize("layer", LAYERS)
def test_the_same_pose_moves_nothing(layer: str) -> None:
    points, scores = doll_pose()
    assert np.abs(flow_field(points, scores, points, scores, layer)).max() < 1e-3


@settings(max_examples=20, deadline=None)
@given(st.floats(-40, 40), st.floats(-40, 40))
def test_a_shifted_pose_is_found_by_the_shift(x: float, y: float) -> None:
    points, scores = doll_pose()
    for layer in LAYERS:
        field = flow_field(points, scores, points + np.float32([x, y]), scores, layer)
        assert np.abs(field - np.float32([x, y])).max() < 0.01


def test_a_raised_arm_leaves_the_trunk_and_the_other_arm_alone() -> None:
    (low, scores), (high, _) = doll_pose((150, 150)), doll_pose((30, 30))
    assert np.abs(flow_field(high, scores, low, scores, "trunk")).max() < 1e-3
    assert np.abs(flow_field(high, scores, low, scores, "right")).max() < 1e-3
    field = flow_field(high, scores, low, scores, "left")
    column, row = (high[9] / (512 / GRID)).astype(int)
    assert np.abs(field[row, column] - (low[9] - high[9])).max() < 16


def test_what_is_missing_draws_nothing() -> None:
    points, scores = doll_pose()
    lost, none = points.copy(), scores.copy()
    lost[9], none[9] = np.nan, 0
    field = flow_field(lost, none, points, scores, "left")
    assert np.isfinite(field).all() and np.abs(field).max() < 1e-3
    assert (flow_field(points, np.zeros(133), points, scores, "trunk") == 0).all()


def test_joints_far_beyond_the_canvas_are_not_believed() -> None:
    points = np.array([[10, 10], [-10, 10], [10, 560], [np.nan, 3], [5, 5]], np.float32)
    assert drawn_joints(points, np.array([0.9, 0.9, 0.9, 0.9, 0.1])).tolist() == [True, True, False, False, False]
