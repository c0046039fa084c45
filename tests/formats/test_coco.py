from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.errors import FormatError, SinkError
from kinesics.formats import open_sink, read_scenes
from kinesics.testing import sample_scenes
from kinesics.types import People, Scene, skeleton

SCENES = sample_scenes(skeleton("coco17"), 12)


def write(path: Path, scenes: list[Scene] = SCENES, **options: str) -> Any:
    with open_sink(path, **options) as sink:
        for scene in scenes:
            sink.write(scene)
    return json.loads(path.read_text())


def test_data_set_and_results_are_what_pycocotools_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    coco, cocoeval = pytest.importorskip("pycocotools.coco"), pytest.importorskip("pycocotools.cocoeval")
    scenes = [scene for scene in SCENES if len(scene.people)]
    write(tmp_path / "truth.json", scenes)
    write(tmp_path / "results.json", scenes, form="results")
    truth = coco.COCO(str(tmp_path / "truth.json"))
    judge = cocoeval.COCOeval(truth, truth.loadRes(str(tmp_path / "results.json")), "keypoints")
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
    assert judge.stats[0] == pytest.approx(1.0)
    assert "Average Precision" in capsys.readouterr().out


def test_data_set_has_visibility_bones_from_one_and_sizes(tmp_path: Path) -> None:
    data = write(tmp_path / "a.json")
    first, p = data["annotations"][0], SCENES[0].people
    marks = np.array(first["keypoints"]).reshape(17, 3)
    assert set(marks[:, 2]) <= {0, 2} and first["num_keypoints"] == int((p.point_scores[0] > 0).sum())
    assert first["bbox"][2:] == (p.boxes[0, 2:] - p.boxes[0, :2]).tolist() and first["track_id"] == 7
    assert "track_id" not in data["annotations"][1]
    assert min(min(bone) for bone in data["categories"][0]["skeleton"]) == 1
    assert [image["id"] for image in data["images"]] == [scene.index for scene in SCENES]


def test_masks_go_through(tmp_path: Path) -> None:
    masks = np.random.default_rng(0).random((2, 48, 64)) > 0.5
    p = SCENES[0].people
    scene = Scene(0, 0.0, (64, 48), People(p.boxes, p.score, p.points, p.point_scores, p.skeleton, p.ids, None, masks))
    data = write(tmp_path / "a.json", [scene])
    assert data["annotations"][0]["area"] == int(masks[0].sum())
    assert list(read_scenes(tmp_path / "a.json")) == [scene]


def test_results_are_read_with_scores_of_joints(tmp_path: Path) -> None:
    write(tmp_path / "a.json", form="results")
    scenes = read_scenes(tmp_path / "a.json", fps=25)
    got = list(scenes)
    assert [s.index for s in got] == [s.index for s in SCENES if len(s.people)]
    assert got[0].people == SCENES[0].people and got[1].time == 3 / 25
    assert any("no times" in note for note in scenes.notes)


def test_data_sets_of_others_are_read(tmp_path: Path) -> None:
    person = {"image_id": 139, "category_id": 1, "bbox": [1, 2, 10, 20], "iscrowd": 0, "segmentation": [[1, 2, 3, 4, 5, 6]]}
    data = {
        "images": [
            {"id": 139, "width": 640, "height": 480, "file_name": "x.jpg", "license": 3},
            {"id": 7, "width": 8, "height": 8},
        ],
        "annotations": [
            {**person, "id": 1, "keypoints": [5, 6, 2] + [7, 8, 1] + [0, 0, 0] * 15, "num_keypoints": 2},
            {**person, "id": 2, "keypoints": [0] * 51, "num_keypoints": 0},
            {**person, "id": 3, "iscrowd": 1, "segmentation": {"size": [480, 640], "counts": [5, 9]}},
            {**person, "id": 4, "category_id": 18},
        ],
        "categories": [
            {"id": 1, "name": "person", "keypoints": list(skeleton("coco17").joints), "skeleton": [[1, 2]]},
            {"id": 18, "name": "dog"},
        ],
    }
    (tmp_path / "a.json").write_text(json.dumps(data))
    scenes = read_scenes(tmp_path / "a.json")
    first, second = scenes
    assert first.people.skeleton == skeleton("coco17") and first.people.point_scores.sum(axis=1).tolist() == [2, 0]
    assert first.people.boxes[0].tolist() == [1, 2, 11, 22] and first.size == (640, 480) and len(second.people) == 0
    assert [note.split(": ")[1][:16] for note in scenes.notes] == ["1 annotations of", "1 annotations of", "no times in this"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"images": [{"id": 1}], "annotations": [{"image_id": 1, "keypoints": [1, 2]}]}', "picture 1: expected 51 numbers"),
        ('{"images": [{"id": 1}], "annotations": [{"image_id": 1, "bbox": "x"}]}', r"\$\.annotations\[0\]\.bbox"),
        ('{"images": [], "categories": [{"id": 1, "name": "dog"}]}', "no category is called person"),
        ('{"people": []}', "missing required field `images`"),
    ],
)
def test_what_is_no_coco_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(FormatError, match=says):
        list(read_scenes(tmp_path / "a.json"))


def test_frames_that_do_not_rise_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="frame 0 comes after frame 0"):
        write(tmp_path / "a.json", [SCENES[0], SCENES[0]])


