"""Modes of weighted points: found where the points gather, in the order of their weight."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.depth.modes import climb, find_modes

WIDTH = 0.05


def cloud(places: list[tuple[float, float, float]], counts: list[int], seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(0, 0.02, (n, 3)) + p for p, n in zip(places, counts, strict=True)]).astype(np.float32)


def modes_of(points: np.ndarray, weights: np.ndarray | None = None, most: int = 3) -> tuple[np.ndarray, np.ndarray]:
    weights = np.ones(len(points), np.float32) if weights is None else weights
    modes, strengths = find_modes(points, weights, np.array([0, len(points)]), np.array([WIDTH]), most)
    return modes[0], strengths[0]


def test_two_heaps_are_two_modes_the_heavier_first() -> None:
    points = cloud([(0, 0, 2), (0.5, 0, 2)], [100, 200])
    modes, strengths = modes_of(points)
    assert np.allclose(modes[0], (0.5, 0, 2), atol=0.01) and np.allclose(modes[1], (0, 0, 2), atol=0.01)
    assert strengths[0] > strengths[1] > 0
    assert np.isnan(modes[2]).all() and strengths[2] == 0


def test_weights_decide_which_is_first() -> None:
    points = cloud([(0, 0, 2), (0.5, 0, 2)], [100, 200])
    weights = np.where(np.arange(300) < 100, 5, 1).astype(np.float32)
    assert np.allclose(modes_of(points, weights)[0][0], (0, 0, 2), atol=0.01)


def test_a_heap_across_the_cells_of_the_first_sum_is_one_mode() -> None:
    modes, strengths = modes_of(cloud([(0.1, 0.2, 2.0)], [300]))  # corners of cells of twice the bandwidth
    assert np.allclose(modes[0], (0.1, 0.2, 2.0), atol=0.01) and strengths[1] < 0.2 * strengths[0]


@settings(max_examples=25)
@given(st.integers(0, 99), st.floats(-5, 5), st.floats(-5, 5), st.floats(0.5, 9))
def test_moving_all_points_moves_the_first_mode(seed: int, x: float, y: float, z: float) -> None:
    points = cloud([(0, 0, 2), (0.5, 0.2, 2)], [60, 150], seed)
    moved = (points + np.array([x, y, z - 2])).astype(np.float32)
    assert np.allclose(modes_of(points)[0][0] + (x, y, z - 2), modes_of(moved)[0][0], atol=2e-3)


def test_climbing_never_loses_height() -> None:
    points, weights = cloud([(0, 0, 2)], [200]), np.ones(200, np.float32)
    place, heights = np.array([0.05, -0.04, 2.03]), []
    for _ in range(8):
        heights.append(climb(points, weights, 0, 200, place, WIDTH, 1))
    assert all(after >= before - 1e-3 for before, after in itertools.pairwise(heights))
    assert heights[-1] > heights[0] and np.allclose(place, (0, 0, 2), atol=0.01)


def test_groups_do_not_see_each_other_and_an_empty_one_is_empty() -> None:
    points = cloud([(0, 0, 2), (1, 0, 2)], [50, 70])
    modes, strengths = find_modes(points, np.ones(120, np.float32), np.array([0, 50, 50, 120]), np.full(3, WIDTH), 2)
    assert np.allclose(modes[0, 0], (0, 0, 2), atol=0.02) and np.allclose(modes[2, 0], (1, 0, 2), atol=0.02)
    assert np.isnan(modes[1]).all() and not strengths[1].any()
