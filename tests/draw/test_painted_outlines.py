"""Outlines on pictures: painted window by window, smooth, the same on planes as on RGB."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kinesics.draw import Painter
from kinesics.draw.canvas import Canvas
from kinesics.draw.outlines import smoothed
from kinesics.draw.palette import id_color
from kinesics.types import Array, Masks, People, Scene, skeleton
from kinesics.types.polygons import rings

SIZE = (640, 360)


def disc(x: float, y: float, radius: float) -> Array:
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    return np.asarray((columns - x) ** 2 + (rows - y) ** 2 < radius**2)


def scene(masks: Masks) -> Scene:
    n = len(masks)
    people = People(np.zeros((n, 4)), np.ones(n), np.zeros((n, 17, 2)), np.zeros((n, 17)), skeleton("coco17"), np.arange(n))
    return Scene(
        0,
        0.0,
        SIZE,
        People(people.boxes, people.score, people.points, people.point_scores, people.skeleton, masks=masks, ids=people.ids),
    )


def painter() -> Painter:
    return Painter(tags=False, trails=0, matrix="bt601")


def test_a_disc_is_outlined_by_a_circle() -> None:
    ((ring, _),) = rings(disc(100, 90, 60))
    line = smoothed(ring, 4.0)
    far = np.linalg.norm(line - (100.5, 90.5), axis=1)  # counted from the border
    assert np.abs(far - 60).max() < 0.7 and far.std() < 0.25
    assert np.linalg.norm(ring - (100.5, 90.5), axis=1).std() > 0.3


@pytest.mark.parametrize("shape", [np.ones((1, 1), bool), np.ones((1, 5), bool), np.eye(3, dtype=bool)])
def test_tiny_outlines_keep_their_form(shape: Array) -> None:
    for ring, _ in rings(shape):
        line = smoothed(ring, 8.0)
        assert np.isfinite(line).all()
        assert line.min() >= -0.01 and (line.max(axis=0) <= np.array(shape.shape[::-1]) + 0.01).all()


def test_only_the_person_and_a_line_round_it_change() -> None:
    mask = disc(200, 150, 70) & ~disc(200, 150, 20)  # with a hole
    ground = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
    painted = painter().paint(scene(Masks.dense(mask[None])), ground)
    assert isinstance(painted, np.ndarray)
    changed = (painted != ground).any(axis=2)
    inner = cv2.erode(mask.astype(np.uint8), np.ones((7, 7))) > 0
    outer = cv2.dilate(mask.astype(np.uint8), np.ones((7, 7))) > 0
    assert changed[inner].all() and not changed[~outer].any()
    tinted = painted[inner].mean(axis=0)
    assert np.abs(tinted - (0.65 * 90 + 0.35 * np.array(id_color(0)))).max() < 1.5


@pytest.mark.parametrize("x", [100, 101])
def test_planes_get_the_colours_of_rgb(x: int) -> None:
    mask, ground = disc(x, 150, 60), np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
    there = scene(Masks.dense(mask[None]))
    rgb = painter().paint(there, ground)
    w, h = SIZE
    flat = cv2.cvtColor(ground, cv2.COLOR_RGB2YUV_I420).ravel()
    planes = (flat[: w * h].reshape(h, w), *flat[w * h :].reshape(2, h // 2, w // 2))
    painted = painter().paint(there, planes)  # type: ignore[arg-type]
    assert isinstance(painted, tuple) and isinstance(rgb, np.ndarray)
    back = cv2.cvtColor(np.concatenate([p.ravel() for p in painted]).reshape(h * 3 // 2, w), cv2.COLOR_YUV2RGB_I420)
    inner = cv2.erode(mask.astype(np.uint8), np.ones((9, 9))) > 0
    outer = cv2.dilate(mask.astype(np.uint8), np.ones((9, 9))) > 0
    assert np.abs(back[inner].astype(int) - rgb[inner]).mean() < 3
    assert np.abs(back[~outer].astype(int) - 90).max() <= 2


def test_a_window_is_tinted_where_it_lies() -> None:
    mask = disc(301, 77, 30)
    for picture in (np.zeros((SIZE[1], SIZE[0], 3), np.uint8),):
        whole, window = Canvas(picture), Canvas(picture)
        whole.tint(mask, (255, 0, 0), 0.5)
        x, y, part = Masks.dense(mask[None]).window(0)
        window.tint(part, (255, 0, 0), 0.5, (x, y))
        assert np.array_equal(whole.picture, window.picture)


def test_outlines_without_pixels_and_at_the_edges_are_painted() -> None:
    dense = np.zeros((3, SIZE[1], SIZE[0]), bool)
    dense[0] = True
    dense[1, 359, 639] = True
    painted = painter().paint(scene(Masks.dense(dense)), np.zeros((SIZE[1], SIZE[0], 3), np.uint8))
    assert isinstance(painted, np.ndarray) and (painted[100:200, 100:200] > 0).any(axis=2).all()
