"""People with colours: what is drawn fits what is told about it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kinesics.bodies.dressing import Portrait
from kinesics.bodies.kinematics import DOFS, JOINTS
from kinesics.bodies.mirroring import mirrored_hands, mirrored_pose
from kinesics.bodies.parts import PARTS, part_mirror
from kinesics.bodies.portraits import Shot, make_portrait, render
from kinesics.bodies.standpoints import close_up, upper_body, whole_body


@pytest.fixture(scope="module")
def somebody() -> Portrait:
    return make_portrait(np.random.default_rng(3))


def _pose(**angles: float) -> np.ndarray:
    pose = np.zeros(len(DOFS))
    for name, value in angles.items():
        pose[DOFS.index(name)] = value
    return pose


_WAVING = _pose(
    left_arm_raise=100, left_arm_elbow=70, left_arm_plane=30, right_arm_raise=20, right_arm_elbow=80, right_arm_plane=60
)


@pytest.fixture(scope="module")
def waving(somebody: Portrait) -> Shot:
    return render(somebody, _WAVING)


def test_render_is_the_same_for_the_same_seed(somebody: Portrait, waving: Shot) -> None:
    again = render(make_portrait(np.random.default_rng(3)), _WAVING)
    assert np.array_equal(again.picture, waving.picture)
    assert np.array_equal(again.points, waving.points, equal_nan=True)
    assert again.picture.shape == (512, 512, 4) and again.picture.dtype == np.uint8


def test_another_seed_is_another_person(waving: Shot) -> None:
    other = render(make_portrait(np.random.default_rng(4)), _WAVING)
    assert np.abs(other.picture.astype(int) - waving.picture).mean() > 3


def test_alpha_is_the_coverage_of_parts(waving: Shot) -> None:
    alpha = waving.picture[..., 3]
    assert np.array_equal(waving.parts > 0, alpha >= 127)
    assert set(np.unique(alpha)) <= {0, 64, 128, 191, 255}
    soft = (alpha > 0) & (alpha < 255)
    inside = (alpha == 255).astype(np.uint8)
    near = np.zeros_like(soft)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            near |= np.roll(inside == 0, (dy, dx), (0, 1))
    assert (soft & ~near).sum() == 0  # half-clear pixels are at the outline only
    assert 0.05 < (alpha > 0).mean() < 0.5


def test_colour_is_premultiplied(waving: Shot) -> None:
    assert (waving.picture[..., :3] <= waving.picture[..., 3:]).all()
    assert waving.picture[..., :3][waving.picture[..., 3] == 0].max() == 0


def test_points_lie_on_the_parts_they_are_of(somebody: Portrait) -> None:
    shot = render(somebody, _WAVING, camera=whole_body(somebody.actor.height))
    wanted = {
        0: "head",
        5: "shoulder",
        6: "shoulder",
        7: "elbow",
        9: "wrist",
        13: "knee",
        14: "knee",
        100: "hand",
        121: "hand",
        53: "head",
    }
    for point, part in wanted.items():
        assert shot.scores[point] > 0
        column, row = np.round(shot.points[point]).astype(int)
        found = {PARTS[label] for label in np.unique(shot.parts[row - 3 : row + 4, column - 3 : column + 4])}
        assert any(part in name for name in found), (point, part, found)


def test_points_outside_the_picture_have_no_score(somebody: Portrait) -> None:
    shot = render(somebody, _WAVING, camera=close_up(somebody.actor.height))
    assert (shot.scores[[15, 16, 17, 20]] == 0).all()  # ankles and toes
    assert (shot.scores[23:91] > 0).all()
    assert np.isfinite(shot.points).all() and np.isin(shot.scores, np.float32([0, 0.4, 1])).all()


def test_points_behind_the_body_score_less(somebody: Portrait) -> None:
    front, back = (render(somebody, _pose(), camera=whole_body(somebody.actor.height, yaw=yaw)) for yaw in (0.0, 180.0))
    assert (front.scores[23:91] == 1).mean() > 0.85
    assert (back.scores[23:91] == 1).mean() < 0.2  # of the outline of the jaw something shows beside the neck


def test_a_mirrored_pose_is_a_mirrored_picture(somebody: Portrait) -> None:
    hands = np.array([20.0, -30, 0.1, 0.8])
    one, other = render(somebody, _WAVING, hands), render(somebody, mirrored_pose(_WAVING), mirrored_hands(hands))
    flipped = other.parts[:, ::-1]
    same = part_mirror()[flipped] == one.parts
    assert same[(one.parts > 0) | (flipped > 0)].mean() > 0.9  # hair is not the same on both sides
    swapped = [0, 2, 1, 4, 3, *(i + 1 - 2 * (i % 2 == 0) for i in range(5, 17))]
    assert np.allclose(511 - other.points[swapped, 0], one.points[:17, 0], atol=0.6)
    assert np.allclose(other.points[swapped, 1], one.points[:17, 1], atol=0.6)


def test_twice_the_size_is_the_same_picture(somebody: Portrait, waving: Shot) -> None:
    large = render(somebody, _WAVING, camera=upper_body(somebody.actor.height), size=1024)
    small = large.picture.reshape(512, 2, 512, 2, 4).astype(float).mean((1, 3))
    assert np.abs(small - waving.picture).mean() < 1.5
    assert np.allclose((large.points + 0.5) / 2 - 0.5, waving.points, atol=1e-2)


def test_fingers_and_face_move_what_is_seen(somebody: Portrait) -> None:
    view = close_up(somebody.actor.height)
    calm = render(somebody, _pose(), face=np.zeros(6), camera=view)
    blink = render(somebody, _pose(), face=np.array([0.0, 0, 0, 1, 1, 0]), camera=view)
    changed = np.abs(calm.picture.astype(int) - blink.picture).max(2) > 24
    rows, columns = np.nonzero(changed)
    eyes = calm.points[[1, 2]]
    assert len(rows) > 40
    assert np.abs(rows - eyes[:, 1].mean()).max() < 40 and columns.min() > eyes[:, 0].min() - 45
    straight, fist = np.zeros((2, 20)), np.zeros((2, 20))
    fist[:, [5, 6, 9, 10, 13, 14, 17, 18]] = 85
    far, near = (render(somebody, _WAVING, fingers=f).points for f in (straight, fist))
    assert np.linalg.norm(far[103] - near[103]) > 8  # tip of the middle finger


def test_eyes_follow_the_camera(somebody: Portrait) -> None:
    def iris(yaw: float) -> float:
        """Pixels by which the dark of the left eye is right of the middle between its corners."""
        shot = render(somebody, _pose(), camera=close_up(somebody.actor.height, yaw=yaw, zoom=2.0))
        inner, outer = shot.points[23 + 42], shot.points[23 + 45]
        x, y = np.round((inner + outer) / 2).astype(int)
        dark = 765.0 - shot.picture[y - 4 : y + 5, x - 15 : x + 16, :3].astype(float).sum(2)
        dark = np.maximum(dark - np.percentile(dark, 70), 0).sum(0)
        return float((np.arange(-15, 16) * dark).sum() / dark.sum())

    # the head turned to the right of the picture: eyes that look at the camera are left in their openings
    assert iris(-20.0) < iris(20.0) - 2


def test_nothing_is_not_a_number_for_many_people() -> None:
    for seed in (20, 21, 22):
        portrait = make_portrait(np.random.default_rng(seed))
        assert (
            np.isfinite(portrait.actor.rest).all()
            and np.isfinite(portrait.bright).all()
            and np.isfinite(portrait.corners).all()
        )
        shot = render(portrait, _WAVING, camera=whole_body(portrait.actor.height))
        assert np.isfinite(shot.points).all() and shot.scores.min() > 0
        assert portrait.describe()["hair"]


def test_the_actor_of_a_portrait_keeps_its_joints(somebody: Portrait) -> None:
    bare = dataclasses.replace(somebody.actor)
    assert np.array_equal(bare.posed(_WAVING).joints, somebody.actor.posed(_WAVING).joints)
    assert len(somebody.corners) == len(somebody.pages) == len(somebody.actor.faces)
    assert somebody.actor.posed(_WAVING).joints.shape == (len(JOINTS), 3)
