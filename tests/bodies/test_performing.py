"""Motion for footage: smooth, possible, the same again; and footage that the viewer takes."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies.collisions import all_collide
from kinesics.bodies.face import FACE_MOVES
from kinesics.bodies.kinematics import DOFS, LIMITS, Body
from kinesics.bodies.performing import KINDS, made_footage, made_plate, over, perform
from kinesics.bodies.placing import joint_places
from kinesics.bodies.portraits import make_portrait
from kinesics.errors import UsageError


@pytest.mark.parametrize("kind", KINDS)
def test_perform_is_smooth_and_possible(kind: str) -> None:
    acted = perform(5, 12.0, 30.0, kind)
    assert acted.poses.shape == (360, len(DOFS)) and acted.hands.shape == (360, 4) and acted.shapes.shape == (360, 2, 20)
    assert acted.faces.shape == (360, len(FACE_MOVES))
    for values in (acted.poses, acted.hands, acted.shapes, acted.faces):
        assert np.isfinite(values).all()
    low, high = np.array(list(LIMITS.values()), float).T
    assert (acted.poses >= low - 1e-9).all() and (acted.poses <= high + 1e-9).all()
    wrists = joint_places(Body(), acted.poses)[:, [9, 10]]
    jerks = np.linalg.norm(np.diff(wrists, 2, axis=0), axis=-1)  # metres a picture, and again
    assert jerks.max() < 0.08 and np.median(jerks) < 0.006
    assert all_collide(Body(), joint_places(Body(), acted.poses)).mean() < 0.1


def test_perform_is_the_same_for_the_same_seed() -> None:
    one, again, other = (perform(seed, 3.0) for seed in (1, 1, 2))
    assert np.array_equal(one.poses, again.poses) and np.array_equal(one.shapes, again.shapes)
    assert not np.array_equal(one.poses, other.poses)


def test_signing_uses_the_hands_before_the_body() -> None:
    acted = perform(3, 30.0)
    joints = joint_places(Body(), acted.poses)
    wrists, hips, shoulders = joints[:, 9:11], joints[:, :1, 1], joints[:, 2, 1]
    raised = (wrists[..., 1] < hips - 0.05).any(1)
    assert 0.4 < raised.mean() < 0.98  # and sometimes they rest
    assert (wrists[..., 1].min(1) < shoulders + 0.05).mean() > 0.05
    assert np.ptp(acted.shapes, axis=0).max() > 60
    assert (acted.faces[:, 3] > 0.8).any() and (acted.faces[:, 0] > 0.2).any()


@pytest.mark.parametrize(("kind", "seconds", "fps"), [("dance", 1.0, 30.0), ("signing", 0.0, 30.0), ("sport", 1.0, 0.0)])
def test_perform_refuses(kind: str, seconds: float, fps: float) -> None:
    with pytest.raises(UsageError):
        perform(0, seconds, fps, kind)


def test_made_footage_fits_the_viewer() -> None:
    from kinesics.viewer import Footage

    portrait = make_portrait(np.random.default_rng(2))
    made = made_footage(4, 1.0, fps=4, portrait=portrait)
    footage = Footage(**made)
    assert len(footage) == 4 and footage.background is not None
    away = footage.alpha == 0
    assert np.array_equal(footage.pictures[away], np.broadcast_to(footage.background, footage.pictures.shape)[away])
    seen = footage.scores > 0
    assert np.isfinite(footage.points[seen]).all() and np.isnan(footage.points[~seen]).all()
    assert seen[:, :11].all() and (np.diff(footage.times) > 0).all()
    again = made_footage(4, 1.0, fps=4, portrait=portrait)
    assert np.array_equal(again["pictures"], made["pictures"])


def test_over_lays_half_of_each() -> None:
    picture = np.zeros((2, 2, 4), np.uint8)
    picture[0, 0] = (100, 50, 0, 128)
    plate = np.full((2, 2, 3), 200, np.uint8)
    laid = over(picture, plate)
    assert laid[1, 1].tolist() == [200, 200, 200] and laid[0, 0].tolist() == [200, 150, 100]
    assert made_plate(np.random.default_rng(0)).shape == (512, 512, 3)
