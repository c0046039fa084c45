from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from kinesics.errors import FormatError
from kinesics.evaluate.masks import eval_masks, polygons_mask, read_coco_masks
from kinesics.types import Array, People


def labelled(folder: Path, **changes: object) -> Path:
    (folder / "images").mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / "images/0.png"), np.full((120, 160, 3), 99, np.uint8))
    row = {
        "id": 1, "image_id": 0, "category_id": 1, "keypoints": [0] * 51, "num_keypoints": 0, "bbox": [20, 20, 80, 80],
        "area": 6400, "iscrowd": 0, "segmentation": [[20, 20, 100, 20, 100, 100, 20, 100]],
    }  # fmt: skip
    crowd = row | {"id": 2, "iscrowd": 1, "segmentation": {"size": [120, 160], "counts": [120 * 120, 120 * 40]}}
    images = [{"id": 0, "file_name": "0.png", "width": 160, "height": 120}]
    (folder / "person_keypoints.json").write_text(
        json.dumps({"images": images, "annotations": [row | changes, crowd]}), "utf-8"
    )
    return folder


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_polygons_are_rasterised_as_the_coco_tools_do() -> None:
    tools = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(0)
    for _ in range(10):
        turn = np.sort(rng.uniform(0, 2 * np.pi, 12))
        polygon = np.column_stack([70 + 60 * np.cos(turn), 50 + 45 * np.sin(turn)]) + rng.normal(0, 3, (12, 2))
        expected = tools.decode(tools.merge(tools.frPyObjects([polygon.ravel().tolist()], 100, 150))).astype(bool)
        drawn = polygons_mask([polygon], (150, 100))
        assert (drawn & expected).sum() / (drawn | expected).sum() > 0.985


def test_a_polygon_on_borders_of_pixels_is_exact_and_what_lies_beyond_is_cut() -> None:
    mask = polygons_mask([np.array([[-5, 2], [4, 2], [4, 30], [-5, 30]], float)], (10, 8))
    expected = np.zeros((8, 10), bool)
    expected[2:, :4] = True
    np.testing.assert_array_equal(mask, expected)
    assert not polygons_mask([np.array([[1.0, 1.0], [5.0, 5.0]])], (10, 8)).any()


def test_labels_are_read_with_the_crowd_as_what_is_ignored(tmp_path: Path) -> None:
    ((path, truth),) = read_coco_masks(labelled(tmp_path))
    assert path.name == "0.png" and len(truth.masks) == 1 and truth.masks.areas.tolist() == [6400]
    assert truth.ignore[:, 120:].all() and not truth.ignore[:, :120].any()


def test_a_perfect_chain_has_overlap_one(tmp_path: Path) -> None:
    truth = read_coco_masks(labelled(tmp_path))[0][1]
    steps: list[int] = []

    def perfect(image: Array) -> People:
        assert image.shape == (120, 160, 3)
        people = People.from_boxes(np.zeros((len(truth.masks), 4)), np.ones(len(truth.masks)))
        return dataclasses.replace(people, masks=truth.masks)

    values = eval_masks(tmp_path, perfect, step=steps.append)
    assert values["mask_iou"] == values["mask_iou_picture"] == 1 and values["images"] == 1 and steps == [1]


def test_labels_without_outlines_are_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="outlines"):
        read_coco_masks(labelled(tmp_path, segmentation=None))
    with pytest.raises(FormatError, match="person_keypoints"):
        read_coco_masks(tmp_path / "images")
