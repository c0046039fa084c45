from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from kinesics import KnownFaces
from kinesics.errors import UsageError
from kinesics.faces import Face, Naming
from kinesics.types import Array

PICTURE = np.zeros((100, 100, 3), np.uint8)
AXES = np.eye(128, dtype=np.float32)


class Encoder:
    """Knows a face by the score it carries: the number of its axis, in hundredths; and counts what it was asked."""

    def __init__(self, noise: float = 0.0) -> None:
        self.asked, self.noise, self.random = 0, noise, np.random.default_rng(0)

    def __call__(self, image: Array, faces: Sequence[Face]) -> Array:
        self.asked += len(faces)
        rows = [AXES[round(face.score * 100)] + self.noise * self.random.normal(size=128) / 128**0.5 for face in faces]
        out = np.array([row / np.linalg.norm(row) for row in rows], np.float32).reshape(-1, 128)
        out[[face.mesh is None for face in faces]] = np.nan
        return out


def face(axis: int, person: int = -1, x: float = 0.0, seen: bool = True) -> Face:
    mesh = np.zeros((468, 3), np.float32) if seen else None
    return Face(np.array([x, 0, x + 40, 50], np.float32), axis / 100, mesh=mesh, person=person)


@pytest.fixture
def known() -> KnownFaces:
    out = KnownFaces()
    for axis, name in enumerate(("anna", "ben")):
        out.enrol(name, AXES[axis])
    return out


def test_names_follow_the_ids_and_rows_keep_their_order(known: KnownFaces) -> None:
    naming = Naming(known, encoder=Encoder())
    faces = [face(1, 7), face(0, 3, x=50), face(5, 9)]
    named = naming.update(PICTURE, faces, 0.0)
    assert [one.name for one in named] == ["ben", "anna", "unknown"]
    assert all(one.name_score > 0.9 for one in named)
    assert [replace(one, name=None, name_score=0).record() for one in named] == [one.record() for one in faces]
    turned = naming.update(PICTURE, [face(0, 3, seen=False)], 0.1)
    assert turned[0].name == "anna"  # what was known of the person holds while the face is turned away


def test_a_face_that_never_was_seen_is_unknown_without_a_score(known: KnownFaces) -> None:
    (one,) = Naming(known, encoder=Encoder()).update(PICTURE, [face(0, 1, seen=False)], 0.0)
    assert (one.name, one.name_score) == ("unknown", 0.0)


def test_each_person_is_looked_at_a_few_times_a_second(known: KnownFaces) -> None:
    encoder = Encoder()
    naming = Naming(known, encoder=encoder, rate=3.0)
    for frame in range(60):
        naming.update(PICTURE, [face(0, 1), face(1, 2, x=50)], frame / 30)
    assert encoder.asked == 2 * 6
    for frame in range(60, 900):
        naming.update(PICTURE, [face(0, 1), face(1, 2, x=50)], frame / 30)
    assert encoder.asked < 2 * 26  # settled: every two seconds


def test_several_noisy_looks_are_surer_than_one(known: KnownFaces) -> None:
    naming = Naming(known, encoder=Encoder(noise=1.5))
    scores = [naming.update(PICTURE, [face(0, 1)], time)[0] for time in np.arange(0, 4, 0.34)]
    assert scores[0].name == "unknown"
    assert scores[-1].name == "anna" and scores[-1].name_score > 0.9


def test_an_id_that_goes_to_somebody_else_begins_anew(known: KnownFaces) -> None:
    naming = Naming(known, encoder=Encoder())
    for frame in range(5):
        naming.update(PICTURE, [face(0, 1)], frame * 0.5)
    (one,) = naming.update(PICTURE, [face(1, 1)], 2.5)
    assert one.name == "ben"


def test_what_has_left_is_forgotten_and_so_is_another_video(known: KnownFaces) -> None:
    naming = Naming(known, encoder=Encoder())
    naming.update(PICTURE, [face(0, 1)], 0.0)
    assert naming.update(PICTURE, [face(0, 1, seen=False)], 4.9)[0].name == "anna"
    assert naming.update(PICTURE, [face(0, 1, seen=False)], 10.0)[0].name == "unknown"
    naming.update(PICTURE, [face(0, 1)], 10.5)
    assert naming.update(PICTURE, [face(0, 1, seen=False)], 0.0)[0].name == "unknown"


def test_faces_of_nobody_tracked_are_followed_by_their_boxes(known: KnownFaces) -> None:
    encoder = Encoder()
    naming = Naming(known, encoder=encoder)
    for frame in range(10):
        first, second = naming.update(PICTURE, [face(0, x=frame), face(1, x=50 + frame)], frame / 30)
        assert (first.name, second.name) == ("anna", "ben")
    assert encoder.asked == 2


def test_one_person_does_not_depend_on_who_else_is_there(known: KnownFaces) -> None:
    alone, among = Naming(known, encoder=Encoder()), Naming(known, encoder=Encoder())
    for frame in range(20):
        (one,) = alone.update(PICTURE, [face(0, 1)], frame / 10)
        _, two = among.update(PICTURE, [face(1, 2, x=50), face(0, 1)], frame / 10)
        assert (one.name, one.name_score) == (two.name, two.name_score)


def test_a_rate_of_nothing_is_refused(known: KnownFaces) -> None:
    with pytest.raises(UsageError, match="rate"):
        Naming(known, encoder=Encoder(), rate=0)
