from __future__ import annotations

import numpy as np
import pytest

from kinesics.errors import ShapeError, UsageError, WeightsError
from kinesics.geometry import iou
from kinesics.pose import Look, MultiPose
from kinesics.testing import check_pose_model
from kinesics.types import Array, People, skeleton
from kinesics.weights import find

COCO = skeleton("coco17")


@pytest.fixture(scope="module", params=["reference", "fast", "balanced", "accurate"])
def tier(request: pytest.FixtureRequest) -> str:
    if request.param == "accurate":
        try:
            find("movenet_thunder")
        except WeightsError as error:
            pytest.skip(str(error))
    return str(request.param)


def gap(a: People, b: People) -> float:
    """Median distance of the joints of the best person that both are sure of, as a share of the box's height."""
    sure = (a.point_scores[0] > 0.4) & (b.point_scores[0] > 0.4)
    assert sure.sum() >= 8
    height = a.boxes[0, 3] - a.boxes[0, 1]
    return float(np.median(np.linalg.norm(a.points[0, sure] - b.points[0, sure], axis=1)) / height)


def test_multipose_keeps_the_law_of_pose_models(tier: str, frame: Array) -> None:
    check_pose_model(lambda: MultiPose(tier), frame[::2, ::2])


def test_the_people_of_the_demo_clip_are_found_once(tier: str, frame: Array) -> None:
    people = MultiPose(tier)(frame)
    assert (people.score > 0.3).sum() == (2 if tier in ("balanced", "accurate") else 1)  # the second one stands in the shade
    assert people.points[0, 0, 1] < people.points[0, 11, 1] < people.points[0, 15, 1]  # nose, hip, ankle: from top to bottom
    assert (people.boxes[0, :2] - 5 <= np.quantile(people.points[0], 0.1, axis=0)).all()


def test_mirrored_picture_gives_mirrored_joints(tier: str, frame: Array) -> None:
    model = MultiPose(tier)
    plain, mirrored = model(frame), model(np.ascontiguousarray(frame[:, ::-1]))
    points = mirrored.points[:, COCO.mirror_order].copy()
    points[..., 0] = frame.shape[1] - 1 - points[..., 0]
    back = People(mirrored.boxes, mirrored.score, points, mirrored.point_scores[:, COCO.mirror_order], COCO)
    assert gap(plain, back) < 0.02


def test_shifted_picture_gives_shifted_joints(tier: str, frame: Array) -> None:
    model = MultiPose(tier)
    plain, moved = model(frame[:, :608]), model(frame[:, 32:])
    back = People(moved.boxes + [32, 0, 32, 0], moved.score, moved.points + [32, 0], moved.point_scores, COCO)
    assert gap(plain, back) < 0.02
    assert iou(plain.boxes[:1], back.boxes[:1])[0, 0] > 0.8


def test_a_small_person_is_found_where_a_look_is_close(frame: Array) -> None:
    import cv2

    small = np.full((720, 1280, 3), 90, np.uint8)
    small[500:590, 900:1060] = cv2.resize(frame, (160, 90), interpolation=cv2.INTER_AREA)  # a person of about 60 pixels
    model = MultiPose("fast")
    close = model.look(small, [Look((880, 490, 1080, 600), (256, 160))])
    assert len(close) == 1
    whole = model(frame)
    expected = whole.points[0] / 4 + [900, 500]
    assert float(np.median(np.linalg.norm(close.points[0] - expected, axis=1))) < 3


def test_more_than_six_people_are_found(frame: Array) -> None:
    person = MultiPose("fast")(frame).boxes[0]
    x1, x2 = max(0, int(person[0]) - 20), min(640, int(person[2]) + 20)
    crowd = np.concatenate([frame[:, x1:x2]] * 10, axis=1)
    for tier in ("fast", "balanced"):
        assert (MultiPose(tier)(crowd).score > 0.3).sum() == 10, tier


def test_overlapping_looks_give_each_person_once(frame: Array) -> None:
    model = MultiPose("fast")
    x1, y1, x2, y2 = model(frame).boxes[0].tolist()
    middle = (x1 + x2) / 2
    looks = [
        Look((0, 0, 640, 360), (320, 192)),
        Look((0, 0, middle, 360), (192, 192)),  # cuts the person
        Look((middle, 0, 640, 360), (192, 192)),
        Look((x1 - 40, y1 - 20, x2 + 40, y2 + 20), (160, 256)),
    ]
    people = model.look(frame, looks)
    assert (people.score > 0.3).sum() == 1
    assert gap(people, model(frame)) < 0.02


def test_keep_lets_weak_people_pass(frame: Array) -> None:
    model = MultiPose("fast")
    assert len(model(frame, keep=0.02)) >= len(model(frame)) >= len(model(frame, keep=0.9))
    assert (model(frame).score >= 0.1).all()


def test_unknown_tier_and_wrong_picture_are_refused() -> None:
    with pytest.raises(UsageError, match="fast, balanced, accurate"):
        MultiPose("best")
    with pytest.raises(ShapeError, match="uint8 RGB, got"):
        MultiPose("fast")(np.zeros((10, 10), np.uint8))


def test_accurate_without_its_net_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import kinesics.pose.thunder as thunder

    def missing(name: str, threads: int) -> None:
        raise WeightsError(f"{name} is not installed; run: kinesics weights pull accurate")

    monkeypatch.setattr(thunder, "load", missing)
    with pytest.raises(WeightsError, match="weights pull accurate"):
        MultiPose("accurate")
