"""People between two looks."""

from __future__ import annotations

import numpy as np

from kinesics.pipeline.between import between, moved
from kinesics.types import Masks, People, skeleton


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


def test_outlines_go_along_and_are_cut_by_the_edge() -> None:
    masks = Masks((10, 8), [[2, 1], [6, 5], [0, 0]], [np.ones((3, 4), bool), np.ones((2, 3), bool), np.ones((0, 0), bool)])
    here = moved(masks, np.array([[1.4, -2.0], [3.0, 1.0], [5, 5]]))
    whole = np.zeros((3, 8, 10), bool)
    whole[0, :2, 3:7] = True
    whole[1, 6:8, 9:10] = True
    assert here == Masks.dense(whole)
    assert moved(masks, np.full((3, 2), 100.0)).areas.tolist() == [0, 0, 0]
    assert moved(masks, np.full((3, 2), -100.0)).areas.tolist() == [0, 0, 0]


def test_whole_people_are_whole_between() -> None:
    def seen(x: float) -> People:
        mask = np.zeros((1, 30, 40), bool)
        mask[0, 5:9, int(x) : int(x) + 6] = True
        world = np.full((1, 17, 3), x)
        return People(
            [[x, 5, x + 6, 9]], [1], np.full((1, 17, 2), x), np.ones((1, 17)), skeleton("coco17"), [4], world, Masks.dense(mask)
        )

    middle = between(seen(0), seen(10), 0.4)
    assert middle.world is not None and np.allclose(middle.world, 4)
    assert middle.masks is not None and middle.masks.window(0)[:2] == (4, 5) and middle.masks.areas.tolist() == [24]
