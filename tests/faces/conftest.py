from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinesics.bodies.portraits import make_portrait
from kinesics.faces.made_heads import MadeHead, made_head
from kinesics.types import Array


@pytest.fixture(scope="session")
def portrait() -> object:
    return make_portrait(np.random.default_rng(70_001))


@pytest.fixture(scope="session")
def head_of(portrait: object) -> Callable[..., tuple[Array, MadeHead]]:
    """A made head on grey, 256x256, with what is true of it."""

    def make(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0, seed: int = 0) -> tuple[Array, MadeHead]:
        head = made_head(portrait, np.random.default_rng(seed), (yaw, pitch, roll), 256)  # type: ignore[arg-type]
        rest = (255 - head.picture[..., 3:].astype(int)) * 110 // 255
        return np.clip(head.picture[..., :3] + rest, 0, 255).astype(np.uint8), head

    return make
