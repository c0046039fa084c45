from __future__ import annotations

import cv2
import numpy as np
import pytest

from kinesics.errors import ShapeError
from kinesics.masks import PeopleMasks
from kinesics.masks.looks import persons, quick_square
from kinesics.pose import MultiPose
from kinesics.sights import BodyNet
from kinesics.types import Array, Masks, People, skeleton
from kinesics.video import open_source
from kinesics.weights import find

COCO = skeleton("coco17")


@pytest.fixture(scope="module")
def outlines() -> PeopleMasks:
    return PeopleMasks()


@pytest.fixture(scope="module")
def walker() -> tuple[Array, People]:
    """Half a frame of the demo clip, and who walks there."""
    with open_source(str(find("demo_clip"))) as source:
        for scene in source:
            if scene.index == 120:
                picture = cv2.resize(scene.image, (884, 497), interpolation=cv2.INTER_AREA)
                people = MultiPose("fast")(picture)
                return picture, people[[int(np.argmax(people.points[:, :, 1].max(axis=1)))]]
    raise AssertionError("too short a clip")


def overlap(a: Array, b: Array) -> float:
    return float((a & b).sum() / max((a | b).sum(), 1))


def beside(picture: Array, people: People) -> tuple[Array, People]:
    """The picture and its mirror image side by side, and both people."""
    width = picture.shape[1]
    order = COCO.mirror_order
    points = people.points[:, order].copy()
    points[..., 0] = 2 * width - 1 - points[..., 0]
    boxes = people.boxes.copy()
    boxes[:, [0, 2]] = 2 * width - 1 - boxes[:, [2, 0]]
    both = [np.concatenate(pair) for pair in ((people.boxes, boxes), (people.score,) * 2, (people.points, points))]
    scores = np.concatenate([people.point_scores, people.point_scores[:, order]])
    return np.hstack([picture, picture[:, ::-1]]), People(*both, scores, COCO)


def test_an_outline_holds_the_joints_and_stays_near_the_box(outlines: PeopleMasks, walker: tuple[Array, People]) -> None:
    picture, people = walker
    before = picture.copy()
    masks = outlines(picture, people)
    np.testing.assert_array_equal(picture, before)
    assert masks.shape == (1, *picture.shape[:2])
    sure = people.points[0][people.point_scores[0] > 0.5].round().astype(int)
    assert masks[0][sure[:, 1], sure[:, 0]].mean() > 0.9
    x1, y1, x2, y2 = people.boxes[0]
    assert 0.2 < masks.areas[0] / ((x2 - x1) * (y2 - y1)) < 0.8


def test_quick_and_fine_agree_and_a_sight_saves_the_look(outlines: PeopleMasks, walker: tuple[Array, People]) -> None:
    picture, people = walker
    quick = PeopleMasks(fine=False)
    sight = BodyNet().look(picture, quick_square(persons(people, (picture.shape[1], picture.shape[0]))[0]))
    given = quick(picture, people, [sight])
    assert given == quick(picture, people)
    assert overlap(given[0], outlines(picture, people)[0]) > 0.75
    assert outlines(picture, people, [sight]) == outlines(picture, people)


def test_a_pixel_belongs_to_one_person(outlines: PeopleMasks, walker: tuple[Array, People]) -> None:
    picture, people = walker
    boxes = np.concatenate([people.boxes, people.boxes + 25])
    twice = People(
        boxes, np.repeat(people.score, 2), np.repeat(people.points, 2, 0), np.repeat(people.point_scores, 2, 0), COCO
    )
    for masks in (outlines(picture, twice), PeopleMasks(fine=False)(picture, twice)):
        assert len(masks) == 2 and np.asarray(masks).sum(axis=0).max() == 1


def test_the_number_of_threads_and_the_order_of_people_change_nothing(
    outlines: PeopleMasks, walker: tuple[Array, People]
) -> None:
    picture, people = beside(*walker)
    masks = outlines(picture, people)
    assert PeopleMasks(2)(picture, people) == masks
    assert outlines(picture, people[[1, 0]]) == masks[[1, 0]]
    assert masks.areas[0] == pytest.approx(masks.areas[1], rel=0.1)


