from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import FormatError, SourceError, UsageError
from kinesics.evaluate.pose import eval_golden, eval_pose, read_coco
from kinesics.pose import POSE_MODELS, register_pose_model
from kinesics.types import Array, People, skeleton

COCO = skeleton("coco17")


def labelled(folder: Path, pictures: int = 2) -> Path:
    """Grey pictures, the first with one labelled person."""
    import cv2

    (folder / "images").mkdir(parents=True)
    points = np.random.default_rng(0).uniform(20, 100, (17, 2))
    row = np.column_stack([points, np.full(17, 2)]).ravel().tolist()
    for i in range(pictures):
        cv2.imwrite(str(folder / f"images/{i}.png"), np.full((120, 160, 3), 99, np.uint8))
    note = {"id": 1, "image_id": 0, "category_id": 1, "keypoints": row, "bbox": [20, 20, 80, 80], "area": 4000, "iscrowd": 0}
    labels = {"images": [{"id": i, "file_name": f"{i}.png"} for i in range(pictures)], "annotations": [note]}
    (folder / "person_keypoints.json").write_text(json.dumps(labels), "utf-8")
    return folder


def test_a_perfect_model_scores_100_and_the_reference_runs_beside_it(tmp_path: Path) -> None:
    folder = labelled(tmp_path, 1)
    truth = read_coco(folder)[0][1]

    def perfect(image: Array) -> People:
        return People(truth.boxes, np.ones(1), truth.points, np.ones((1, 17)), COCO)

    steps: list[int] = []
    result = eval_pose(folder, perfect, step=steps.append)
    assert result["AP"] == pytest.approx(100) and result["gain_AP"] == pytest.approx(100 - result["reference_AP"])
    assert result["images"] == 1 and result["people"] == 1 and steps == [1]
    assert 0 < result["ratio_ms"] < 1 and result["ms_p50"] <= result["ms_p95"]


def test_several_models_are_told_apart_by_suffix(tmp_path: Path) -> None:
    register_pose_model("nobody", lambda: lambda image: People.empty(COCO))
    try:
        result = eval_pose(labelled(tmp_path), ["reference", "nobody"])
    finally:
        del POSE_MODELS["nobody"]
    assert result["AP_nobody"] == 0 and result["AP_reference"] == result["reference_AP"] and "AP" not in result
    assert result["ratio_ms_reference"] == 1
    with pytest.raises(UsageError, match="at least one"):
        eval_pose(tmp_path, [])


def test_damaged_label_sets_are_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="expected one person_keypoints"):
        read_coco(tmp_path)
    folder = labelled(tmp_path / "set")
    (folder / "images/1.png").write_bytes(b"no picture")
    with pytest.raises(SourceError):
        eval_pose(folder, "reference")
    (folder / "images/1.png").unlink()
    with pytest.raises(FormatError, match=r"1\.png is not below"):
        read_coco(folder)
    for text in ("{", "[]", '{"images": [], "annotations": []}', '{"images": [{"id": 1}], "annotations": [{}]}'):
        (folder / "person_keypoints.json").write_text(text, "utf-8")
        with pytest.raises(FormatError, match=r"person_keypoints\.json"):
            read_coco(folder)


def test_fast_is_no_worse_than_the_reference_on_labelled_pictures(data: Path) -> None:
    result = eval_pose(data / "keypoints/coco-dev", "fast")
    assert result["images"] == 34 and result["people"] == 65
    assert result["gain_AP"] >= 0 and result["AP"] > 38


def test_golden_joints_are_met(data: Path) -> None:
    result = eval_golden(data / "video/tfjs", "fast")
    assert result["frames"] == 120
    assert result["mean_px"] < 5.5 and result["lag_frames"] < 0.5 and abs(result["offline_lag_frames"]) < 0.1
    assert result["jitter_px"] < result["raw_jitter_px"] / 2.5
    with pytest.raises(FormatError, match="no such file"):
        eval_golden(data / "video")
