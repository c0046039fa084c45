"""People between two looks."""

from __future__ import annotations

import numpy as np

from kinesics.pipeline.between import between
from kinesics.types import People, skeleton


def someone(x: float, ids: list[int], missing: int | None = None) -> People:
    n = len(ids)
    scores = np.ones((n, 17))
    if missing is not None:
        scores[:, missing] = 0
    return People(np.tile([x, 0, x + 10, 20], (n, 1)), np.ones(n), np.full((n, 17, 2), x), scores, skeleton("coco17"), ids)


def test_between_is_linear_and_ends_where_it_should() -> None:
    a, b = someone(0, [1, 2]), someone(8, [2, 1])
    assert np.allclose(between(a, b, 0.25).points, 2)
    assert np.array_equal(between(a, b, 0).boxes, a.boxes)
    assert np.array_equal(between(a, b, 1).boxes, b.boxes[::-1])
    assert between(a, b, 0.5).ids.tolist() == [1, 2]


def test_between_shows_only_who_and_what_was_seen_on_both_sides() -> None:
    middle = between(someone(0, [1, -1, 3], missing=4), someone(8, [3, 7, -1]), 0.5)
    assert middle.ids.tolist() == [3]
    assert middle.point_scores[0, 4] == 0
    assert np.isnan(middle.points[0, 4]).all()
