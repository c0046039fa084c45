from __future__ import annotations

import numpy as np
import pytest

from kinesics import Masks, People, ShapeError, skeleton


def made(seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    dense = np.zeros((4, 30, 41), bool)
    for mask in dense[:3]:
        x, y = random.integers(0, 20, 2)
        mask[y : y + 9, x : x + 14] = random.random((9, 14)) > 0.4
    return dense


def test_windows_hold_what_the_whole_outlines_hold() -> None:
    dense = made()
    masks = Masks.dense(dense)
    assert masks.shape == dense.shape
    assert np.array_equal(np.asarray(masks), dense)
    assert all(np.array_equal(a, b) for a, b in zip(masks, dense, strict=True))
    assert masks.areas.tolist() == dense.sum(axis=(1, 2)).tolist()
    assert masks.window(3)[2].size == 0


@pytest.mark.parametrize("rows", [slice(1, 3), [2, 0], np.array([True, False, True, False]), np.array([], int)])
def test_slicing_is_that_of_an_array(rows: object) -> None:
    assert np.array_equal(np.asarray(Masks.dense(made())[rows]), made()[rows])  # type: ignore[call-overload]


def test_equal_are_those_with_the_same_pixels_however_they_are_cut() -> None:
    dense = made()
    wide = Masks((41, 30), np.zeros((4, 2)), dense)
    assert wide == Masks.dense(dense)
    other = dense.copy()
    other[3, 5, 5] = True
    assert wide != Masks.dense(other)
    assert wide != Masks.dense(dense[:, :, :40])


def test_a_window_beyond_the_picture_is_refused() -> None:
    with pytest.raises(ShapeError, match="not in a picture"):
        Masks((10, 10), [[5, 5]], [np.ones((6, 2), bool)])


def test_people_keep_their_masks_when_sliced() -> None:
    body = skeleton("coco17")
    people = People(np.zeros((4, 4)), np.zeros(4), np.zeros((4, 17, 2)), np.zeros((4, 17)), body, masks=made())  # type: ignore[arg-type]
    assert people.masks is not None
    assert people[1:3].masks == people.masks[1:3]
    assert people[2].masks == Masks.dense(made()[2:3])
    with pytest.raises(ShapeError, match="masks"):
        People(np.zeros((4, 4)), np.zeros(4), np.zeros((4, 17, 2)), np.zeros((4, 17)), body, masks=made()[:2])  # type: ignore[arg-type]
