from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinesics.faces import FaceFinder
from kinesics.faces.gates import CELLS, cover_maps, face_cells, gates_of, turned_away
from kinesics.sights import Turned
from kinesics.types import Array, Masks, People, skeleton

Heads = Callable[..., tuple[Array, object]]


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


def apply_of(finder: FaceFinder, picture: Array, *rest: object) -> float:
    finder.reset()
    faces = finder(picture, *rest)  # type: ignore[arg-type]
    return max((face.gates.apply for face in faces if face.gates is not None), default=0.0)


def test_a_free_face_is_open_and_a_turned_one_is_shut(head_of: Heads, finder: FaceFinder) -> None:
    assert apply_of(finder, head_of()[0]) > 0.6
    assert apply_of(finder, head_of(72)[0]) < 0.25
    assert apply_of(finder, head_of(-72)[0]) < 0.25


def test_half_a_face_behind_a_wall_is_covered_by_other(head_of: Heads, finder: FaceFinder) -> None:
    picture, truth = head_of()
    hidden = picture.copy()
    hidden[:, int(truth.points[0, 0]) :] = (40, 90, 160)  # type: ignore[attr-defined]
    finder.reset()
    finder(picture)
    faces = finder(hidden)
    assert not faces or (faces[0].gates is not None and faces[0].gates.by["other"] > 0.2 and faces[0].gates.apply < 0.3)


def test_turning_only_ever_shuts() -> None:
    shut = [turned_away(yaw, 0) for yaw in range(0, 91, 5)]
    assert shut == sorted(shut) and shut[0] < 0.01 and shut[-1] > 0.99
    assert turned_away(np.nan, 0) == 1.0 and turned_away(0, 60) > 0.9
    assert turned_away(42, 0) == pytest.approx(0.5)


def square_face() -> tuple[Array, Turned]:
    mesh = np.zeros((468, 3))
    angle = np.linspace(0, 2 * np.pi, 468)
    mesh[:, 0], mesh[:, 1] = 100 + 40 * np.cos(angle), 100 + 40 * np.sin(angle)
    return mesh, Turned(100, 100, 120, 0)


def test_the_edge_covers_what_lies_beyond_it() -> None:
    mesh, square = square_face()
    gates = gates_of((0, 0), 1.0, face_cells(mesh, square), cover_maps(square, (100, 300)))
    assert gates.by["edge"] == pytest.approx(0.5, abs=0.05) == gates.covered
    assert gates.apply < 0.1


def test_hands_and_others_cover_and_nothing_counts_twice() -> None:
    mesh, square = square_face()
    hand = np.tile([[75.0, 70.0]], (21, 1))
    hand[[5, 9, 13, 17]] = [[75, 130], [88, 130], [95, 130], [100, 130]]
    hand[[0, 1]] = [[90, 70], [75, 70]]
    other = (100, 0, np.ones((300, 200), bool))
    maps = cover_maps(square, (400, 300), [hand], [other])
    gates = gates_of((0, 0), 1.0, face_cells(mesh, square), maps)
    assert gates.by["hand"] > 0.1 and gates.by["person"] == pytest.approx(0.5, abs=0.1)
    assert sum(gates.by.values()) == pytest.approx(gates.covered) and gates.covered <= 1
    none = gates_of((0, 0), 1.0, face_cells(mesh, square), cover_maps(square, (400, 300), [np.full((21, 2), np.nan)]))
    assert none.covered == 0 and none.apply > 0.9


def test_the_net_says_where_by_its_map_and_how_much_by_both() -> None:
    mesh, square = square_face()
    maps = np.zeros((2, 16, 16))
    maps[0, :, 8:] = 1.0
    maps[1, :8] = 1.0
    gates = gates_of((0, 0), 1.0, face_cells(mesh, square), cover_maps(square, (400, 300)), (maps, 0.5))
    assert gates.covered == pytest.approx(0.5, abs=0.08)
    assert gates.by["hand"] == pytest.approx(gates.by["other"], abs=0.08) and face_cells(mesh, square).shape == (CELLS, CELLS)


def test_somebody_in_front_covers(head_of: Heads, finder: FaceFinder) -> None:
    picture, truth = head_of()
    points, scores = np.zeros((2, 17, 2)), np.zeros((2, 17))
    points[0, :5], scores[0, :5] = truth.points, 0.9  # type: ignore[attr-defined]
    people = People([[0, 0, 255, 255]] * 2, [0.9, 0.5], points, scores, skeleton("coco17"), [1, 2])
    masks = np.zeros((2, 256, 256), bool)
    masks[1, :, 128:] = True
    finder.reset()
    face = finder(picture, people, masks=Masks.dense(masks))[0]
    assert face.gates is not None and face.gates.by["person"] > 0.3 and face.gates.apply < 0.1
