from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from kinesics.faces.hidden import hands_before
from kinesics.faces.records import COVERS, Face, Gates
from kinesics.faces.wearing import Wearers
from kinesics.types import Array, People, skeleton

MeshAt = Callable[..., Array]


def face(mesh: Array, person: int = -1, apply: float = 1.0) -> Face:
    box = np.concatenate([mesh[:, :2].min(0), mesh[:, :2].max(0)])
    return Face(box, 0.9, mesh, None, person, 0.0, 0.0, 0.0, Gates(0.0, 0.0, dict.fromkeys(COVERS, 0.0), apply))


def heads(places: dict[int, tuple[float, float]]) -> People:
    points = np.zeros((len(places), 17, 2), np.float32)
    points[:, :5] = np.array(list(places.values()))[:, None] + np.array([[0, 0], [5, -5], [-5, -5], [9, 0], [-9, 0]])
    n = len(places)
    return People(np.ones((n, 4)), np.ones(n), points, np.ones((n, 17)), skeleton("coco17"), np.array(list(places)))


def grey() -> Array:
    return np.full((240, 320, 3), 128, np.uint8)


def changed(image: Array) -> Array:
    return np.asarray((image != 128).any(2))


def test_it_comes_and_goes_with_the_gate(mesh_at: MeshAt) -> None:
    wearers, shown = Wearers("sunglasses"), []
    for i in range(90):
        apply = 0.0 if 30 <= i < 60 else 1.0
        wearers.update(grey(), [face(mesh_at(160, 120, 80), 4, apply)], i / 30)
        shown.append(wearers.opacities[4])
    assert shown[12] > 0.9 and shown[29] == 1 and shown[36] < 0.1 and shown[59] == 0 and shown[72] > 0.9
    steps = np.diff(shown)
    assert steps.max() <= 1 / 30 / 0.3 + 1e-9 and steps.min() >= -1 / 30 / 0.15 - 1e-9


def test_the_input_is_never_changed_and_is_handed_back_where_nothing_is_worn(mesh_at: MeshAt) -> None:
    wearers, image = Wearers("glasses"), grey()
    image.setflags(write=False)
    assert wearers.update(image, [], 0.0) is image
    assert wearers.update(image, [face(mesh_at(160, 120, 80))], 0.1) is image  # it only begins
    assert wearers.update(image, [face(mesh_at(160, 120, 80))], 0.2) is not image
    assert (image == 128).all()


def test_each_person_fades_alone_and_strangers_are_kept_by_place(mesh_at: MeshAt) -> None:
    wearers = Wearers("tiger")
    for i in range(30):
        left, right = face(mesh_at(80, 120, 60)), face(mesh_at(240, 120, 60), -1, 0.0 if i > 15 else 1.0)
        image = wearers.update(grey(), [left, right][:: 1 if i % 2 else -1], i / 30)
    assert changed(image)[:, :160].any() and not changed(image)[:, 160:].any()
    assert len(wearers._wearers) == 2


def test_who_gets_an_id_is_still_the_same(mesh_at: MeshAt) -> None:
    wearers = Wearers("glasses")
    for i in range(20):
        wearers.update(grey(), [face(mesh_at(100 + i, 120, 60), 7 if i >= 10 else -1)], i / 30)
    assert wearers.opacities == {7: 1.0}


def test_two_ids_are_never_one_person(mesh_at: MeshAt) -> None:
    wearers = Wearers("glasses")
    for i in range(12):
        wearers.update(grey(), [face(mesh_at(100, 120, 60), 1), face(mesh_at(104, 120, 60), 2)], i / 30)
    assert set(wearers.opacities) == {1, 2}


def test_a_lost_face_fades_where_its_head_goes(mesh_at: MeshAt) -> None:
    wearers, middles = Wearers("sunglasses"), []
    for i in range(20):
        x = 100.0 + 5 * i
        seen = [face(mesh_at(x, 120, 60), 3)] if i < 15 else []
        image = wearers.update(grey(), seen, i / 30, people=heads({3: (x, 120)}))
        place = np.flatnonzero(changed(image).any(0))
        middles.append((place[0] + place[-1]) / 2 if len(place) else np.nan)
    assert np.allclose(np.diff(middles[11:18]), 5, atol=2)  # it goes on, and does not stay behind
    assert np.isnan(middles[19])


def test_a_lost_face_of_nobody_goes_where_it_is(mesh_at: MeshAt) -> None:
    wearers = Wearers("glasses")
    for i in range(30):
        image = wearers.update(grey(), [face(mesh_at(160, 120, 60))] if i < 15 else [], i / 30)
    assert not changed(image).any() and wearers.update(grey(), [], 5.0) is not None and not wearers._wearers


def test_time_that_falls_starts_anew(mesh_at: MeshAt) -> None:
    wearers = Wearers("glasses")
    for i in range(20):
        wearers.update(grey(), [face(mesh_at(160, 120, 60), 1)], 10 + i / 30)
    wearers.update(grey(), [face(mesh_at(160, 120, 60), 1)], 0.0)
    assert wearers.opacities == {1: 0.0}


def test_a_hand_before_the_face_is_before_the_filter(mesh_at: MeshAt) -> None:
    fingers = np.linspace(0, 1, 4)[:, None]
    hand = [np.array([[170.0, 190]])]
    hand += [np.array([160 + 8 * k, 150]) + fingers * [0.0, -50] for k in range(5)]
    points = np.concatenate(hand)
    wearers = Wearers("tiger")
    for i in range(15):
        image = wearers.update(grey(), [face(mesh_at(160, 120, 90), 1)], i / 30, hands=[points])
    assert (image[110:140, 176] == 128).all() and (image[110:140, 130] != 128).any()
    assert hands_before(mesh_at(20, 20, 10), [points], (320, 240)) is None
    assert hands_before(mesh_at(160, 120, 90), [np.full((21, 2), np.nan)], (320, 240)) is None


def test_no_mesh_tiny_faces_and_forty_of_them(mesh_at: MeshAt) -> None:
    wearers = Wearers("moustache")
    bare = replace(face(mesh_at(50, 50, 30)), mesh=None)
    tiny = face(mesh_at(150, 50, 4))
    many = [face(mesh_at(20 + 31 * (k % 10), 30 + 55 * (k // 10), 24), k) for k in range(40)]
    for i in range(10):
        image = wearers.update(grey(), [bare, tiny, *many], i / 30)
    assert len(wearers.opacities) == 40 and changed(image).sum() > 40 * 20


def test_no_gates_means_nobody_asked(mesh_at: MeshAt) -> None:
    wearers = Wearers("glasses")
    for i in range(12):
        wearers.update(grey(), [replace(face(mesh_at(160, 120, 60), 1), gates=None)], i / 30)
    assert wearers.opacities[1] == pytest.approx(1)
