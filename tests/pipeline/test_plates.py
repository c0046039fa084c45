"""The place without the person."""

from __future__ import annotations

import numpy as np

from kinesics.pipeline.plates import looks, plate


def passing(n: int = 20, noise: float = 3.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A dark block moves over a coloured slope."""
    rng = np.random.default_rng(2)
    ys, xs = np.mgrid[:120, :160]
    wall = np.stack([xs + 40, ys + 90, np.full_like(xs, 120)], 2).astype(np.uint8)
    pictures = np.clip(wall + rng.normal(0, noise, (n, *wall.shape)), 0, 255).astype(np.uint8)
    alpha = np.zeros((n, 120, 160), np.uint8)
    for i in range(n):
        pictures[i, 30:110, 4 * i : 4 * i + 40] = 10
        alpha[i, 30:110, 4 * i : 4 * i + 40] = 255
    return pictures, alpha, wall


def test_who_moves_is_not_in_the_background() -> None:
    pictures, alpha, wall = passing()
    made = plate(pictures, alpha)
    assert made is not None and made.shape == (120, 160, 4)
    known = made[..., 3] == 255
    assert known.mean() > 0.9
    assert np.abs(made[..., :3].astype(int) - wall)[known].mean() < 2


def test_what_is_always_covered_is_filled_and_said() -> None:
    pictures, alpha, wall = passing()
    pictures[:, 50:80, 60:90], alpha[:, 50:80, 60:90] = 10, 255
    made = plate(pictures, alpha)
    assert made is not None and (made[55:75, 65:85, 3] == 0).all()
    assert np.abs(made[55:75, 65:85, :3].astype(int) - wall[55:75, 65:85]).mean() < 15  # and not dark as the block


def test_a_place_that_is_hardly_ever_seen_gives_none() -> None:
    pictures, alpha, _ = passing()
    alpha[:] = 255
    assert plate(pictures, alpha) is None


def test_looks_are_spread_over_all_of_the_time() -> None:
    some = looks(1000)
    assert some[0] == 0 and some[-1] == 999 and len(some) < 60 and len(looks(3)) == 3
