from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinesics.bodies.portraits import make_portrait
from kinesics.faces.layout import face_layout
from kinesics.faces.made_heads import MadeHead, made_head
from kinesics.types import Array

MeshAt = Callable[..., Array]


@pytest.fixture(scope="session")
def mesh_at() -> MeshAt:
    """A face mesh (468, 3) of a width in pixels, about a middle, turned by degrees."""

    def make(x: float, y: float, wide: float, *, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Array:
        layout = face_layout().mesh
        a, b, c = np.radians([yaw, pitch, roll])
        around_y = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
        around_x = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
        around_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
        turned = (layout - [256, 300, 20]) @ (around_z @ around_x @ around_y).T
        return np.asarray(turned * wide / 190 + [x, y, 0])

    return make


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