def test_who_is_doubtful_stays_if_somebody_is_there_who_is_nobody_else(
    outlines: PeopleMasks, walker: tuple[Array, People]
) -> None:
    picture, people = beside(*walker)
    boxes = np.concatenate([people.boxes, people.boxes[:1] + 4])
    points = np.concatenate([people.points, people.points[:1] + 4])
    scores = np.concatenate([people.point_scores, np.full((1, 17), 0.1)])
    many = People(boxes, np.array([0.7, 0.3, 0.2]), points, scores, COCO)
    kept = outlines.confirm(picture, many, np.array([False, True, True]))
    assert kept.masks is not None and len(kept) == len(kept.masks) == 2
    np.testing.assert_array_equal(kept.boxes, people.boxes)
    assert len(outlines.confirm(picture, many, np.zeros(3, bool))) == 3
    grey, alone = np.full_like(picture, 128), many[:1]
    assert len(outlines.confirm(grey, People(alone.boxes, [0.2], alone.points, alone.point_scores, COCO), [True])) == 0


def test_a_person_cut_by_the_edge_ends_there(outlines: PeopleMasks, walker: tuple[Array, People]) -> None:
    picture, people = walker
    whole = outlines(picture, people)[0]
    x1, _, x2, _ = people.boxes[0]
    middle = int((x1 + x2) / 2)
    cut = picture[:, :middle].copy()
    masks = outlines(cut, people.with_boxes(np.minimum(people.boxes, middle)))
    assert masks.size == (middle, picture.shape[0])
    assert overlap(masks[0], whole[:, :middle]) > 0.6


@pytest.mark.parametrize("fine", [True, False])
def test_boxes_alone_and_whole_skeletons_will_do(fine: bool, walker: tuple[Array, People]) -> None:
    picture, people = walker
    outlines = PeopleMasks(fine=fine)
    full = outlines(picture, people)[0]
    assert overlap(outlines(picture, People.from_boxes(people.boxes, people.score))[0], full) > 0.7
    body = skeleton("wholebody133")
    points, scores = np.full((1, len(body), 2), np.nan), np.zeros((1, len(body)))
    points[:, :17], scores[:, :17] = people.points, people.point_scores
    assert overlap(outlines(picture, People(people.boxes, people.score, points, scores, body))[0], full) > 0.99


@pytest.mark.parametrize("fine", [True, False])
@pytest.mark.parametrize(
    "box",
    [[500, 500, 600, 700], [-50, -50, -20, -10], [-1e5, -1e5, 1e5, 1e5], [60, 50, 60, 50], [60, 50, 70, 60], [90, 70, 20, 10]],
)
def test_odd_boxes_are_fine(fine: bool, box: list[float]) -> None:
    nobody = People(np.array([box]), np.ones(1), np.full((1, 17, 2), np.nan), np.zeros((1, 17)), COCO)
    for shape in ((120, 160, 3), (1, 1, 3)):
        for value in (0, 128):
            masks = PeopleMasks(fine=fine)(np.full(shape, value, np.uint8), nobody)
            assert masks.shape == (1, *shape[:2])
            assert max(box) > 1e4 or masks.areas[0] < 0.2 * shape[0] * shape[1] + 1  # a grey room in the dark may be somebody


def test_nobody_has_no_outlines(outlines: PeopleMasks) -> None:
    empty = np.zeros((48, 64, 3), np.uint8)
    assert outlines(empty, People.empty(COCO)) == Masks((64, 48), [], [])
    assert len(outlines.confirm(empty, People.empty(COCO), np.zeros(0, bool))) == 0


def test_what_is_no_picture_or_too_few_sights_is_refused(outlines: PeopleMasks, walker: tuple[Array, People]) -> None:
    with pytest.raises(ShapeError, match="picture"):
        outlines(np.zeros((10, 10), np.uint8), People.empty(COCO))
    with pytest.raises(ShapeError, match="sight"):
        outlines(*walker, [])
