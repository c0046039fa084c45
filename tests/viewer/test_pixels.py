"""The loops over pixels against the same in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.viewer.composing import laid, over
from kinesics.viewer.inputs import gathered, scattered


@pytest.fixture
def picture() -> np.ndarray:
    """Premultiplied noise with empty, solid and soft rows."""
    made = np.random.default_rng(0).integers(0, 256, (512, 512, 4)).astype(np.uint8)
    made[:100] = 0
    made[300:, :, 3] = 255
    made[..., :3] = np.minimum(made[..., :3], made[..., 3:])
    return made


def test_over_mixes_by_alpha(picture: np.ndarray) -> None:
    background = np.random.default_rng(1).integers(0, 256, (512, 512, 3)).astype(np.uint8)
    wanted = picture[..., :3] + background * (1 - picture[..., 3:] / 255.0)
    made = over(picture, background)
    assert np.abs(made - wanted).max() <= 1
    assert (made[:100] == background[:100]).all() and (made[300:] == picture[300:, :, :3]).all()


def test_what_is_laid_where_there_is_no_room_changes_nothing(picture: np.ndarray) -> None:
    under = picture[::-1].copy()
    before = under.copy()
    laid(picture, under, np.zeros((512, 512), np.uint8))
    assert (under == before).all()
    laid(picture, under, np.full((512, 512), 255, np.uint8))
    assert (under[300:] == picture[300:]).all() and (under[:100] == before[:100]).all()


@pytest.mark.parametrize("block", [2, 4])
def test_pixels_by_blocks_and_back(picture: np.ndarray, block: int) -> None:
    size = 512 // block
    told = gathered(picture, block)
    assert told.shape == (1, 4 * block * block, size, size)
    assert told[0, (2 * block + 1) * block, 3, 7] == pytest.approx(picture[3 * block + 1, 7 * block, 2] / 255)
    residual = np.random.default_rng(2).normal(0, 0.2, told.shape[1:]).astype(np.float32)
    spread = residual.reshape(4, block, block, size, size).transpose(3, 1, 4, 2, 0).reshape(512, 512, 4)
    made = picture.copy()
    scattered(made, residual, block)
    assert np.abs(made - np.clip(picture + spread * 255, 0, 255)).max() <= 1
