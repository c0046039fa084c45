from __future__ import annotations

import numpy as np
import pytest

from kinesics.errors import ShapeError, UsageError
from kinesics.masks.redaction import COVERS, FLAT, cover_mask, cover_spots, flat_picture
from kinesics.types import Array


def noise(high: int = 120, wide: int = 160, seed: int = 0) -> Array:
    return np.random.default_rng(seed).integers(0, 255, (high, wide, 3)).astype(np.uint8)


def oval(x: float, y: float, rx: float, ry: float, shape: tuple[int, ...]) -> Array:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.asarray(((columns - x) / rx) ** 2 + ((rows - y) / ry) ** 2 <= 1)


@pytest.mark.parametrize("how", COVERS)
@pytest.mark.parametrize(
    "spot", [(80, 60, 30, 40), (3, 5, 20, 20), (155, 118, 50, 30), (80.3, 60.7, 1.2, 2.0), (80, 60, 500, 500)]
)
def test_inside_a_spot_depends_on_few_numbers_only(how: str, spot: tuple[float, ...]) -> None:
    """Two pictures that differ in the fine alone are the same where they are covered."""
    x, y, rx, ry = spot
    image = noise()
    inside = oval(x, y, rx, ry, image.shape)
    out = cover_spots(image, np.array([spot]), how)
    assert inside.any()
    if how == "solid":
        assert (out[inside] == FLAT).all()
    if min(rx, ry) > 15:  # far fewer colours and far less contrast than what was there
        assert len(np.unique(out[inside], axis=0)) < 0.8 * np.count_nonzero(inside)
        assert out[inside].std() < 0.35 * image[inside].std()


@pytest.mark.parametrize("how", COVERS)
def test_only_the_spot_and_its_soft_edge_change(how: str) -> None:
    image = noise()
    before = image.copy()
    out = cover_spots(image, np.array([[80, 60, 20, 30]]), how)
    assert (image == before).all()
    far = ~oval(80, 60, 20 * 1.3, 30 * 1.3, image.shape)
    assert (out[far] == image[far]).all()
    assert cover_spots(image, np.zeros((0, 4)), how).tolist() == image.tolist()


@pytest.mark.parametrize("how", COVERS)
def test_a_spot_covers_what_lies_under_another(how: str) -> None:
    """The soft edge of one spot brings nothing back that another has covered."""
    image = np.zeros((100, 200, 3), np.uint8)
    image[:, 60:80] = 255
    alone = cover_spots(image, np.array([[70.0, 50, 30, 30]]), "solid")
    both = cover_spots(image, np.array([[70.0, 50, 30, 30], [118, 50, 20, 20]]), how)
    core = oval(70, 50, 25, 25, image.shape) & ~oval(118, 50, 26, 26, image.shape)
    if how == "solid":
        assert (both[core] == alone[core]).all()
    assert both[oval(70, 50, 30, 30, image.shape)].max() < 250


def test_boxes_cover_their_corners() -> None:
    out = cover_spots(noise(), np.array([[80, 60, 30, 20]]), "solid", rounded=False)
    assert (out[40:81, 50:111] == FLAT).all()


@pytest.mark.parametrize("how", COVERS)
def test_a_mask_is_covered_fully_and_little_beyond(how: str) -> None:
    image = noise()
    mask = oval(50, 60, 20, 40, image.shape)
    out = cover_mask(image, mask[10:110, 20:80], 12, how, corner=(20, 10), soft=3)
    far = ~oval(50, 60, 34, 54, image.shape)
    assert (out[far] == image[far]).all()
    assert out[mask].std() < 0.35 * image[mask].std()
    if how == "solid":
        assert (out[mask] == FLAT).all()
        assert (cover_mask(image, mask, 12, how, grow=9, soft=6)[oval(50, 60, 28, 48, image.shape)] == FLAT).all()
        assert ((cover_mask(image, mask, 12, how) == FLAT).all(axis=2) == mask).all()
    assert (cover_mask(image, np.zeros(image.shape[:2], bool), 12, how) == image).all()
    assert (cover_mask(image, np.ones(image.shape[:2], bool), 12, "solid") == flat_picture((160, 120))).all()


def test_what_cannot_be_covered_is_said() -> None:
    image = noise()
    with pytest.raises(UsageError, match="blur, pixelate, solid"):
        cover_spots(image, np.zeros((0, 4)), "smear")
    with pytest.raises(ShapeError, match="finite"):
        cover_spots(image, np.array([[np.nan, 1, 2, 2]]))
    with pytest.raises(ShapeError, match="window"):
        cover_mask(image, np.zeros((3, 3), bool), 5, corner=(158, 0))
