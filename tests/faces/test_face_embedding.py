from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import ShapeError, WeightsError
from kinesics.faces import Face, FaceEncoder, FaceFinder, Gates
from kinesics.faces.embedding import FREE, MEAN_FACE, POINTS, SIDE, aligned_square
from kinesics.types import Array
from kinesics.video import open_source


@pytest.fixture(scope="module")
def encoder() -> FaceEncoder:
    try:
        return FaceEncoder()
    except WeightsError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def signer(data: Path) -> tuple[Array, Face]:
    """A picture of somebody, and the face in it."""
    with open_source(str(data / "video" / "asl" / "help.mkv")) as frames:
        image = next(iter(frames)).image
    (face,) = FaceFinder()(image)
    return image, face


def mesh_like_the_mean_face(scale: float, turn: float, x: float, y: float) -> Array:
    """A mesh of which only the points that count lie where they should: dlib's mean face, scaled, turned, moved."""
    c, s = np.cos(turn) * scale, np.sin(turn) * scale
    mesh = np.random.default_rng(0).uniform(0, 500, (468, 3))
    mesh[list(POINTS), :2] = MEAN_FACE @ np.array([[c, s], [-s, c]]) + [x, y]
    return mesh


@pytest.mark.parametrize("turn", [0.0, 0.6, -2.5])
def test_the_square_puts_eyes_and_nose_where_the_net_expects_them(turn: float) -> None:
    mesh = mesh_like_the_mean_face(80, turn, 300, 200)
    square = aligned_square(mesh)
    there = mesh[list(POINTS), :2] @ square.matrix(SIDE)[:, :2].T + square.matrix(SIDE)[:, 2]
    np.testing.assert_allclose(there, (MEAN_FACE + FREE) / (1 + 2 * FREE) * SIDE, atol=1e-6)
    assert square.side == pytest.approx(80 * 1.5)


def test_points_that_all_coincide_give_a_square_all_the_same() -> None:
    square = aligned_square(np.full((468, 3), 7.0))
    assert np.isfinite([square.x, square.y, square.side, square.angle]).all() and square.side > 0


def test_encodings_have_length_one_and_do_not_change_from_call_to_call(
    encoder: FaceEncoder, signer: tuple[Array, Face]
) -> None:
    image, face = signer
    before = image.copy()
    rows = encoder(image, [face] * 20)
    assert rows.shape == (20, 128) and rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rows, rows[:1].repeat(20, 0), atol=1e-4)
    assert (image == before).all() and encoder(image, []).shape == (0, 128)


def test_a_face_looks_the_same_mirrored_larger_and_turned(encoder: FaceEncoder, signer: tuple[Array, Face]) -> None:
    import cv2

    image, _ = signer
    (one,) = encoder(image, FaceFinder()(image))
    turned = cv2.warpAffine(image, cv2.getRotationMatrix2D((320, 150), 15, 1), (640, 480))
    for other in (image[:, ::-1], cv2.resize(image, None, fx=2, fy=2), turned):
        other = np.ascontiguousarray(other)
        (two,) = encoder(other, FaceFinder()(other))
        assert one @ two > 0.85


def test_what_cannot_be_told_is_nan(encoder: FaceEncoder, signer: tuple[Array, Face]) -> None:
    image, face = signer
    assert face.mesh is not None
    by = dict.fromkeys(("hand", "person", "edge", "other"), 0.0)
    faces = [
        replace(face, mesh=None),
        replace(face, mesh=face.mesh * 0.2),  # some 14 px
        replace(face, mesh=np.full((468, 3), np.nan)),
        replace(face, yaw=70.0),
        replace(face, gates=Gates(0.0, 0.6, {**by, "other": 0.6}, 0.0)),
        replace(face, yaw=45.0, gates=Gates(0.9, 0.4, {**by, "hand": 0.4}, 0.0)),
        replace(face, yaw=float("nan"), gates=None),
        replace(face, gates=None),
    ]
    assert np.isnan(encoder(image, faces)).all(axis=1).tolist() == [True] * 5 + [False] * 3


@pytest.mark.parametrize("image", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3), np.float32)], ids=["grey", "float"])
def test_what_is_no_picture_is_refused(encoder: FaceEncoder, image: Array) -> None:
    with pytest.raises(ShapeError, match="expected a picture"):
        encoder(image, [])


def test_without_the_net_the_error_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinesics.weights.store.folders", lambda: [tmp_path])
    with pytest.raises(WeightsError, match=r"optional set 'faces'.*run: kinesics weights pull faces$"):
        FaceEncoder()


def test_two_clips_of_one_signer_are_closer_than_those_of_two(encoder: FaceEncoder, data: Path) -> None:
    rows = {}
    for clip in ("help", "again", "book", "eat"):
        with open_source(str(data / "video" / "asl" / f"{clip}.mkv")) as frames:
            image = next(iter(frames)).image
        (rows[clip],) = encoder(image, FaceFinder()(image))
    assert rows["help"] @ rows["again"] > 0.7
    assert max(rows["help"] @ rows["book"], rows["help"] @ rows["eat"], rows["book"] @ rows["eat"]) < 0.6
