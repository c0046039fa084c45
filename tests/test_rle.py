from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from kinesics.errors import FormatError
from kinesics.types import Array
from kinesics.types.rle import counts_window, pack, unpack, window_counts

masks = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=40))


def unfold(counts: Array, size: tuple[int, int]) -> Array:
    x, y, window = counts_window(counts, size)
    whole = np.zeros(size, bool)
    whole[y : y + window.shape[0], x : x + window.shape[1]] = window
    return whole


@given(masks)
def test_mask_to_text_and_back_is_the_same_mask(mask: Array) -> None:
    assert np.array_equal(unfold(unpack(pack(window_counts(0, 0, mask, mask.shape))), mask.shape), mask)


@given(masks, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_a_window_gives_the_runs_of_the_whole_picture(mask: Array, left: int, right: int, top: int, bottom: int) -> None:
    whole = np.pad(mask, ((top, bottom), (left, right)))
    assert window_counts(left, top, mask, whole.shape).tolist() == window_counts(0, 0, whole, whole.shape).tolist()


@given(masks)
def test_the_window_that_comes_back_is_the_smallest(mask: Array) -> None:
    x, y, window = counts_window(window_counts(0, 0, mask, mask.shape), mask.shape)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows):
        assert (x, y, *window.shape) == (columns[0], rows[0], np.ptp(rows) + 1, np.ptp(columns) + 1)
    assert np.count_nonzero(window) == np.count_nonzero(mask)


@given(st.lists(st.integers(0, 2**31), max_size=30))
def test_unpack_undoes_pack_for_any_counts(counts: list[int]) -> None:
    assert unpack(pack(counts)).tolist() == counts


def test_text_equals_that_of_pycocotools() -> None:
    coco = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(7)
    for _ in range(50):
        h, w = rng.integers(1, 300, 2).tolist()
        mask = np.zeros((h, w), bool)
        for _ in range(rng.integers(0, 5)):
            y, x = rng.integers(0, h), rng.integers(0, w)
            mask[y : y + rng.integers(1, h + 1), x : x + rng.integers(1, w + 1)] ^= True
        theirs = coco.encode(np.asfortranarray(mask, np.uint8))
        assert pack(window_counts(0, 0, mask, (h, w))) == theirs["counts"].decode()
        assert np.array_equal(unfold(unpack(theirs["counts"]), (h, w)), mask)


@pytest.mark.parametrize(
    ("counts", "size"),
    [
        ([3], (2, 2)),
        ([5, -1], (2, 2)),
        ([], (2, 2)),
        ([1 << 40], (1 << 20, 1 << 20)),
        ([], (-1, 0)),
        ([2**62, 2**62, 2**62, 2**62, 4], (2, 2)),
        (["a"], (2, 2)),
    ],
)
def test_runs_that_do_not_fill_the_picture_are_refused(counts: list[int], size: tuple[int, int]) -> None:
    with pytest.raises(FormatError):
        counts_window(counts, size)


@pytest.mark.parametrize("text", ["\u00ff", " ", "P", "o" * 40, "o" * 40 + "0", "\ud800", b"\xff"])
def test_text_that_is_no_mask_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        unpack(text)
