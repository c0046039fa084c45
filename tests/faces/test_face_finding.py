from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinesics.errors import ShapeError
from kinesics.faces import FaceFinder
from kinesics.faces.scanning import squares_over
from kinesics.sights import FaceSight
from kinesics.types import Array, People, skeleton

Heads = Callable[..., tuple[Array, object]]


def person(points: Array, ids: int = 5) -> People:
    """Somebody of whom only the head is seen: (5, 2) nose, eyes, ears."""
    all_points, scores = np.zeros((1, 17, 2)), np.zeros((1, 17))
    all_points[0, :5], scores[0, :5] = points, 0.9
    box = [[*points.min(axis=0), *points.max(axis=0)]]
    return People(box, [0.9], all_points, scores, skeleton("coco17"), [ids])


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


def beside(*pictures: Array) -> Array:
    return np.hstack(pictures)


def test_each_face_comes_once_with_its_person(head_of: Heads, finder: FaceFinder) -> None:
    left, truth = head_of()
    picture = beside(left, head_of(15, seed=1)[0])
    finder.reset()
    faces = finder(picture, person(truth.points))  # type: ignore[attr-defined]
    assert [face.person for face in faces] == [5, -1]
    assert faces[0].box[2] < 256 < faces[1].box[0]
    nose = truth.points[0]  # type: ignore[attr-defined]
    assert np.linalg.norm(np.asarray(faces[0].mesh)[1, :2] - nose) < 12


def test_two_people_never_share_one_face(head_of: Heads, finder: FaceFinder) -> None:
    picture, truth = head_of()
    points = truth.points  # type: ignore[attr-defined]
    one, two = person(points, 1), person(points + 6, 2)
    both = People(
        np.concatenate([one.boxes, two.boxes]), [0.9, 0.9], np.nan_to_num(np.concatenate([one.points, two.points])),
        np.concatenate([one.point_scores, two.point_scores]), one.skeleton, [1, 2],
    )  # fmt: skip
    finder.reset()
    assert len(finder(picture, both)) == 1


def test_a_mesh_that_is_given_is_not_looked_for_again(head_of: Heads, finder: FaceFinder) -> None:
    picture, truth = head_of()
    finder.reset()
    seen = finder(picture)[0]
    assert seen.mesh is not None and seen.square is not None
    moved = np.asarray(seen.mesh, float) + [3.0, 0, 0]
    finder.reset()
    given = finder(picture, person(truth.points), [FaceSight(seen.square, moved, 0.99)])  # type: ignore[attr-defined]
    assert given[0].mesh == pytest.approx(moved, abs=1e-3) and given[0].score == pytest.approx(0.99)


def test_a_face_on_its_head_is_found_as_it_stands(head_of: Heads, finder: FaceFinder) -> None:
    finder.reset()
    (face,) = finder(np.ascontiguousarray(head_of()[0][::-1, ::-1]))
    assert abs(face.roll) == pytest.approx(180, abs=8)


def test_a_mirrored_face_is_mirrored(head_of: Heads, finder: FaceFinder) -> None:
    picture, _ = head_of(20, 5, 10)
    finder.reset()
    (face,) = finder(picture)
    finder.reset()
    (other,) = finder(np.ascontiguousarray(picture[:, ::-1]))
    assert (other.yaw, other.pitch, other.roll) == pytest.approx((-face.yaw, face.pitch, -face.roll), abs=4)
    assert 255 - other.box[[2, 0]] == pytest.approx(face.box[[0, 2]], abs=4)


def test_forty_faces_are_forty(head_of: Heads) -> None:
    import cv2

    small = [
        cv2.resize(head_of(yaw, seed=n)[0], (128, 128), interpolation=cv2.INTER_AREA) for n, yaw in enumerate((0, 15, -15))
    ]
    picture = np.vstack([beside(*(small[(row + column) % 3] for column in range(8))) for row in range(5)])
    faces = FaceFinder(finest=4.0)(picture)
    cells = {tuple(np.floor((face.box[:2] + face.box[2:]) / 256).astype(int)) for face in faces}
    assert len(faces) == len(cells) == 40


def test_ten_pixels_are_no_face_and_no_error(head_of: Heads, finder: FaceFinder) -> None:
    import cv2

    picture = np.full((200, 300, 3), 110, np.uint8)
    picture[90:112, 140:162] = cv2.resize(head_of()[0], (22, 22), interpolation=cv2.INTER_AREA)
    finder.reset()
    assert all(face.mesh is None for face in finder(picture))


@pytest.mark.parametrize("shape", [(240, 320, 3), (1, 1, 3), (3, 900, 3)])
def test_black_has_no_face(shape: tuple[int, ...], finder: FaceFinder) -> None:
    assert finder(np.zeros(shape, np.uint8)) == []


def test_a_followed_face_stays_when_nobody_is_known(head_of: Heads, finder: FaceFinder) -> None:
    finder.reset()
    nobody = People.empty(skeleton("coco17"))
    boxes = [finder(np.roll(head_of(seed=4)[0], 4 * step, axis=1), nobody)[0].box for step in range(4)]
    assert np.diff(boxes, axis=0)[:, 0] == pytest.approx(4, abs=2.5)


def test_what_is_no_picture_is_refused(finder: FaceFinder) -> None:
    with pytest.raises(ShapeError, match="uint8 RGB"):
        finder(np.zeros((4, 4)))
    with pytest.raises(ShapeError, match="sights for each of 0 people"):
        finder(np.zeros((40, 40, 3), np.uint8), None, [None])


@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (11, 500), (300, 300)])
def test_squares_cover_the_picture(size: tuple[int, int]) -> None:
    squares = squares_over(*size)
    seen = np.zeros(size[::-1], bool)
    for square in squares:
        left, top = (round(value - square.side / 2 + 0.5) for value in (square.x, square.y))
        seen[max(top, 0) : round(top + square.side), max(left, 0) : round(left + square.side)] = True
    assert seen.all()
