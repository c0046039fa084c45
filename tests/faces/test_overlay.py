from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from kinesics.errors import ShapeError
from kinesics.faces.artwork import FILTERS, face_filter, filter_of_picture
from kinesics.faces.layout import face_layout
from kinesics.faces.lighting import Light, light_of
from kinesics.faces.overlay import FaceFilter, Layer
from kinesics.faces.surfaces import pinned, sheet, skin
from kinesics.types import Array

MeshAt = Callable[..., Array]
EVEN = Light(np.ones(3, np.float32), np.zeros(2), 128.0)
OUT = 33  # the mesh's point at the outer corner of the eye on the picture's left


def spot(x: float, y: float, radius: float = 6.0, colour: tuple[int, int, int] = (255, 0, 0)) -> FaceFilter:
    """A filter that is one round spot at a place of the layout."""
    picture = np.zeros((512, 512, 4), np.uint8)
    cv2.circle(picture, (round(x * 16), round(y * 16)), round(radius * 16), (*colour, 255), -1, cv2.LINE_AA, 4)
    picture[..., :3] = colour
    return filter_of_picture(picture)


def middle_of(image: Array, ground: int = 128) -> Array:
    weight = np.abs(image.astype(float) - ground).sum(2)
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    return np.asarray(np.array([(x * weight).sum(), (y * weight).sum()]) / weight.sum())


def grey(wide: int, high: int) -> Array:
    return np.full((high, wide, 3), 128, np.uint8)


def ramp(size: int) -> Array:
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    return np.stack([90 + 100 * x, 110 + 60 * y, 100 + 40 * x * y], -1).astype(np.uint8)


@pytest.mark.parametrize("turn", [{}, {"yaw": 20}, {"pitch": -15}, {"roll": 70}, {"yaw": -25, "roll": -140, "pitch": 10}])
@pytest.mark.parametrize("point", [OUT, 1, 152, 50, 10])
def test_what_is_drawn_at_a_point_lies_at_that_point(mesh_at: MeshAt, turn: dict[str, float], point: int) -> None:
    mesh = mesh_at(200, 180, 150, **turn)
    image = grey(400, 360)
    x, y, _ = face_layout().mesh[point]
    spot(x, y, 5).put(image, mesh, light=EVEN)
    assert np.abs(middle_of(image) - mesh[point, :2]).max() < 2.5


def test_what_is_round_the_face_goes_with_the_head(mesh_at: MeshAt) -> None:
    for roll in (0.0, 90.0, 180.0):
        image = grey(400, 400)
        spot(256, 120, 12).put(image, mesh_at(200, 200, 100, roll=roll), light=EVEN)
        a = np.radians(roll)
        way = np.array([np.sin(a), -np.cos(a)]) * 180 * 100 / 190
        assert np.abs(middle_of(image) - ([200, 200] + way)).max() < 3


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_a_small_face_looks_as_a_large_one(mesh_at: MeshAt, name: str) -> None:
    pictures = []
    for wide in (40, 160, 800):
        size = round(wide * 2.25)
        image = ramp(size)
        face_filter(name).put(image, mesh_at(size / 2 - 0.5, size / 2 - 0.5, wide, yaw=12, roll=8))
        pictures.append(cv2.resize(image, (90, 90), interpolation=cv2.INTER_AREA).astype(float))
    blurred = [cv2.blur(picture, (3, 3)) for picture in pictures]
    changed = np.abs(blurred[2] - cv2.blur(ramp(90).astype(float), (3, 3))).max(2) > 6
    assert changed.sum() > 60
    for small in blurred[:2]:
        assert np.abs(small - blurred[2])[changed].mean() < 7


def test_a_mirrored_face_wears_the_mirror_image(mesh_at: MeshAt) -> None:
    mesh, layout = mesh_at(150, 150, 120, yaw=18, roll=15), face_layout()
    image, other = grey(300, 300), grey(300, 300)
    spot(200, 280, 8).put(image, mesh, light=EVEN)
    flipped = (mesh * [-1, 1, 1] + [299, 0, 0])[layout.mirror]
    spot(312, 280, 8).put(other, flipped, light=EVEN)
    assert np.abs(image[:, ::-1].astype(int) - other).mean() < 0.15


def test_paint_on_a_cheek_that_turned_away_is_not_seen(mesh_at: MeshAt) -> None:
    x, y, _ = face_layout().mesh[234]  # before the ear, on the picture's left
    paint = np.zeros((512, 512, 4), np.uint8)
    paint[..., 0] = 255
    cv2.circle(paint, (round(x) + 6, round(y)), 8, (255, 0, 0, 255), -1)
    marks = []
    for yaw in (35, -35):
        image = grey(300, 300)
        FaceFilter((Layer(paint, skin()),)).put(image, mesh_at(150, 150, 120, yaw=yaw), light=EVEN)
        marks.append(np.abs(image.astype(int) - 128).sum())
    assert max(marks) > 20_000 and min(marks) < 0.05 * max(marks)


