from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

from kinesics.errors import ShapeError
from kinesics.metrics.keypoints import PoseTruth, keypoint_ap
from kinesics.types import People, skeleton

COCO = skeleton("coco17")
ORDER = ("AP", "AP50", "AP75", "AP_medium", "AP_large", "AR", "AR50", "AR75", "AR_medium", "AR_large")


def picture(rng: np.random.Generator) -> tuple[PoseTruth, People]:
    n = int(rng.integers(0, 6))
    side = rng.uniform(20, 200, (n, 1, 1))
    points = rng.uniform(0, 400, (n, 1, 2)) + side * rng.uniform(0, 1, (n, 17, 2))
    visible = rng.integers(0, 3, (n, 17)) * (rng.random((n, 1)) > 0.2)
    boxes = np.concatenate([points.min(1), points.max(1)], axis=1)
    truth = PoseTruth(points, visible, boxes, side[:, 0, 0] ** 2 * 0.6, rng.random(n) > 0.9)
    near = points + side * rng.normal(0, 1, (n, 17, 2)) * rng.choice([0.02, 0.05, 0.2], (n, 1, 1))
    copies = near[rng.random(n) > 0.5] + 1.5
    noise = rng.uniform(0, 400, (int(rng.integers(0, 3)), 1, 2)) + rng.uniform(0, 90, (17, 2))
    guess = np.concatenate([near, copies, noise])
    score = np.round(rng.random(len(guess)), 1)  # ties happen
    boxes = np.concatenate([guess.min(1), guess.max(1)], axis=1)
    return truth, People(boxes, score, guess, np.ones(guess.shape[:2]), COCO)


def by_pycocotools(truth: list[PoseTruth], found: list[People]) -> list[float]:
    from pycocotools.coco import COCO as Labels
    from pycocotools.cocoeval import COCOeval

    notes, results = [], []
    for i, (t, p) in enumerate(zip(truth, found, strict=True)):
        for points, visible, box, area, crowd in zip(t.points, t.visible, t.boxes, t.areas, t.crowd, strict=True):
            notes.append(
                {
                    "id": len(notes) + 1,
                    "image_id": i,
                    "category_id": 1,
                    "keypoints": np.column_stack([points, visible]).ravel().tolist(),
                    "num_keypoints": int((visible > 0).sum()),
                    "bbox": [*box[:2], *(box[2:] - box[:2])],
                    "area": float(area),
                    "iscrowd": int(crowd),
                }
            )
        for points, score in zip(p.points.astype(float), p.score.astype(float), strict=True):
            joints = np.column_stack([points, np.ones(17)]).ravel().tolist()
            results.append({"image_id": i, "category_id": 1, "keypoints": joints, "score": score})
    with contextlib.redirect_stdout(io.StringIO()):
        labels = Labels()
        labels.dataset = {"images": [{"id": i} for i in range(len(truth))], "annotations": notes, "categories": [{"id": 1}]}
        labels.createIndex()
        judge = COCOeval(labels, labels.loadRes(results), "keypoints")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return [100 * float(v) for v in judge.stats]


@pytest.mark.parametrize("seed", range(8))
def test_keypoint_ap_equals_pycocotools(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, found = map(list, zip(*(picture(rng) for _ in range(12)), strict=True))
    ours = keypoint_ap(truth, found)
    assert [ours[k] for k in ORDER] == pytest.approx(by_pycocotools(truth, found), abs=1e-6)
    assert 5 < ours["AP"] < 95


def test_perfect_joints_score_100_and_missing_joints_cost() -> None:
    truth, _ = picture(np.random.default_rng(4))
    truth = PoseTruth(truth.points, np.full_like(truth.visible, 2), truth.boxes, truth.areas, np.zeros(len(truth.points), bool))
    ones = np.ones(truth.visible.shape)
    right = People(truth.boxes, ones[:, 0], truth.points, ones, COCO)
    assert keypoint_ap([truth], [right])["AP"] == pytest.approx(100)
    half = ones.copy()
    half[:, ::2] = 0
    assert keypoint_ap([truth], [People(truth.boxes, ones[:, 0], truth.points, half, COCO)])["AP"] < 20


def test_people_in_an_empty_picture_are_false_and_nobody_is_fine() -> None:
    truth, found = picture(np.random.default_rng(4))
    empty = PoseTruth(np.zeros((0, 17, 2)), np.zeros((0, 17), int), np.zeros((0, 4)), np.zeros(0), np.zeros(0, bool))
    with_false = keypoint_ap([truth, empty], [found, found])
    assert with_false["AP"] < keypoint_ap([truth, empty], [found, People.empty(COCO)])["AP"]
    assert np.isnan(keypoint_ap([empty], [People.empty(COCO)])["AP"])


def test_wrong_number_of_pictures_is_refused() -> None:
    with pytest.raises(ShapeError, match="one prediction a picture"):
        keypoint_ap([], [People.empty(COCO)])
