from __future__ import annotations

import numpy as np
import pytest

from kinesics.errors import UsageError
from kinesics.pose import BodyLandmarks, MultiPose
from kinesics.testing import check_pose_model
from kinesics.types import Array, Frame, Masks, People, skeleton


@pytest.fixture(scope="module")
def people(frame: Array) -> People:
    found = MultiPose("balanced")(frame)
    return found.with_ids(np.arange(len(found)) + 7)


def test_it_keeps_the_law_of_pose_models(frame: Array) -> None:
    def make() -> object:
        model, bodies = MultiPose("fast"), BodyLandmarks()
        return lambda image: bodies(image, model(image))

    check_pose_model(make, frame)


def test_rows_ids_and_boxes_stay_and_joints_are_those_of_blazepose(frame: Array, people: People) -> None:
    masks = Masks.dense(np.zeros((len(people), *frame.shape[:2]), bool))
    given = People(people.boxes, people.score, people.points, people.point_scores, people.skeleton, people.ids, None, masks)
    bodies = BodyLandmarks()
    found = bodies(Frame(frame), given)
    assert found.skeleton.name == "blazepose33" and found.points.shape == (len(people), 33, 2)
    np.testing.assert_array_equal(found.boxes, people.boxes)
    np.testing.assert_array_equal(found.ids, people.ids)
    assert found.masks is given.masks
    assert found.world is not None and found.world.shape == (len(people), 33, 3)
    np.testing.assert_array_equal(np.isfinite(found.world).all(axis=-1), found.point_scores > 0)
    best = int(np.argmax(people.boxes[:, 3] - people.boxes[:, 1]))
    at = {name: i for i, name in enumerate(found.skeleton.joints)}
    trunk = np.linalg.norm(people.points[best, 5] - people.points[best, 11])
    for i, name in enumerate(people.skeleton.joints):
        if people.point_scores[best, i] > 0.5:
            assert np.linalg.norm(found.points[best, at[name]] - people.points[best, i]) < 0.35 * trunk, name
    hips = found.world[best, [at["left_hip"], at["right_hip"]]].mean(axis=0)
    assert (
        np.linalg.norm(hips) < 0.03 and found.world[best, at["nose"], 1] < -0.4 < 0.4 < found.world[best, at["left_ankle"], 1]
    )


def test_people_are_followed_each_by_its_own_id_and_forgotten_on_reset(frame: Array, people: People) -> None:
    bodies = BodyLandmarks()
    first = bodies(frame, people)
    second = bodies(frame, people)
    assert first != second  # looked at in the square of its own answer
    assert bodies(frame, people[::-1]) != first
    bodies.reset()
    assert bodies.seen == ()
    assert bodies(frame, people) == first
    strangers = people.with_ids(np.full(len(people), -1))
    assert bodies(frame, strangers).with_ids(people.ids) == first  # nothing is remembered of them, nor for them
    assert bodies(frame, strangers).with_ids(people.ids) == first


def test_order_of_people_does_not_matter(frame: Array, people: People) -> None:
    one, other = BodyLandmarks(), BodyLandmarks()
    for _ in range(2):
        straight, reverse = one(frame, people), other(frame, people[::-1])
        assert straight == reverse[::-1]


def test_nobody_is_fine_and_somebody_unseen_is_missing(frame: Array, people: People) -> None:
    bodies = BodyLandmarks()
    nobody = bodies(frame, people[:0])
    assert len(nobody) == 0 and nobody.world is not None and nobody.world.shape == (0, 33, 3)
    dark = bodies(np.zeros_like(frame), people)
    assert bodies.seen == (None,) * len(people)
    assert dark.point_scores.max() == 0 and np.isnan(dark.points).all() and np.isnan(dark.world).all()


def test_people_of_another_skeleton_are_refused(frame: Array) -> None:
    with pytest.raises(UsageError, match="coco17"):
        BodyLandmarks()(frame, People.from_boxes([[0, 0, 5, 5]], [1.0]))
    with pytest.raises(UsageError, match="blazepose33"):
        BodyLandmarks()(frame, People.empty(skeleton("blazepose33")))