def test_opacity_mixes_and_nothing_else_is_touched(mesh_at: MeshAt) -> None:
    mesh = mesh_at(150, 150, 120)
    whole, half, none = grey(300, 300), grey(300, 300), grey(300, 300)
    worn = face_filter("sunglasses")
    worn.put(whole, mesh, light=EVEN)
    worn.put(half, mesh, opacity=0.5, light=EVEN)
    worn.put(none, mesh, opacity=0.0, light=EVEN)
    assert (none == 128).all()
    full, part = whole.astype(int) - 128, half.astype(int) - 128
    alone = full.min(2) < -60  # lenses, where one layer's opacity is the whole story but for the shadow below
    assert alone.sum() > 500 and np.abs(part[alone] - 0.5 * full[alone]).mean() < 8
    assert (whole[220:] == 128).all() and (whole[:, :60] == 128).all()


def test_what_is_in_front_cuts_it(mesh_at: MeshAt) -> None:
    mesh, image = mesh_at(150, 150, 120), grey(300, 300)
    hidden = np.zeros((300, 300), np.float32)
    hidden[:, 150:] = 1
    face_filter("tiger").put(image, mesh, light=EVEN, hidden=hidden)
    assert (image[:, 150:] == 128).all() and (image[:, :150] != 128).any()


@pytest.mark.parametrize("name", sorted(FILTERS))
@pytest.mark.parametrize(
    "place", [(-20, 50, 80), (310, 100, 90), (150, -40, 100), (150, 290, 200), (150, 150, 3), (900, 900, 50), (150, 100, 4000)]
)
def test_faces_at_the_edge_or_beyond_do_no_harm(mesh_at: MeshAt, name: str, place: tuple[float, float, float]) -> None:
    image = ramp(300)
    face_filter(name).put(image, mesh_at(*place, yaw=10))
    assert image.shape == (300, 300, 3)


def test_a_mesh_that_is_none(mesh_at: MeshAt) -> None:
    image = grey(100, 100)
    worn = face_filter("glasses")
    worn.put(image, np.full((468, 3), np.nan))
    worn.put(image, np.zeros((468, 3)))
    assert (image == 128).all()
    with pytest.raises(ShapeError, match=r"expected a mesh \(468, 3\), got \(5, 3\)"):
        worn.put(image, np.zeros((5, 3)))
    with pytest.raises(ShapeError, match="RGBA"):
        Layer(np.zeros((4, 4, 3), np.uint8), skin())
    with pytest.raises(ShapeError, match="Surface"):
        type(skin())(np.zeros((4, 3)), np.zeros((3, 2)), skin().triangles, np.zeros(4))


def test_the_head_is_laid_on_the_mesh(mesh_at: MeshAt) -> None:
    head = pinned(mesh_at(50, 60, 95, yaw=20, roll=30))
    assert head.scale == pytest.approx(0.5, rel=1e-6)
    assert np.abs(head.place(face_layout().mesh) - mesh_at(50, 60, 95, yaw=20, roll=30)).max() < 1e-6


def test_a_ball_stays_round_when_the_head_turns(mesh_at: MeshAt) -> None:
    for yaw in (0, 35):
        image = grey(300, 300)
        face_filter("clown-nose").put(image, mesh_at(150, 150, 150, yaw=yaw), light=EVEN)
        red = ((image[..., 0] > 90) & (image[..., 1] < 80)).astype(np.uint8)
        _, _, wide, high = cv2.boundingRect(red)
        assert 0.8 < wide / high < 1.25


def test_sheets_are_seen_from_one_side_or_both() -> None:
    places = np.stack([*np.meshgrid([0.0, 1, 2], [0.0, 1]), np.zeros((2, 3))], -1)
    assert len(sheet(places).triangles) == 4 and len(sheet(places, both=True).triangles) == 8


def test_a_dark_room_makes_a_dark_overlay_and_a_window_a_bright_side(mesh_at: MeshAt) -> None:
    mesh = mesh_at(150, 150, 120)
    bright, dark = light_of(np.full((300, 300, 3), 200, np.uint8), mesh), light_of(np.full((300, 300, 3), 25, np.uint8), mesh)
    assert dark.gain.mean() < 0.5 * bright.gain.mean() and 0.9 < bright.gain.mean() < 1.1
    sided = np.tile(np.linspace(40, 220, 300)[None, :, None], (300, 1, 3)).astype(np.uint8)
    light = light_of(sided, mesh)
    assert light.slope[0] > 0.15 and abs(light.slope[1]) < 0.02
    field = light.field(np.array([-1.0, 1.0]), np.array([0.0]))
    assert field[0, 1] > field[0, 0]
    warm = light_of(np.full((300, 300, 3), (210, 180, 120), np.uint8), mesh)
    assert warm.gain[0] > warm.gain[2] and warm.gain.max() / warm.gain.min() < 1.3


def test_all_black_is_fine(mesh_at: MeshAt) -> None:
    image = np.zeros((300, 300, 3), np.uint8)
    face_filter("tiger").put(image, mesh_at(150, 150, 120))
    assert image.max() < 110
