from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.pose import MultiPose
from kinesics.pose.body_reader import OF_17, Body, BodyReader
from kinesics.pose.centimetre import centimetre
from kinesics.types import Array
from kinesics.video import open_source


@pytest.fixture(scope="module")
def reader() -> BodyReader:
    return BodyReader()


@pytest.fixture(scope="module")
def walker(frame: Array) -> tuple[Array, Array, float]:
    """The joints of the one who walks in the picture, (17, 2) and (17,), and the length of a trunk in pixels."""
    people = MultiPose("balanced")(frame)
    best = int(np.argmax(people.boxes[:, 3] - people.boxes[:, 1]))
    points, scores = people.points[best].astype(float), people.point_scores[best].astype(float)
    return points, scores, 50 * centimetre(points, scores)


@pytest.fixture
def looks(reader: BodyReader, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The squares that the reader looks at."""
    seen: list[Any] = []
    look = reader._net.look

    def counted(image: Array, square: Any) -> Any:
        seen.append(square)
        return look(image, square)

    monkeypatch.setattr(reader._net, "look", counted)
    return seen


def far(body: Body | None, points: Array) -> float:
    assert body is not None
    return float(np.nanmedian(np.linalg.norm(body.sight.points[OF_17, :2] - points, axis=1)))


def test_the_body_is_where_the_joints_are_and_inputs_are_not_changed(reader: BodyReader, frame: Array, walker: Any) -> None:
    points, scores, trunk = walker
    before = frame.copy(), points.copy(), scores.copy()
    body = reader.read(frame, points, scores)
    assert far(body, points) < 0.15 * trunk
    assert body is not None and body.scores.shape == (33,) and body.scores[[11, 12, 23, 24]].min() > 0.5
    assert body.sight.world.shape == (33, 3) and 1.2 < np.ptp(body.sight.world[:, 1]) < 2.0
    for now, was in zip((frame, points, scores), before, strict=True):
        np.testing.assert_array_equal(now, was)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_picture_gives_the_turned_body(reader: BodyReader, frame: Array, walker: Any, quarters: int) -> None:
    points, scores, trunk = walker
    straight = reader.read(frame, points, scores)
    image, turned = np.ascontiguousarray(np.rot90(frame, quarters)), points.copy()
    for width in ([640, 360, 640])[:quarters]:
        turned = np.stack([turned[:, 1], width - 1 - turned[:, 0]], axis=1)
    body = reader.read(image, turned, scores)
    assert straight is not None and body is not None
    world = straight.sight.world
    for _ in range(quarters):  # what was right is now up
        world = np.stack([world[:, 1], -world[:, 0], world[:, 2]], axis=1)
    assert np.linalg.norm(body.sight.world - world, axis=1).mean() < 0.05  # metres
    assert far(body, turned) < 0.15 * trunk


def test_a_person_is_followed_with_one_look_a_picture(reader: BodyReader, frame: Array, walker: Any, looks: list[Any]) -> None:
    points, scores, trunk = walker
    body = None
    for shift in range(0, 40, 8):
        image = np.roll(frame, shift, axis=1)
        body = reader.read(image, points + [shift, 0], scores, body)
        assert far(body, points + [shift, 0]) < 0.15 * trunk
    assert len(looks) == 5
    assert body is not None and body.square.like(looks[-1], 0.2)


def test_a_person_is_looked_for_by_the_joints_when_lost(
    reader: BodyReader, frame: Array, walker: Any, looks: list[Any]
) -> None:
    points, scores, trunk = walker
    away = reader.read(frame, points, scores)
    assert away is not None
    stale = Body(away.sight, away.scores, away.circle + [[0.0, 120.0]], np.full((17, 2), np.nan))
    looks.clear()
    assert far(reader.read(frame, points, scores, stale), points) < 0.15 * trunk
    assert len(looks) == 2


def test_a_square_does_not_stay_with_the_neighbour(reader: BodyReader, frame: Array, walker: Any) -> None:
    points, scores, trunk = walker
    step = int(0.8 * trunk)
    image = frame.copy()
    half = int(np.nanmean(points[:, 0])) + step // 2
    image[:, half:] = np.roll(frame, step, axis=1)[:, half:]  # beside the walker stands a half hidden copy
    left, right = points, points + [step, 0]
    ours, theirs = reader.read(image, left, scores, None, [right]), reader.read(image, right, scores, None, [left])
    for _ in range(3):
        ours = reader.read(image, left, scores, ours, [right])
        theirs = reader.read(image, right, scores, theirs, [left])
    for body, own, other in ((ours, left, right), (theirs, right, left)):
        assert body is None or far(body, own) < far(body, other)
    assert ours is not None or theirs is not None
    swapped = reader.read(image, right, scores, ours, [left])  # memory of one, joints of the other
    assert swapped is None or far(swapped, right) < far(swapped, left)


def test_a_body_that_fits_another_person_better_is_not_taken(reader: BodyReader, frame: Array, walker: Any) -> None:
    points, scores, trunk = walker
    aside = points + [0.2 * trunk, 0]
    assert reader.read(frame, aside, scores) is not None
    assert reader.read(frame, aside, scores, None, [points]) is None
    assert reader.read(frame, points + [1, 0], scores, None, [points]) is not None  # somebody who was found twice


def test_legs_below_the_picture_are_missing_but_guessed(reader: BodyReader, frame: Array, walker: Any) -> None:
    points, scores, trunk = walker
    cut = int(points[[11, 12], 1].mean() + 0.2 * trunk)
    seen = np.where(points[:, 1] < cut, scores, 0.0)
    body = reader.read(frame[:cut], np.where((seen > 0)[:, None], points, np.nan), seen)
    assert body is not None
    assert body.scores[[27, 28, 31, 32]].max() == 0 and body.scores[[11, 12]].min() > 0.5
    assert np.isfinite(body.sight.points).all() and np.isfinite(body.sight.world).all()


@pytest.mark.parametrize("left_out", [range(17), range(2, 17)], ids=["all", "all but two"])
def test_joints_that_are_missing_do_not_matter_to_somebody_who_is_followed(
    reader: BodyReader, frame: Array, walker: Any, left_out: range
) -> None:
    points, scores, trunk = walker
    body = reader.read(frame, points, scores)
    few = points.copy()
    few[list(left_out)] = np.nan
    assert far(reader.read(frame, few, scores, body), points) < 0.15 * trunk


def test_nobody_is_seen_where_nobody_is(reader: BodyReader, frame: Array, walker: Any) -> None:
    points, scores, _ = walker
    body = reader.read(frame, points, scores)
    black = np.zeros_like(frame)
    assert reader.read(black, points, scores) is None and reader.read(black, points, scores, body) is None
    assert reader.read(frame, np.full((17, 2), np.nan), np.ones(17)) is None
    assert reader.read(frame, points, np.zeros(17)) is None
    assert reader.read(frame, np.zeros((17, 2)), np.ones(17)) is None  # all in one place
    small = points[0] + (points - points[0]) * 10 / np.ptp(points[:, 1])
    assert reader.read(frame, small, scores) is None  # 10 pixels
    assert reader.read(frame, points + 1e6, scores) is None


def test_three_people_who_overlap_are_kept_apart(data: Path, reader: BodyReader) -> None:
    model, before = MultiPose("balanced"), list[Any]()
    with open_source(str(data / "video/pose2sim/cam01.mp4")) as source:
        for frame in source:
            if frame.index > 48:
                break
            if frame.index % 12:
                continue
            people = model(frame.image)
            people = people[people.score > 0.3]
            points, scores = people.points.astype(float), people.point_scores.astype(float)
            nearest = [
                next((b for b in before if b is not None and np.linalg.norm(b.joints[5] - one[5]) < 60), None) for one in points
            ]
            others = [[*points[:i], *points[i + 1 :]] for i in range(len(points))]
            before = [reader.read(frame.image, *row) for row in zip(points, scores, nearest, others, strict=True)]
            assert len(before) >= 2
            for one, mark, body in zip(points, scores, before, strict=True):
                assert far(body, one) < 0.25 * 50 * centimetre(one, mark)
