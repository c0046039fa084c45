"""The sheet of drawn people, piece by piece."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.draw.viewer_sheet import SheetRow, close_ups, cut, error_heat, pose_picture, viewer_sheet, window_of
from kinesics.errors import UsageError


def test_errors_are_dark_where_pictures_are_equal_and_bright_where_not() -> None:
    real = np.full((20, 20, 3), 100, np.uint8)
    drawn = real.copy()
    drawn[5:10, 5:10] = 250
    heat = error_heat(drawn, real)
    assert heat[0, 0].max() < 20 and heat[7, 7].min() > 100


def test_missing_joints_are_not_drawn_and_sides_have_their_colours() -> None:
    points, scores = np.full((133, 2), np.nan), np.zeros(133)
    empty = pose_picture(points, scores, (128, 128))
    assert (empty == empty[0, 0]).all()
    points[[5, 7]], scores[[5, 7]] = [[20, 20], [20, 100]], 1
    drawn = pose_picture(points, scores, (128, 128))
    assert drawn[60, 20, 2] > drawn[60, 20, 0] + 50  # blue: the left
    assert (drawn[:, 60:] == empty[:, 60:]).all()


def test_a_cut_enlarges_and_shrinks_and_goes_on_beyond_the_edge() -> None:
    picture = np.zeros((40, 40, 3), np.uint8)
    picture[10:20, 10:20] = 200
    large = cut(picture, (10, 10, 20, 20), 60)
    assert large.shape == (60, 60, 3) and large[30, 30, 0] == 200
    assert cut(picture, (0, 0, 40, 40), 20)[7, 7, 0] == 200
    assert (cut(np.full((40, 40, 3), 9, np.uint8), (-10, -10, 5, 5), 30) == 9).all()


def test_places_that_nobody_knows_are_grey() -> None:
    picture = np.zeros((40, 40, 3), np.uint8)
    strip = close_ups(picture, [None, (0, 0, 20, 20)], 60, 30)
    assert strip.shape == (30, 60, 3) and strip[15, 10].min() > 200 and strip[15, 50].max() == 0


def test_the_window_holds_all_poses() -> None:
    shown = {"filmed": np.zeros((512, 512, 3), np.uint8)}
    points = np.full((133, 2), np.nan)
    points[:2] = [[200, 150], [300, 300]]
    row = SheetRow("", points, np.ones(133), shown)
    x1, y1, x2, y2 = window_of([row])
    assert 0 <= x1 <= 200 and y1 <= 150 and x2 >= 300 and y2 >= 300 and x2 - x1 == y2 - y1 < 512
    assert window_of([SheetRow("", points, np.zeros(133), shown)]) == (0, 0, 512, 512)
    with pytest.raises(UsageError, match="at least one moment"):
        viewer_sheet([], title="x")
