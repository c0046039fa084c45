from __future__ import annotations

import numpy as np
import pytest

from kinesics.masks import edge_colours


@pytest.mark.parametrize("known", [False, True])
def test_what_shines_through_is_taken_out_of_the_edge(known: bool) -> None:
    y, x = np.mgrid[:80, :80]
    mask = np.clip((25 - np.hypot(x - 40, y - 40)) / 6 + 0.5, 0, 1).astype(np.float32)
    front, behind = np.array([180, 60, 40]), np.array([220, 230, 240])
    picture = np.round(mask[..., None] * front + (1 - mask[..., None]) * behind).astype(np.uint8)
    background = np.broadcast_to(behind.astype(np.uint8), picture.shape) if known else None
    made = edge_colours(picture, mask, background=background)
    edge = (mask > 0.2) & (mask < 0.9)
    before = np.abs(picture[edge].astype(float) - front).mean()
    after = np.abs(made[edge].astype(float) - front).mean()
    assert after < 0.25 * before
    np.testing.assert_array_equal(made[mask == 1], picture[mask == 1])


def test_a_picture_that_is_all_person_is_unchanged() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (40, 40, 3)).astype(np.uint8)
    np.testing.assert_allclose(edge_colours(picture, np.ones((40, 40), np.float32)), picture, atol=1)
