"""What a person is laid over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import SourceError, UsageError
from kinesics.pipeline.backdrops import backdrop, laid_over, stacked, straight
from kinesics.video import save_image


def premultiplied(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (40, 50, 4)).astype(np.uint16)
    picture[:5, :, 3], picture[5:10, :, 3] = 0, 255
    picture[..., :3] = (picture[..., :3] * picture[..., 3:] + 127) // 255
    return picture.astype(np.uint8)


def test_straight_colours_times_alpha_are_the_premultiplied_ones() -> None:
    picture = premultiplied()
    made = straight(picture).astype(int)
    again = (made[..., :3] * made[..., 3:] + 127) // 255
    assert np.abs(again - picture[..., :3]).max() <= 1 and np.array_equal(made[..., 3], picture[..., 3])


def test_stacking_and_laying_over_agree() -> None:
    top, under = premultiplied(0), premultiplied(1)
    wall = np.full((40, 50, 3), (30, 90, 200), np.uint8)
    once = laid_over(stacked(top, under), wall).astype(int)
    twice = laid_over(top, laid_over(under, wall)).astype(int)
    assert np.abs(once - twice).max() <= 3


def test_over_nothing_is_straight() -> None:
    assert np.array_equal(laid_over(premultiplied(), None), straight(premultiplied()))


def test_colours_and_pictures(tmp_path: Path) -> None:
    assert backdrop("keep", (8, 6)) is None and backdrop("transparent", (8, 6)) is None
    colour = backdrop("#20c040", (8, 6))
    assert colour is not None and colour.shape == (6, 8, 3) and colour[3, 3].tolist() == [0x20, 0xC0, 0x40]
    save_image(tmp_path / "wall.png", np.full((33, 77, 3), 99, np.uint8))
    picture = backdrop(tmp_path / "wall.png", (51, 62))
    assert picture is not None and picture.shape == (62, 51, 3) and (picture == 99).all()


@pytest.mark.parametrize("what", ["blue", "#12345", "#zzzzzz", "nowhere.png"])
def test_what_nobody_knows_is_said(what: str) -> None:
    with pytest.raises(UsageError, match="--background"):
        backdrop(what, (8, 6))


def test_a_picture_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "odd.png").write_text("no picture")
    with pytest.raises(SourceError):
        backdrop(tmp_path / "odd.png", (8, 6))
