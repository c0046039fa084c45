from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import UsageError
from kinesics.pose import MultiPose, WholeBody
from kinesics.pose.centimetre import LENGTHS, centimetre
from kinesics.pose.merging import LEFT, RIGHT
from kinesics.testing import check_pose_model
from kinesics.types import Array, People, skeleton
from kinesics.video import open_source

COCO = skeleton("coco17")


@pytest.fixture(scope="module")
def model() -> WholeBody:
    return WholeBody(parts=("hands", "face"))


@pytest.fixture(scope="module")
def shown(data: Path) -> tuple[Array, People]:
    """A signer with both hands before the body, and his 17 joints."""
    with open_source(str(data / "video/asl/again.mkv")) as source:
        for frame in source:
            if frame.index == 13:
                return frame.image, MultiPose("fast")(frame.image)[:1].with_ids([4])
    raise AssertionError("too short a clip")


def person(points: Array, score: float = 0.9) -> People:
    return People([[0, 0, 10, 10]], [0.9], points[None], np.full((1, 17), score), COCO, [3])


def test_a_whole_body_keeps_the_law_of_pose_models(frame: Array) -> None:
    def make() -> object:
        body, whole = MultiPose("fast"), WholeBody(parts=("hands", "face"))
        return lambda image: whole(image, body(image))

    check_pose_model(make, frame)


def test_rows_boxes_ids_and_body_stay_and_nobody_is_fine(model: WholeBody, frame: Array) -> None:
    people = MultiPose("fast")(frame)
    whole = model(frame, people.with_ids(np.arange(len(people)) + 7))
    assert whole.skeleton.name == "wholebody133"
    assert whole.ids.tolist() == list(range(7, 7 + len(people)))
    np.testing.assert_array_equal(whole.boxes, people.boxes)
    np.testing.assert_array_equal(whole.points[:, :17], people.points)
    assert np.isnan(whole.points[:, 17:23]).all()  # nothing tells of the feet
    assert len(model(frame, people[:0])) == 0


def test_people_of_another_skeleton_are_refused(model: WholeBody, frame: Array) -> None:
    with pytest.raises(UsageError, match="coco17"):
        model(frame, People.from_boxes([[0, 0, 5, 5]], [1.0]))


def test_hands_and_face_are_found_where_they_are(model: WholeBody, shown: tuple[Array, People]) -> None:
    image, people = shown
    model.reset()
    whole = model(image, people)
    points, scores = whole.points[0], whole.point_scores[0]
    unit = centimetre(people.points[0], people.point_scores[0])
    for start, wrist in ((LEFT, 9), (RIGHT, 10)):
        assert scores[start : start + 21].mean() > 0.5
        assert np.linalg.norm(points[start] - points[wrist]) < 12 * unit
    assert scores[23:91].min() > 0.8
    assert (
        points[23 + 8, 1] > points[23 + 57, 1] > points[23 + 30, 1] > points[23 + 27, 1]
    )  # chin, lips, tip and root of the nose
    assert points[23 + 36, 0] < points[23 + 45, 0]  # the person's right eye is on the left of the picture
    assert np.linalg.norm(points[23 + 30] - points[0]) < 3 * unit


def test_a_mirrored_picture_gives_mirrored_people(model: WholeBody, shown: tuple[Array, People]) -> None:
    image, people = shown
    pairs = skeleton("wholebody133").mirror
    order = np.arange(133)
    for a, b in pairs:
        order[[a, b]] = b, a
    width = image.shape[1]
    there = people.points[0][order[:17]].copy()
    there[:, 0] = width - 1 - there[:, 0]
    model.reset()
    seen = model(image, people)
    model.reset()
    mirrored = model(np.ascontiguousarray(image[:, ::-1]), person(there))
    back = mirrored.points[0][order].copy()
    back[:, 0] = width - 1 - back[:, 0]
    both = (seen.point_scores[0] > 0.5) & (mirrored.point_scores[0][order] > 0.5)
    assert both[23:].sum() > 80
    assert np.median(np.linalg.norm(back - seen.points[0], axis=1)[both][17:]) < 2.5


def test_hands_beyond_the_picture_are_missing(model: WholeBody, shown: tuple[Array, People]) -> None:
    image, people = shown
    cut = np.ascontiguousarray(image[: int(people.points[0, [5, 6], 1].mean()) + 10])
    model.reset()
    whole = model(cut, people)
    assert np.isnan(whole.points[0, LEFT:]).all() and whole.point_scores[0, LEFT:].max() == 0


def test_the_same_pictures_give_the_same_answers_again_after_reset(model: WholeBody, shown: tuple[Array, People]) -> None:
    image, people = shown
    model.reset()
    first = [model(image, people), model(image, people)]
    model.reset()
    assert [model(image, people), model(image, people)] == first


def test_a_centimetre_is_known_from_the_joints_that_are_seen() -> None:
    points = np.random.default_rng(0).normal(0, 100, (17, 2))
    for (a, b), length in LENGTHS.items():
        if a in (5, 6) and b in (6, 7, 8):
            points[b] = points[a] + [length * 2.0, 0]
    scores = np.zeros(17)
    assert centimetre(points, scores) == 0
    scores[[5, 6, 7, 8]] = 1
    assert centimetre(points, scores) == pytest.approx(2.0, rel=0.2)
