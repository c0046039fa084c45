"""What several tests of depth are made of: a clip of depth pictures, a forest of random nodes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinesics.bodies import PARTS
from kinesics.depth.forest import Forest
from kinesics.depth.glimpse_trees import in_255ths
from kinesics.types import Array


@pytest.fixture(scope="session")
def made() -> Callable[..., Array]:
    """A function that makes (t, 30, 40) uint16 millimetres: a box that walks before nothing."""

    def make(count: int = 5) -> Array:
        clip = np.zeros((count, 30, 40), np.uint16)
        for t in range(count):
            clip[t, 5:25, 4 + t : 20 + t] = 2000 + 10 * t + np.arange(20)[:, None]
        return clip

    return make


@pytest.fixture(scope="session")
def random_forest() -> Callable[..., Forest]:
    """A function that makes a forest of random nodes from a seed."""
    return _random_forest


def _random_forest(seed: int, *, trees: int = 1, levels: int = 6, labels: tuple[str, ...] = PARTS) -> Forest:
    """A forest of random nodes, some of whose branches end early; breadth first, leaves in the order of their nodes."""
    rng = np.random.default_rng(seed)
    children: list[int] = []
    roots, leaves = [], 0
    for _ in range(trees):
        roots.append(len(children))
        level, nodes = 1, len(children)
        for depth in range(levels):
            inner = (rng.random(level) < (0.8 if depth + 1 < levels else 0)) | (depth == 0 and levels > 1)
            below = nodes + level
            for ends in ~inner:
                children.append(~leaves if ends else below)
                leaves, below = leaves + ends, below + 2 * (not ends)
            nodes, level = nodes + level, 2 * int(inner.sum())
    ours = np.array(children, np.int32)
    still = (ours < 0)[:, None]
    return Forest(
        roots=np.array(roots, np.int32), children=ours, labels=labels,
        offsets=np.where(still, 0, rng.integers(-4000, 4000, (len(ours), 4))).astype(np.int16),
        thresholds=np.where(still[:, 0], 0, rng.integers(-700, 700, len(ours))).astype(np.int16),
        leaf_parts=in_255ths(rng.dirichlet(np.full(len(labels), 0.3), leaves)),
    )  # fmt: skip
