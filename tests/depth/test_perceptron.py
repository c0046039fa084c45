"""The network learns what can be learned, is even-handed, and says when it does not know."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.depth.perceptron import Perceptron, fit_perceptron

MIRROR = np.array([0, 2, 1])  # a middle, a left and a right joint


def flipped(x: np.ndarray) -> np.ndarray:
    return x[:, [0, 2, 1, 3]] * np.array([-1, -1, -1, 1], x.dtype)


def examples(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sideways places of three joints, noisily seen, and how noisy it was."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((n, 3, 3))
    truth[..., 0] = rng.normal(0, 0.3, (n, 3)) + (0, 0.5, -0.5)
    noise = rng.uniform(0, 1, n) > 0.5
    seen = truth[..., 0] + rng.normal(0, 1, (n, 3)) * np.where(noise, 0.2, 0.001)[:, None]
    return np.column_stack([seen, noise]).astype(np.float32), truth.astype(np.float32)


@pytest.fixture(scope="module")
def net() -> Perceptron:
    return fit_perceptron(*examples(6000, 0), MIRROR, flipped=flipped, hidden=32, lessons=120_000)


def test_it_finds_the_joints_and_doubts_the_noisy_ones(net: Perceptron) -> None:
    x, truth = examples(500, 1)
    joints, spread, swap = net(x)
    missed = np.linalg.norm(joints - truth, axis=-1)
    clear = x[:, 3] == 0
    assert np.median(missed[clear]) < 0.03 < np.median(missed[~clear])
    assert np.median(spread[clear]) < 0.5 * np.median(spread[~clear])
    assert (swap > 0.5).mean() < 0.05


def test_in_a_mirror_it_says_the_mirrored(net: Perceptron) -> None:
    x, _ = examples(200, 2)
    straight, mirrored = net(x)[0], net(flipped(x))[0]
    back = mirrored[:, MIRROR] * np.array([-1, 1, 1])
    assert np.median(np.linalg.norm(straight - back, axis=-1)) < 0.05


def test_the_same_seed_learns_the_same() -> None:
    x, truth = examples(600, 3)
    one, two = (fit_perceptron(x, truth, MIRROR, flipped=flipped, hidden=8, lessons=1000) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one.layers, two.layers, strict=True))
