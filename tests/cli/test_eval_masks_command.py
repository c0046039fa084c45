"""`kinesics eval masks` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from kinesics.cli import main


def test_a_folder_without_labels_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        assert main(["eval", "masks", "--coco", str(place)]) == 2
        said = capsys.readouterr().err
        assert "person_keypoints" in said and said.count("\n") == 1


def test_the_last_line_is_one_flat_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cv2.imwrite(str(tmp_path / "0.png"), np.full((96, 128, 3), 99, np.uint8))
    row = {
        "id": 1, "image_id": 0, "category_id": 1, "keypoints": [0] * 51, "num_keypoints": 0, "bbox": [20, 20, 60, 60],
        "area": 3600, "iscrowd": 0, "segmentation": [[20, 20, 80, 20, 80, 80, 20, 80]],
    }  # fmt: skip
    images = [{"id": 0, "file_name": "0.png", "width": 128, "height": 96}]
    (tmp_path / "person_keypoints.json").write_text(json.dumps({"images": images, "annotations": [row]}), "utf-8")
    assert main(["eval", "masks", "--coco", str(tmp_path), "--pose", "fast", "--json", "--progress", "none"]) == 0
    values = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert values["people"] == values["missed"] == values["images"] == 1 and values["mask_iou"] == 0
    assert values["seconds_per_image"] > 0 and "pose_landmark_full" in values["weights"]
