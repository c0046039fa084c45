"""One picture of any size to people and outlines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kinesics.errors import SourceError, UsageError
from kinesics.formats import outline_record, read_scenes
from kinesics.pipeline import Outliner, outline_people
from kinesics.pipeline.far_people import far_people, joined, worth_looking
from kinesics.pipeline.outlining import apart, batches, scaled
from kinesics.types import Array, Masks, People, skeleton
from kinesics.video import open_source, save_image
from kinesics.weights import find

COCO = skeleton("coco17")


def people_at(boxes: Any, score: float = 0.9) -> People:
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    points = np.repeat(((boxes[:, :2] + boxes[:, 2:]) / 2)[:, None], 17, axis=1)
    return People(boxes, np.full(len(boxes), score), points, np.full((len(boxes), 17), 0.8), COCO)


@pytest.fixture(scope="module")
def frame() -> Array:
    """Two people of the demo clip."""
    with open_source(str(find("demo_clip"))) as source:
        for each in source:
            if each.index == 40:
                return np.ascontiguousarray(each.image)
    raise AssertionError("too short a clip")


@pytest.fixture(scope="module")
def big(frame: Array, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same 3536 pixels wide, as a JPEG."""
    path = tmp_path_factory.mktemp("big") / "big.jpg"
    save_image(path, cv2.resize(frame, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
    return path


@pytest.fixture(scope="module")
def outliner() -> Outliner:
    return Outliner(threads=1)


def test_a_big_picture_shows_who_a_small_one_shows(outliner: Outliner, frame: Array, big: Path) -> None:
    small, large = outliner(frame), outliner(big)
    assert len(small) == len(large) >= 2
    assert small.masks is not None and large.masks is not None
    assert large.masks.shape == (len(large), frame.shape[0] * 2, frame.shape[1] * 2)
    for row in range(len(small)):
        other = int(np.abs(large.boxes / 2 - small.boxes[row]).max(axis=1).argmin())
        here, there = small.masks[row], large.masks[other]
        there = cv2.resize(there.astype(np.uint8), here.shape[::-1], interpolation=cv2.INTER_AREA) > 0
        assert np.count_nonzero(here & there) > 0.85 * np.count_nonzero(here | there)
        sure = (small.point_scores[row] > 0.5) & (large.point_scores[other] > 0.5)
        side = (small.boxes[row, 2:] - small.boxes[row, :2]).max()
        gaps = np.linalg.norm((large.points[other] + 0.5) / 2 - 0.5 - small.points[row], axis=1)[sure]
        assert np.median(gaps) < 0.03 * side
    assert np.asarray(large.masks).sum(axis=0).max() == 1  # a pixel belongs to one person


def test_what_is_said_of_a_picture_reads_back(outliner: Outliner, big: Path, tmp_path: Path) -> None:
    people = outliner(big)
    assert people.masks is not None
    record = outline_record(people, people.masks.size, polygons=True)
    (tmp_path / "a.json").write_text(json.dumps(record))
    (scene,) = read_scenes(tmp_path / "a.json")
    assert scene.people == people
    row = record["annotations"][0]
    assert {"id", "bbox", "score", "area", "segmentation", "polygons", "keypoints"} <= set(row)
    assert row["segmentation"] == people.masks.rle(0) and row["area"] == people.masks.areas[0]
    with pytest.raises(UsageError, match="polygons"):
        outline_record(people_at([0, 0, 9, 9]), (10, 10), polygons=True)


def test_whole_bodies_are_told_part_by_part() -> None:
    body = skeleton("wholebody133")
    people = People(np.zeros((1, 4)), np.ones(1), np.zeros((1, 133, 2)), np.full((1, 133), 0.5), body)
    (row,) = outline_record(people, (10, 10))["annotations"]
    assert len(row["keypoints"]) == 51 and len(row["face_kpts"]) == 204


@pytest.mark.parametrize("picture", [np.zeros((1, 1, 3), np.uint8), np.zeros((70, 90, 3), np.uint8)], ids=["1x1", "black"])
def test_nobody_in_it_is_no_error(outliner: Outliner, picture: Array) -> None:
    people = outliner(picture)
    assert len(people) == 0 and people.masks is not None
    assert people.masks.shape == (0, *picture.shape[:2])
    assert outline_record(people, people.masks.size)["annotations"] == []


def test_what_is_no_picture_is_one_line(tmp_path: Path, outliner: Outliner) -> None:
    (tmp_path / "text.jpg").write_text("hello")
    for path in (tmp_path, tmp_path / "text.jpg", tmp_path / "none.png"):
        with pytest.raises(SourceError) as caught:
            outliner(path)
        assert "\n" not in str(caught.value)
    save_image(tmp_path / "a.png", np.zeros((60, 50, 3), np.uint8))
    with pytest.raises(SourceError, match="more than"):
        outline_people(tmp_path / "a.png", pixel_limit=1000)


def test_people_of_a_part_are_those_of_the_picture_again() -> None:
    people = people_at([[10, 20, 50, 90], [60, 5, 99, 80]])
    part = scaled(people, np.array([2.0, 2.5]), np.array([4.0, 8.0]))
    back = scaled(part, np.array([0.5, 0.4]), -np.array([4.0, 8.0]) / (2.0, 2.5))
    assert np.allclose(back.boxes, people.boxes, atol=1e-4) and np.allclose(back.points, people.points, atol=1e-4)


# ---------------------------------------------------------------------------------------------------------------- parts
def test_everybody_is_in_one_batch_and_in_its_part() -> None:
    rng = np.random.default_rng(1)
    corner, sides = rng.uniform(-50, 3900, (60, 2)), rng.uniform(20, 900, (60, 1)) * (0.4, 1)
    boxes, size = np.hstack([corner, corner + sides]), (4000, 3000)
    seen: list[int] = []
    for rows, (x1, y1, x2, y2), scale in batches(boxes, size, 0.32):
        seen += rows
        assert 0 <= x1 < x2 <= 4000 and 0 <= y1 < y2 <= 3000 and 0 < scale <= 0.32
        inside = np.clip(boxes[rows], 0, [4000, 3000] * 2)
        assert (inside[:, :2] >= (x1, y1)).all() or (inside[:, 2:] <= (x2, y2)).all()
        assert len(rows) < 3 or (x2 - x1) * (y2 - y1) * scale**2 <= 2_000_000
    assert sorted(seen) == list(range(60))


def test_neighbours_are_worked_on_together_and_great_and_small_are_not() -> None:
    near = [[100, 100, 200, 400], [180, 100, 280, 400], [3000, 2000, 3010, 2030]]
    assert next(rows for rows, _, _ in batches(np.array(near, float), (4000, 3000), 1.0))[:2] == [0, 1]
    uneven = [[0, 0, 1500, 3000], [3900, 2900, 3920, 2950]]
    assert len(list(batches(np.array(uneven, float), (4000, 3000), 1.0))) == 2
    assert list(batches(np.zeros((0, 4)), (40, 30), 1.0)) == []


def test_a_pixel_that_two_claim_belongs_to_the_first() -> None:
    rng = np.random.default_rng(0)
    dense = rng.random((5, 40, 50)) > 0.5
    taken = np.zeros((40, 50), bool)
    for mask, expected in zip(apart(Masks.dense(dense)), dense, strict=True):
        assert np.array_equal(mask, expected & ~taken)
        taken |= expected


# ---------------------------------------------------------------------------------------------------------- small people
def test_a_closer_look_is_worth_it_where_nobody_or_small_people_were_found() -> None:
    size = (4000, 3000)
    assert worth_looking(People.empty(COCO), size)
    assert worth_looking(people_at([0, 0, 50, 100]), size)
    assert not worth_looking(people_at([0, 0, 500, 1000]), size)
    assert not worth_looking(people_at([[0, 0, 500, 1000]] * 2 + [[0, 0, 50, 100]]), size)


def test_joined_lists_name_everybody_once() -> None:
    large, small = [0, 0, 400, 1000], [600, 0, 650, 100]
    first = people_at([large])
    second = people_at([[5, 0, 410, 990], small, [100, 100, 200, 350]])  # the same again, somebody new, a piece of the first
    both = joined(first, second)
    assert both.boxes.tolist() == [large, small]
    nobody = People.empty(COCO)
    assert joined(nobody, second) == second and joined(second, nobody) == second and len(joined(nobody, nobody)) == 0


class Sharp:
    """Sees people who are between 40 and 200 canvas pixels large in a look, up to six of them."""

    def __init__(self, boxes: Any) -> None:
        self.boxes, self.looks = np.asarray(boxes, float), 0

    def look(self, image: Array, looks: Any) -> People:
        seen = np.zeros(len(self.boxes), bool)
        for look in looks:
            self.looks += 1
            x1, y1, x2, y2 = look.box
            inside = (self.boxes[:, :2] >= (x1, y1)).all(axis=1) & (self.boxes[:, 2:] <= (x2, y2)).all(axis=1)
            large = (self.boxes[:, 2:] - self.boxes[:, :2]).max(axis=1) * look.scale(image.shape[1], image.shape[0])
            seen[np.flatnonzero(inside & (large > 40) & (large < 200))[:6]] = True
        return people_at(self.boxes[seen])


def test_small_people_anywhere_are_found_with_a_bounded_number_of_looks() -> None:
    image = np.zeros((3000, 4000, 3), np.uint8)
    rng = np.random.default_rng(2)
    corner = np.stack([rng.uniform(0, 3900, 80), rng.uniform(0, 2900, 80)], axis=1)
    model = Sharp(np.hstack([corner, corner + (35, 85)]))
    found = far_people(model, image, people_at([[1000, 0, 2500, 3000]]))
    assert len(found) > 0.9 * 80
    assert model.looks < 150


def test_real_people_of_100_pixels_are_found_in_12_million(frame: Array) -> None:
    rng = np.random.default_rng(0)
    ground = cv2.resize(rng.integers(90, 160, (30, 40, 3)).astype(np.uint8), (4000, 3000), interpolation=cv2.INTER_CUBIC)
    small = cv2.resize(frame, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    x, y = 2700, 1900
    ground[y : y + small.shape[0], x : x + small.shape[1]] = small
    people = outline_people(ground, pose="balanced")
    assert len(people) >= 2 and people.masks is not None
    sides = (people.boxes[:, 2:] - people.boxes[:, :2]).max(axis=1)
    assert (sides < 130).all() and (people.boxes[:, :2] > (x - 20, y - 20)).all()
    assert (people.masks.areas > 0.1 * sides**2).all()
    assert len(outline_people(ground, close=False)) == 0
