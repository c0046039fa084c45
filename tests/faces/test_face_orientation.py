from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinesics.faces import FaceFinder
from kinesics.faces.measures import face_measures
from kinesics.faces.orientation import angles_of, face_angles, face_turn, point_angles, turned_by
from kinesics.faces.records import MEASURES


@given(st.floats(-170, 170), st.floats(-85, 85), st.floats(-170, 170))
def test_angles_come_back_from_their_turn(yaw: float, pitch: float, roll: float) -> None:
    assert angles_of(turned_by(yaw, pitch, roll)) == pytest.approx((yaw, pitch, roll), abs=1e-6)


def test_signs_are_as_promised() -> None:
    x, y, _ = turned_by(30, 0, 0) @ [0, 0, -1]
    assert x > 0.4 and abs(y) < 1e-9  # to the picture's right
    assert (turned_by(0, 30, 0) @ [0, 0, -1])[1] < -0.4  # up is less y
    assert (turned_by(0, 0, 30) @ [1, 0, 0])[1] > 0.4  # clockwise on the screen: the right end goes down


@pytest.mark.parametrize("angles", [(0, 0, 0), (30, 0, 0), (-25, 0, 0), (0, 20, 0), (0, -20, 0), (10, 5, 35)])
def test_made_heads_are_measured_within_some_degrees(
    head_of: Callable[..., tuple[np.ndarray, object]], angles: tuple[float, float, float]
) -> None:
    picture, _ = head_of(*angles)
    (face,) = FaceFinder()(picture)
    assert face.mesh is not None
    assert (face.yaw, face.pitch, face.roll) == pytest.approx(angles, abs=8)


def test_a_turned_mesh_has_that_much_more_turn(head_of: Callable[..., tuple[np.ndarray, object]]) -> None:
    mesh = np.asarray(FaceFinder()(head_of()[0])[0].mesh, float)
    more = mesh @ turned_by(0, 0, 25).T
    assert face_angles(more)[2] - face_angles(mesh)[2] == pytest.approx(25, abs=0.5)
    assert np.linalg.det(face_turn(mesh)) == pytest.approx(1)


def test_measures_do_not_care_how_large_or_how_turned_a_face_is(head_of: Callable[..., tuple[np.ndarray, object]]) -> None:
    mesh = np.asarray(FaceFinder()(head_of(seed=3)[0])[0].mesh, float)
    same, other = face_measures(mesh), face_measures(2.5 * mesh @ turned_by(20, -10, 30).T + 7)
    assert set(same) == set(MEASURES)
    assert other == pytest.approx(same, abs=1e-6)


def test_closed_lids_blink() -> None:
    from kinesics.faces.measures import _aspect

    eye = np.array([[0, 0, 0], [1, -1, 0], [2, -1, 0], [3, 0, 0], [2, 1, 0], [1, 1, 0]], float)
    assert _aspect(eye) == pytest.approx(2 / 3)
    assert _aspect(eye * [1, 0.1, 1]) == pytest.approx(0.2 / 3)


def test_points_of_a_detector_tell_which_side_a_profile_looks_to(head_of: Callable[..., tuple[np.ndarray, object]]) -> None:
    from kinesics.faces.scanning import Scanner
    from kinesics.sights import Turned

    for yaw in (-60, 60):
        spots = Scanner().see(head_of(yaw)[0], Turned(127.5, 127.5, 256, 0))
        assert point_angles(spots[0].points)[0] == pytest.approx(yaw, abs=25)
