from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import FormatError, SinkError
from kinesics.formats import open_sink, read_scenes
from kinesics.formats.openpose import MODELS
from kinesics.types import People, Scene, skeleton


def person(name: str = "coco17") -> People:
    k = len(skeleton(name))
    points = np.stack([np.arange(k) + 1, np.arange(k) * 2 + 1], axis=1)[None]
    return People([[0, 0, 50, 50]], [0.9], points, np.linspace(0.2, 0.9, k)[None], skeleton(name), [4])


def write(folder: Path, people: People, **options: str) -> dict[str, list[float]]:
    with open_sink(folder, "openpose", source="my clip.mp4", **options) as sink:
        sink.write(Scene(12, 0.5, (64, 48), people))
    (row,) = json.loads((folder / "my clip_000000000012_keypoints.json").read_text())["people"]
    return row


def test_body_25_is_coco_with_neck_and_mid_hip(tmp_path: Path) -> None:
    row = write(tmp_path / "a", person())
    joints = np.array(row["pose_keypoints_2d"]).reshape(25, 3)
    ours = {name: i for i, name in enumerate(skeleton("coco17").joints)}
    scores = np.linspace(0.2, 0.9, 17)
    for name, joint in zip(MODELS["BODY_25"], joints, strict=True):
        if name in ours:
            np.testing.assert_allclose(joint, [ours[name] + 1, ours[name] * 2 + 1, scores[ours[name]]], rtol=1e-6)
    np.testing.assert_allclose(joints[1], [6.5, 12, scores[5]], rtol=1e-6)  # joints 5 and 6
    np.testing.assert_allclose(joints[8], [12.5, 24, scores[11]], rtol=1e-6)
    assert not joints[19:].any() and row["person_id"] == [4] and row["hand_left_keypoints_2d"] == []


def test_feet_come_from_a_skeleton_that_has_them(tmp_path: Path) -> None:
    joints = np.array(write(tmp_path / "a", person("blazepose33"))["pose_keypoints_2d"]).reshape(25, 3)
    assert joints[19, 0] == 32 and joints[21, 0] == 30 and not joints[[20, 23]].any()


def test_a_missing_shoulder_is_a_missing_neck(tmp_path: Path) -> None:
    people = person()
    scores = people.point_scores.copy()
    scores[0, 5] = 0
    people = People(people.boxes, people.score, people.points, scores, people.skeleton, people.ids)
    joints = np.array(write(tmp_path / "a", people, model="COCO")["pose_keypoints_2d"]).reshape(18, 3)
    assert not joints[1].any() and not joints[5].any() and joints[2].any()


def test_files_of_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    row = {"person_id": [-1], "pose_keypoints_2d": [10.5, 20.5, 0.8] * 18}
    for number in (9, 10, 100):
        path = tmp_path / "in" / f"clip_{number:012d}_keypoints.json"
        path.write_text(json.dumps({"version": 1.1, "people": [row] * (number % 3)}))
    (tmp_path / "in" / "readme.txt").write_text("not a pose")
    scenes = read_scenes(tmp_path / "in", fps=50)
    got = list(scenes)
    assert [(s.index, s.time, len(s.people)) for s in got] == [(9, 0.18, 0), (10, 0.2, 1), (100, 2.0, 1)]
    assert got[1].people.skeleton == skeleton("coco17") and got[1].size == (11, 21)
    (whole,) = list(read_scenes(tmp_path / "in", body="openpose"))[2:]
    assert whole.people.skeleton.joints == MODELS["COCO"]


def test_people_that_openpose_cannot_say_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="hand21"):
        write(tmp_path / "a", person("hand21"))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x_0_keypoints.json").write_text('{"people": [{"pose_keypoints_2d": [1, 2, 3]}]}')
    with pytest.raises(FormatError, match=r"x_0_keypoints\.json: expected 75 .* got \[3\]"):
        list(read_scenes(tmp_path / "b"))


def whole(t: int = 3, n: int = 2) -> list[Scene]:
    rng = np.random.default_rng(1)
    body = skeleton("wholebody133")
    scenes = []
    for index in range(t):
        points, scores = rng.integers(0, 1600, (n, 133, 2)) / 4, rng.integers(0, 5, (n, 133)) / 4
        scores[0, 91:112] *= index != 1  # no left hand
        people = People(np.zeros((n, 4)), np.ones(n), points, scores, body, np.arange(n))
        scenes.append(Scene(index, index / 25, (640, 480), people[: n * (index != 0)]))  # nobody in the first
    return scenes


def test_whole_bodies_with_hands_and_face_come_back(tmp_path: Path) -> None:
    there = whole()
    with open_sink(tmp_path / "a", "openpose") as sink:
        for scene in there:
            sink.write(scene)
    (row, _) = json.loads((tmp_path / "a" / "frame_000000000001_keypoints.json").read_text())["people"]
    assert [len(row[f"{part}_keypoints_2d"]) for part in ("pose", "face", "hand_left", "hand_right")] == [75, 210, 63, 63]
    back = list(read_scenes(tmp_path / "a"))
    for one, other in zip(back, there, strict=True):
        assert (one.index, one.time, one.size, one.people.skeleton) == (
            other.index,
            other.time,
            (640, 480),
            skeleton("wholebody133"),
        )
        np.testing.assert_array_equal(one.people.points, other.people.points)
        np.testing.assert_array_equal(one.people.point_scores, other.people.point_scores)
    assert next(iter(list(read_scenes(tmp_path / "a", body="coco17"))[1:])).people.skeleton == skeleton("coco17")


def test_hands_of_a_wrong_length_are_named(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    row = {"pose_keypoints_2d": [1.0, 2.0, 0.5] * 25, "hand_left_keypoints_2d": [1.0, 2.0, 0.5] * 20}
    (tmp_path / "b" / "x_0_keypoints.json").write_text(json.dumps({"people": [row]}))
    with pytest.raises(FormatError, match="expected 63 numbers in hand_left_keypoints_2d, got 60"):
        list(read_scenes(tmp_path / "b"))


def test_the_reference_reader_takes_what_is_written(tmp_path: Path) -> None:
    reader = pytest.importorskip("pose_format.utils.openpose")
    there = whole(4, 1)
    with open_sink(tmp_path / "a", "openpose") as sink:
        for scene in there:
            sink.write(scene)
    theirs = reader.load_openpose_directory(str(tmp_path / "a"), fps=25, width=640, height=480)
    names = [name for part in theirs.header.components for name in part.points]
    points, scores = np.ma.getdata(theirs.body.data), np.asarray(theirs.body.confidence)
    for scene in there[1:]:
        ours = dict(zip(skeleton("wholebody133").joints, scene.people.point_scores[0].tolist(), strict=True))
        for theirs_name, ours_name in (
            ("RWrist", "right_wrist"),
            ("LBigToe", "left_big_toe"),
            ("RSmallToe", "right_small_toe"),
        ):
            assert scores[scene.index, 0, names.index(theirs_name)] == ours[ours_name]
        hands, face = scene.people.points[0, 91:], scene.people.points[0, 23:91]
        seen = scene.people.point_scores[0] > 0
        np.testing.assert_array_equal(points[scene.index, 0, 25:93][seen[23:91]], face[seen[23:91]])
        np.testing.assert_array_equal(points[scene.index, 0, 95:137][seen[91:]], hands[seen[91:]])
    assert len(names) == 137 and not scores[:, 0, 93:95].any()  # nobody saw the pupils
