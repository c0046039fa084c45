from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinesics.draw.canvas import Canvas, usual_matrix, yuv_matrix
from kinesics.draw.tags import tag_sprite
from kinesics.errors import ShapeError, UsageError
from kinesics.types import Array

PlanesOf = Callable[[Array], tuple[Array, Array, Array]]


def test_yuv_matrix_gives_the_numbers_of_the_standards() -> None:
    white, red = np.array([255, 255, 255, 1]), np.array([255, 0, 0, 1])
    for name in ("bt601", "bt709"):
        assert yuv_matrix(name) @ white == pytest.approx([235, 128, 128])
    assert np.rint(yuv_matrix("bt601") @ red).tolist() == [81, 90, 240]  # SMPTE colour bars, SD
    assert np.rint(yuv_matrix("bt709") @ red).tolist() == [63, 102, 240]  # and HD
    with pytest.raises(UsageError, match="bt601, bt709"):
        yuv_matrix("bt2020")


@pytest.mark.parametrize(("size", "matrix"), [((640, 360), "bt601"), ((720, 576), "bt601"), ((1280, 720), "bt709")])
def test_usual_matrix_is_709_for_hd(size: tuple[int, int], matrix: str) -> None:
    assert usual_matrix(size) == matrix


def test_canvas_never_writes_into_the_picture_it_was_given(ground: Array, planes_of: PlanesOf) -> None:
    planes = planes_of(ground)
    for picture in (ground, planes):
        before = [p.copy() for p in (picture if isinstance(picture, tuple) else (picture,))]
        canvas = Canvas(picture)
        canvas.path(np.array([(0, 0), (640, 360)], float), 9, (255, 0, 0))
        after = picture if isinstance(picture, tuple) else (picture,)
        assert all((a == b).all() for a, b in zip(before, after, strict=True))


def test_faded_at_zero_leaves_the_picture_and_at_half_goes_half_way(ground: Array) -> None:
    canvas = Canvas(ground)
    with canvas.faded((0, 0, 640, 360), 0.0):
        canvas.path(np.array([(10, 10), (600, 300)], float), 9, (255, 0, 0))
    assert (canvas.picture == ground).all()
    with canvas.faded((-50, -50, 9999, 9999), 0.5):
        canvas.path(np.array([(0, 100), (640, 100)], float), 9, (255, 255, 255))
    assert isinstance(canvas.picture, np.ndarray)
    assert canvas.picture[100, 300].tolist() == pytest.approx(((ground[100, 300].astype(int) + 255) / 2).tolist(), abs=1)


@pytest.mark.parametrize("corner", [(-30, -8), (620, 350), (10, 340), (-500, 5), (5, 900)])
def test_sprites_are_cut_at_the_edges(ground: Array, planes_of: PlanesOf, corner: tuple[int, int]) -> None:
    for picture in (ground, planes_of(ground)):
        canvas = Canvas(picture)
        canvas.stamp(tag_sprite("7", "walking", (255, 221, 40), 14, canvas.kind), *corner)
        assert canvas.size == (640, 360)


def test_tint_changes_the_mask_and_nothing_else(ground: Array) -> None:
    mask = np.zeros((360, 640), bool)
    mask[100:141, 200:251] = True
    canvas = Canvas(ground)
    canvas.tint(mask, (255, 0, 0), 0.5)
    assert isinstance(canvas.picture, np.ndarray)
    changed = (canvas.picture != ground).any(2)
    assert (changed == mask).all()


def test_canvas_refuses_what_is_no_picture() -> None:
    with pytest.raises(ShapeError, match="RGB"):
        Canvas(np.zeros((4, 4), np.uint8))
    with pytest.raises(ShapeError, match="planes"):
        Canvas((np.zeros((5, 5), np.uint8), np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint8)))
