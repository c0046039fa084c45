from __future__ import annotations

import numpy as np
import pytest

from kinesics.pose.merging import FACE, LEFT, LIFTED, RIGHT, TIED, face_metres, feet, hand_metres, shift_of, world_of
from kinesics.sights import BodySight, FaceSight, HandSight, Turned
from kinesics.types import Array, skeleton

SQUARE = Turned(100.0, 100.0, 200.0, 0.0)


def a_body(seed: int = 0) -> BodySight:
    rng = np.random.default_rng(seed)
    points = np.column_stack([rng.uniform(20, 180, (33, 2)), rng.normal(0, 20, 33)])
    world = rng.normal(0, 0.4, (33, 3))
    return BodySight(SQUARE, 1.0, points, np.ones(33), np.ones(33), world, np.zeros(2), np.zeros(2), np.zeros((256, 256)))


def test_the_joints_that_are_lifted_are_those_of_the_17() -> None:
    names = skeleton("blazepose33").joints
    assert tuple(names[joint] for joint in LIFTED) == skeleton("wholebody133").joints[:17]


def test_feet_hang_on_the_ankles_of_the_17_joints() -> None:
    sight, names = a_body(), skeleton("wholebody133").joints
    sight.points[[25, 26, 27, 28], :2] = [[50, 100], [90, 100], [50, 160], [90, 160]]
    points, scores = np.full((17, 2), np.nan), np.zeros(17)
    still = {joint: at for joint, at, _ in feet(sight, np.full(33, 0.7), points, scores)}
    assert sorted(names[joint] for joint in still) == ["left_big_toe", "left_heel", "right_big_toe", "right_heel"]
    np.testing.assert_allclose(still[19], sight.points[29, :2])
    points[15], scores[15] = [56, 157], 0.9
    moved = {joint: at for joint, at, _ in feet(sight, np.full(33, 0.7), points, scores)}
    np.testing.assert_allclose(moved[19] - still[19], [6, -3])
    np.testing.assert_allclose(moved[22], still[22])
    points[15] = [95, 158]  # the other leg's ankle
    assert {joint for joint, _, _ in feet(sight, np.full(33, 0.7), points, scores)} == {20, 22}


def test_a_hand_in_metres_begins_at_the_wrist_and_is_as_large_as_the_arm_says() -> None:
    hand, wrist = np.random.default_rng(1).normal(0, 0.05, (21, 3)), np.array([0.3, -0.2, 0.1])
    one, larger = hand_metres(hand, wrist, 0.2), hand_metres(hand, wrist, 0.25)
    np.testing.assert_allclose(one[0], wrist)
    np.testing.assert_allclose((larger - wrist) / 0.25, (one - wrist) / 0.2)
    for forearm in (0.0, 5.0):  # whatever the arm is, no hand is a giant's
        middle = hand_metres(3 * hand, wrist, forearm)[[0, 9, 10, 11, 12]]
        assert 0.12 < np.linalg.norm(np.diff(middle, axis=0), axis=1).sum() < 0.23


def test_a_face_in_metres_lies_where_the_head_is_however_large_it_is_in_the_picture() -> None:
    mesh, body = np.random.default_rng(2).normal(300, 60, (468, 3)), a_body().world
    near, far = face_metres(mesh, body), face_metres(0.2 * mesh + [10.0, 50.0, 0.0], body)
    np.testing.assert_allclose(near, far, atol=1e-9)
    own, there = (list(side) for side in zip(*TIED, strict=True))
    np.testing.assert_allclose(near[own].mean(axis=0), body[there].mean(axis=0))
    assert np.linalg.norm(near[33] - near[263]) == pytest.approx(0.091)


def test_metres_are_missing_where_a_part_is() -> None:
    hand = HandSight(SQUARE, np.zeros((21, 2)), 0.9, 1.0, np.random.default_rng(3).normal(0, 0.05, (21, 3)))
    face = FaceSight(SQUARE, np.random.default_rng(4).normal(0, 30, (468, 3)), 0.9)
    assert np.isnan(world_of(None, hand, hand, face)).all()
    known = np.isfinite(world_of(a_body(), None, hand, None)).all(axis=1)
    assert np.flatnonzero(~known).tolist() == [18, 21, *range(FACE, RIGHT)]  # small toes, face, left hand
    assert np.isfinite(world_of(a_body(), hand, hand, face)).all(axis=1).sum() == 131
    np.testing.assert_allclose(world_of(a_body(), hand, None, None)[LEFT], a_body().world[15])


@pytest.mark.parametrize("sure", [np.ones(17), np.zeros(17)])
def test_a_shift_is_that_of_the_joints_that_both_pictures_know(sure: Array) -> None:
    points = np.random.default_rng(5).normal(0, 100, (17, 2))
    moved = shift_of(points, points + [4.0, -2.0], (np.ones(17), sure), [5, 6, 11])
    np.testing.assert_allclose(moved, [4.0, -2.0] if sure.any() else [0.0, 0.0])
