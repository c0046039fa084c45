"""Metres to millimetres: whole, and nothing where nothing was measured."""

from __future__ import annotations

import numpy as np

from kinesics.depth import millimetres


def test_metres_become_millimetres_and_what_is_no_number_nothing() -> None:
    depth = np.array([[1.2344, 0, -1], [np.nan, np.inf, 65.0]], np.float32)
    assert millimetres(depth).tolist() == [[1234, 0, 0], [0, 0, 0]]
    assert millimetres(depth, farthest=1.0).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_other_shapes_and_numbers_are_fine() -> None:
    assert millimetres(np.full((2, 3, 4), 2)).tolist() == np.full((2, 3, 4), 2000).tolist()
    assert millimetres(np.zeros((0, 5))).shape == (0, 5)
    assert millimetres(np.arange(12.0).reshape(3, 4).T)[1].tolist() == [1000, 5000, 9000]