@pytest.mark.data
def test_published_annotations_are_read(data: Path) -> None:
    for path in sorted((data / "keypoints" / "coco-dev").rglob("*keypoints*.json")):
        people = [scene.people for scene in read_scenes(path)]
        assert len(people) > 20 and sum(map(len, people)) > 50


WHOLE = skeleton("wholebody133")


def whole_scenes() -> list[Scene]:
    rng = np.random.default_rng(2)
    scores = rng.integers(0, 5, (3, 2, 133)) / 4
    scores[1, :, 91:112] = 0  # no left hand in the second frame
    points = rng.integers(0, 1600, (3, 2, 133, 2)) / 4
    boxes = np.array([[0, 0, 400, 400], [10, 5, 390, 380]])
    return [Scene(t, t / 25, (640, 480), People(boxes, [0.5, 1], points[t], scores[t], WHOLE, [3, -1])) for t in range(3)]


@pytest.mark.parametrize("form", ["annotations", "results"])
def test_whole_bodies_are_written_in_parts_and_read_back_equal(tmp_path: Path, form: str) -> None:
    scenes = whole_scenes()
    with open_sink(tmp_path / "a.json", form=form) as sink:
        for scene in scenes:
            sink.write(scene)
    document = json.loads((tmp_path / "a.json").read_text())
    rows = document if form == "results" else document["annotations"]
    lengths = {name: len(rows[0][name]) for name in ("keypoints", "foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts")}
    assert lengths == {"keypoints": 51, "foot_kpts": 18, "face_kpts": 204, "lefthand_kpts": 63, "righthand_kpts": 63}
    assert rows[0]["lefthand_valid"] and not rows[2]["lefthand_valid"] and rows[2]["lefthand_box"] == [0, 0, 0, 0]
    if form == "annotations":
        assert document["categories"][0]["keypoints"] == list(skeleton("coco17").joints)
        assert list(read_scenes(tmp_path / "a.json")) == scenes
    else:
        assert [s.people for s in read_scenes(tmp_path / "a.json")] == [s.people for s in scenes]


def test_whole_bodies_in_one_list_are_read(tmp_path: Path) -> None:
    rows = [{"image_id": 3, "category_id": 1, "keypoints": [1.5, 2.5, 0.5] * 133, "score": 0.25}]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    (scene,) = read_scenes(tmp_path / "a.json")
    assert scene.people.skeleton == WHOLE and (scene.people.points == [1.5, 2.5]).all() and scene.index == 3


@pytest.mark.parametrize("count", [17, 26, 133, 136])
def test_results_of_alphapose_are_read(tmp_path: Path, count: int) -> None:
    numbers = [number for i in range(count) for number in (float(i + 1), float(i), 0.5)]
    row = {"category_id": 1, "keypoints": numbers, "score": 2.9, "box": [1, 2, 30, 40]}
    rows = [{**row, "image_id": f"frame_{n}.jpg", "idx": who} for n, who in ((2, 7), (4, [8.0]), (10, 7))]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    scenes = list(read_scenes(tmp_path / "a.json", fps=10))
    assert [(s.index, s.time, s.people.ids.tolist()) for s in scenes] == [(2, 0.2, [7]), (4, 0.4, [8]), (10, 1.0, [7])]
    people = scenes[0].people
    assert people.skeleton == (skeleton("coco17") if count == 17 else WHOLE)
    assert people.boxes[0].tolist() == [1, 2, 31, 42] and people.score[0] == 1
    xs = people.points[0, :, 0]
    assert xs[:17].tolist() == list(range(1, 18))
    if count in (26, 136):  # big toe, small toe, heel of the left, then of the right
        assert xs[17:23].tolist() == [21, 23, 25, 22, 24, 26]
        assert (people.point_scores[0, 23:] > 0).all() == (count == 136)
    if count == 136:
        assert xs[23:].tolist() == list(range(27, 137))


def test_parts_of_a_wrong_length_are_named(tmp_path: Path) -> None:
    rows = [{"image_id": 3, "category_id": 1, "keypoints": [0.0] * 51, "face_kpts": [1.0, 2.0, 3.0]}]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    with pytest.raises(FormatError, match="expected 204 numbers for the face, got 3"):
        list(read_scenes(tmp_path / "a.json"))


def test_outlines_of_another_size_are_refused_by_name(tmp_path: Path) -> None:
    from kinesics.formats import outline_record
    from kinesics.types import Masks

    body = skeleton("coco17")
    masks = Masks((64, 48), [[3, 4]], [np.ones((5, 6), bool)])
    people = People(np.zeros((1, 4)), np.ones(1), np.zeros((1, 17, 2)), np.ones((1, 17)), body, masks=masks)
    path = tmp_path / "a.json"
    path.write_text(json.dumps(outline_record(people, (64, 48))))
    (scene,) = read_scenes(path)
    assert scene.people.masks == masks and scene.size == (64, 48)
    path.write_text(json.dumps(outline_record(people, (48, 64))))
    with pytest.raises(FormatError, match="picture 0: outlines of a picture of 64x48 in one of 48x64") as caught:
        list(read_scenes(path))
    assert "\n" not in str(caught.value)
