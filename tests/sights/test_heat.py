from __future__ import annotations

import numpy as np

from kinesics.sights.heat import refined


def _warm(column: float, row: float, height: float) -> np.ndarray:
    y, x = np.mgrid[:64, :64]
    return height - ((x - column) ** 2 + (y - row) ** 2) / 2


def test_a_joint_goes_to_the_middle_of_the_warm_cells_round_it() -> None:
    heat = np.stack([_warm(20.4, 31.2, 2.0), _warm(62.0, 1.0, 2.0)], axis=2)
    found = refined(np.array([[85.0, 120.0], [250.0, 3.0]]), heat, 256)
    assert np.abs(found[0] - [4 * 20.4, 4 * 31.2]).max() < 1.0
    assert (found[1] < 256).all() and (found[1] > 0).all()  # at the edge, where the window is smaller


def test_a_joint_stays_where_the_map_is_unsure_or_it_is_outside() -> None:
    points = np.array([[85.0, 120.0], [-4.0, 30.0], [300.0, 300.0]])
    heat = np.stack([_warm(20.4, 31.2, -1.0), _warm(2.0, 8.0, 3.0), _warm(60.0, 60.0, 3.0)], axis=2)
    np.testing.assert_array_equal(refined(points, heat, 256), points)
