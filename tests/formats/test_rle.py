from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from kinesics.errors import FormatError
from kinesics.formats.rle import counts_mask, mask_counts, pack, unpack
from kinesics.types import Array


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=40)))
def test_mask_to_text_and_back_is_the_same_mask(mask: Array) -> None:
    assert np.array_equal(counts_mask(unpack(pack(mask_counts(mask))), mask.shape), mask)


@given(st.lists(st.integers(0, 2**31), max_size=30))
def test_unpack_undoes_pack_for_any_counts(counts: list[int]) -> None:
    assert unpack(pack(counts)) == counts


def test_text_equals_that_of_pycocotools() -> None:
    coco = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(7)
    for _ in range(50):
        h, w = rng.integers(1, 300, 2)
        mask = np.zeros((h, w), bool)
        for _ in range(rng.integers(0, 5)):
            y, x = rng.integers(0, h), rng.integers(0, w)
            mask[y : y + rng.integers(1, h + 1), x : x + rng.integers(1, w + 1)] ^= True
        theirs = coco.encode(np.asfortranarray(mask, np.uint8))
        assert pack(mask_counts(mask)) == theirs["counts"].decode()
        assert np.array_equal(counts_mask(unpack(theirs["counts"].decode()), (h, w)), mask)


@pytest.mark.parametrize(
    ("counts", "size"), [([3], (2, 2)), ([5, -1], (2, 2)), ([], (2, 2)), ([1], (1 << 20, 1 << 20)), ([], (-1, 0))]
)
def test_runs_that_do_not_fill_the_picture_are_refused(counts: list[int], size: tuple[int, int]) -> None:
    with pytest.raises(FormatError):
        counts_mask(counts, size)


@pytest.mark.parametrize("text", ["\u00ff", " ", "P", "o" * 40])
def test_text_that_is_no_mask_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        unpack(text)
