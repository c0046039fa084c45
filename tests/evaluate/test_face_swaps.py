from __future__ import annotations

import numpy as np
import pytest

from kinesics import UsageError
from kinesics.evaluate.face_check import Judged, roc
from kinesics.evaluate.face_swaps import BLENDS, swap
from kinesics.sights.face import OVAL


def face(x: float, y: float, size: float) -> np.ndarray:
    """Points of which the oval's lie round the others."""
    random = np.random.default_rng(0)
    mesh = random.uniform(-0.7, 0.7, (468, 2))
    angle = np.linspace(0, 2 * np.pi, len(OVAL), endpoint=False)
    mesh[list(OVAL)] = np.stack([np.sin(angle), -np.cos(angle)], 1)
    return np.array([x, y]) + size * mesh * [0.8, 1.0]


@pytest.mark.parametrize("blend", BLENDS)
def test_a_swap_changes_the_face_and_nothing_else(blend: str) -> None:
    random = np.random.default_rng(1)
    image, donor = (random.integers(0, 255, (200, 240, 3), dtype=np.uint8) for _ in range(2))
    before = image.copy()
    made = swap(image, face(120, 100, 50), donor, face(100, 90, 40), blend, seed=2)
    assert np.array_equal(image, before)
    changed = (made != image).any(axis=2)
    assert changed[85:115, 105:135].mean() > 0.9
    assert not changed[:, :60].any() and not changed[:30].any()
    assert np.array_equal(made, swap(image, face(120, 100, 50), donor, face(100, 90, 40), blend, seed=2))


def test_a_face_beyond_the_picture_changes_nothing() -> None:
    image = np.full((50, 60, 3), 90, np.uint8)
    assert np.array_equal(swap(image, face(400, 400, 20), image, face(30, 25, 20)), image)


def test_a_blend_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="feather"):
        swap(np.zeros((9, 9, 3), np.uint8), face(4, 4, 3), np.zeros((9, 9, 3), np.uint8), face(4, 4, 3), "magic")


def test_the_curve_rises_from_nothing_to_all() -> None:
    seconds = [
        Judged("a", kind, np.zeros(2), score)
        for kind, score in (("real", 0.1), ("feather", 0.9), ("real", 0.5), ("small", 0.4))
    ]
    curve = roc(seconds)
    assert curve.tolist() == [[0, 0], [0, 0.5], [0.5, 0.5], [0.5, 1], [1, 1]]
