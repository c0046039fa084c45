from __future__ import annotations

import numpy as np

from kinesics.masks.guided import guided
from kinesics.types import Array


def halves(edge: int) -> Array:
    picture = np.full((60, 80, 3), (0.1, 0.2, 0.3), np.float32)
    picture[:, edge:] = (0.8, 0.6, 0.5)
    return picture


def test_an_even_mask_stays_as_it_is() -> None:
    made = guided(halves(40), np.full((60, 80), 0.3, np.float32), 5, 1e-4)
    np.testing.assert_allclose(made, 0.3, atol=1e-3)


def test_a_blurred_edge_moves_to_the_edge_of_the_picture() -> None:
    ramp = np.clip((np.arange(80, dtype=np.float32) - 33) / 12, 0, 1)[None].repeat(60, 0)  # its middle is one pixel off
    made = guided(halves(40), ramp, 8, 1e-4)
    inner = np.diff(made[30])
    assert np.argmax(inner) == 39
    assert inner.max() > 4 * np.diff(ramp[30]).max()


def test_a_picture_without_edges_only_blurs_the_mask() -> None:
    mask = np.zeros((60, 80), np.float32)
    mask[:, 40:] = 1
    made = guided(np.full((60, 80, 3), 0.5, np.float32), mask, 4, 1e-4)
    assert 0.4 < made[30, 40] < 0.6 and made.min() >= 0 and made.max() <= 1
    assert (np.diff(made[30]) >= -1e-6).all()
