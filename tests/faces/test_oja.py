from __future__ import annotations

import numpy as np
import pytest

from kinesics import ShapeError, UsageError
from kinesics.faces.oja import StreamingPCA


def stream(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of 40 that vary in three directions, with a little noise; and these directions."""
    random = np.random.default_rng(seed)
    axes = np.linalg.qr(random.normal(size=(40, 3)))[0]
    return 5 + (random.normal(size=(n, 3)) * [4, 3, 2]) @ axes.T + 0.1 * random.normal(size=(n, 40)), axes


def test_the_directions_of_the_stream_are_found() -> None:
    vectors, axes = stream(2000)
    pca = StreamingPCA(40, 3)
    errors = [pca.update(vector) for vector in vectors]
    assert np.linalg.svd(axes.T @ pca.directions)[1].min() > 0.99
    assert np.mean(errors[-200:]) < 0.03
    assert np.allclose(pca.directions.T @ pca.directions, np.eye(3))


def test_what_is_of_another_kind_stands_out() -> None:
    vectors, _ = stream(600)
    other, _ = stream(1, seed=9)
    pca = StreamingPCA(40, 3)
    usual = [pca.update(vector) for vector in vectors]
    assert pca.update(other[0] + 3) > 20 * np.median(usual[-100:])


def test_a_still_stream_has_no_error() -> None:
    pca = StreamingPCA(6, 2)
    assert [pca.update(np.ones(6)) for _ in range(5)] == [0, 0, 0, 0, 0]


def test_wrong_vectors_and_sizes_are_refused() -> None:
    with pytest.raises(ShapeError, match="vector of 6"):
        StreamingPCA(6, 2).update(np.ones(5))
    with pytest.raises(UsageError, match="components"):
        StreamingPCA(6, 7)
