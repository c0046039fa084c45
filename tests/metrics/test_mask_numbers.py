from __future__ import annotations

import math

import numpy as np
import pytest

from kinesics.errors import ShapeError
from kinesics.metrics.masks import MaskTruth, mask_numbers, match_masks, overlaps
from kinesics.types import Array, Masks


def squares(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (200, 100)) -> Masks:
    full = np.zeros((len(boxes), size[1], size[0]), bool)
    for row, (x1, y1, x2, y2) in enumerate(boxes):
        full[row, y1:y2, x1:x2] = True
    return Masks.dense(full)


def truth(masks: Masks, joints: int = 17, ignore: Array | None = None) -> MaskTruth:
    crowd = np.zeros(masks.shape[1:], bool) if ignore is None else ignore
    return MaskTruth(masks, masks.areas.astype(float), np.full(len(masks), joints), crowd)


def test_overlaps_are_those_of_whole_pictures() -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.random((3, 40, 50)) > 0.6 for _ in range(2))
    b[1, :, :25] = False
    expected = [[(x & y).sum() / (x | y).sum() for y in b] for x in a]
    np.testing.assert_allclose(overlaps(Masks.dense(a), Masks.dense(b)), expected)
    with pytest.raises(ShapeError, match="one size"):
        overlaps(squares((0, 0, 9, 9)), squares((0, 0, 9, 9), size=(10, 10)))


def test_each_outline_is_used_once_and_the_best_pair_goes_first() -> None:
    known = squares((0, 0, 40, 40), (10, 0, 50, 40))
    partner, overlap = match_masks(known, squares((10, 0, 50, 40)))
    assert partner.tolist() == [-1, 0] and overlap.tolist() == [0, 1]


def test_all_found_is_one_and_nobody_found_is_zero() -> None:
    known = truth(squares((0, 0, 40, 40), (100, 10, 160, 90)))
    best = mask_numbers([known], [known.masks])
    assert best["mask_iou"] == best["mask_iou_picture"] == best["mask_iou_median_12"] == best["mask_iou_found"] == 1
    assert best["people"] == 2 and best["missed"] == best["false_people"] == 0
    worst = mask_numbers([known], [squares()])
    assert worst["mask_iou"] == worst["mask_iou_picture"] == 0 and worst["missed"] == 1 and math.isnan(worst["mask_iou_found"])


def test_small_people_are_not_judged_but_do_not_count_as_false() -> None:
    known = truth(squares((0, 0, 20, 20), (100, 10, 160, 90)))
    values = mask_numbers([known], [known.masks])
    assert values["people"] == 1 and values["false_people"] == 0
    assert mask_numbers([known], [squares((100, 10, 160, 90))])["missed"] == 0


def test_what_lies_in_a_crowd_is_neither_right_nor_wrong() -> None:
    crowd = np.zeros((100, 200), bool)
    crowd[:, 100:] = True
    known = truth(squares((0, 0, 40, 40)), ignore=crowd)
    values = mask_numbers([known], [squares((0, 0, 40, 40), (120, 10, 160, 60), (50, 50, 70, 90))])
    assert values["false_people"] == 1
    assert values["mask_iou_picture"] == pytest.approx(1600 / (1600 + 800))


def test_pictures_without_people_count_for_false_people_alone() -> None:
    values = mask_numbers([truth(squares())], [squares((0, 0, 40, 40))])
    assert values["people"] == 0 and values["false_people"] == 1 and math.isnan(values["mask_iou_picture"])
