"""Landmarks of a whole body: where an annotator would click, following pose, fingers, face, shape and mirror."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies import (
    DOFS,
    JOINTS,
    make_actor,
    mirrored_face,
    mirrored_fingers,
    mirrored_hands,
    random_faces,
    random_fingers,
)
from kinesics.bodies.mirroring import mirrored_pose
from kinesics.errors import UsageError
from kinesics.types import skeleton

STILL = np.zeros(len(DOFS))
WHOLE = skeleton("wholebody133")
NAMES = list(WHOLE.joints)


@pytest.fixture(scope="module")
def actor():
    return make_actor(np.random.default_rng(6), dressed=False)


def at(landmarks, name):
    return landmarks[NAMES.index(name)].astype(float)


def test_every_landmark_is_there_with_either_kind_of_hand(actor):
    for posed in (actor.posed(STILL, np.array([0, 0, 0.5, 0.5])), actor.posed(STILL, fingers=np.zeros((2, 20)))):
        assert posed.landmarks.shape == (133, 3) and posed.landmarks.dtype == np.float32
        assert np.isfinite(posed.landmarks).all()
        inside = posed.vertices.min(axis=0) - 1e-4, posed.vertices.max(axis=0) + 1e-4
        assert (posed.landmarks > inside[0]).all() and (posed.landmarks < inside[1]).all()


def test_joints_are_the_bodys_joints(actor):
    pose = np.random.default_rng(0).uniform(-20, 20, len(DOFS))
    posed = actor.posed(pose, fingers=np.zeros((2, 20)))
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        for side in ("left", "right"):
            np.testing.assert_array_equal(at(posed.landmarks, f"{side}_{name}"), posed.joints[JOINTS.index(f"{side}_{name}")])
    np.testing.assert_array_equal(at(posed.landmarks, "left_hand_wrist"), at(posed.landmarks, "left_wrist"))


def test_body_stands_the_right_way_round(actor):
    p = actor.posed(STILL).landmarks
    assert at(p, "left_eye")[0] > at(p, "nose")[0] > at(p, "right_eye")[0]
    assert at(p, "nose")[2] < at(p, "left_eye")[2] < at(p, "left_ear")[2]  # the front is -z
    assert at(p, "left_heel")[2] > at(p, "left_big_toe")[2] and at(p, "left_small_toe")[0] > at(p, "left_big_toe")[0]
    assert at(p, "left_hand_thumb_tip")[2] < at(p, "left_hand_pinky_tip")[2]  # thumbs in front when arms hang


def test_face_points_lie_in_the_order_of_ibug(actor):
    face = actor.posed(STILL).landmarks[23:91].astype(float)
    assert (np.diff(face[:17, 0]) > 0).all()  # along the jaw from the person's right to the left
    assert (np.diff(face[:9, 1]) > 0).all() and (np.diff(face[8:17, 1]) < 0).all()  # down to the chin and up
    assert (np.diff(face[17:27, 0]) > 0).all() and (np.diff(face[27:31, 1]) > 0).all()
    assert (np.diff(face[31:36, 0]) > 0).all() and (np.diff(face[48:55, 0]) > 0).all() and (np.diff(face[54:60, 0]) < 0).all()
    for outer, upper, inner, lower in ((36, (37, 38), 39, (41, 40)), (45, (44, 43), 42, (46, 47))):
        assert abs(face[outer, 0]) > abs(face[inner, 0])
        assert (face[list(upper), 1] < face[list(lower), 1] - 0.004).all()
    gaps = np.linalg.norm(np.diff(face[:17], axis=0), axis=1)
    assert gaps.max() < 2.4 * gaps.min()


def test_mirrored_person_has_mirrored_landmarks(actor):
    rng = np.random.default_rng(8)
    swap = np.arange(133)
    for a, b in WHOLE.mirror:
        swap[a], swap[b] = b, a
    for fingers, face in zip(random_fingers(rng, 3), random_faces(rng, 3), strict=True):
        pose, hands = rng.uniform(-25, 25, len(DOFS)), np.array([20.0, -30, 0, 0])
        there = actor.posed(pose, hands, fingers=fingers, face=face).landmarks
        back = actor.posed(
            mirrored_pose(pose), mirrored_hands(hands), fingers=mirrored_fingers(fingers), face=mirrored_face(face)
        ).landmarks
        np.testing.assert_allclose(back[swap] * [-1, 1, 1], there, atol=3e-5)


def test_landmarks_stay_on_the_skin_of_everybody():
    for seed in range(4):
        actor = make_actor(np.random.default_rng(seed), dressed=False)
        posed = actor.posed(STILL, face=np.array([0.5, 0.5, 0, 0, 0, 0.5]))
        skin = np.r_[0:5, 17:91]
        near = [np.linalg.norm(posed.vertices - point, axis=1).min() for point in posed.landmarks[skin]]
        assert max(near) < 0.012


def test_light_actors_say_that_they_have_no_landmarks():
    with pytest.raises(UsageError, match="light"):
        _ = make_actor(np.random.default_rng(0), detail="light").posed(STILL).landmarks
