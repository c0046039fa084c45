"""Landmark JSON: what is written reads back, what others dump is understood, and what is guessed is said."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinesics.errors import FormatError, SinkError, UsageError
from kinesics.formats import convert, open_sink, read_scenes, read_sequence, write_sequence
from kinesics.formats.landmarks import body_of_parts, part_called
from kinesics.types import People, PoseSequence, Scene, Skeleton, skeleton

HOLISTIC = body_of_parts({"pose": 33, "face": 468, "left": 21, "right": 21})
BODIES = {
    "coco17": skeleton("coco17"),
    "wholebody133": skeleton("wholebody133"),
    "blazepose33": skeleton("blazepose33"),
    "hand21": skeleton("hand21"),
    "holistic": HOLISTIC,
    "with world": body_of_parts({"pose": 33, "face": 478, "left": 21, "right": 21, "world": 33}),
    "left hand": body_of_parts({"left": 21}),
    "hands": body_of_parts({"left": 21, "right": 21}),
    "own": Skeleton("custom", ("Kopf", "Fuß, links", 'a "quoted" one')),
}
FLOATS = st.floats(-(2.0**60), 2.0**60, width=32)


@st.composite
def scenes(draw: st.DrawFn) -> list[Scene]:
    body = BODIES[draw(st.sampled_from([name for name in BODIES if name not in ("holistic", "with world")]))]
    d, k = draw(st.sampled_from([2, 3])), len(body)
    out = []
    for index in range(draw(st.integers(1, 3))):
        n = draw(st.integers(1, 2)) if not index else draw(st.integers(0, 2))
        scores = draw(arrays(np.float32, (n, k), elements=st.floats(0, 1, width=32)))
        if not index:
            scores[:, 0] = 1  # else nobody could tell a hand from a pose
        world = draw(arrays(np.float32, (n, k, 3), elements=FLOATS)) if n and draw(st.booleans()) else None
        people = People(
            draw(arrays(np.float32, (n, 4), elements=FLOATS)),
            draw(arrays(np.float32, n, elements=st.floats(0, 1, width=32))),
            draw(arrays(np.float32, (n, k, d), elements=FLOATS)),
            scores,
            body,
            draw(arrays(np.int64, n, elements=st.integers(-1, 2**40))),
            world,
        )
        size = draw(st.tuples(st.integers(1, 9999), st.integers(1, 9999)))
        out.append(Scene(index * 2, draw(st.floats(0, 1e6)), size, people))
    return out


@settings(deadline=None, max_examples=40)
@given(scenes())
def test_any_scenes_read_back_equal(tmp_path_factory: pytest.TempPathFactory, there: list[Scene]) -> None:
    path = tmp_path_factory.mktemp("mp") / "a.landmarks.json"
    with open_sink(path) as sink:
        for scene in there:
            sink.write(scene)
    reader = read_scenes(path)
    assert list(reader) == there and reader.notes == []


@pytest.mark.parametrize("name", BODIES)
def test_a_clip_of_each_body_comes_back(tmp_path: Path, name: str) -> None:
    rng = np.random.default_rng(0)
    body = BODIES[name]
    scores = rng.integers(1, 9, (4, 1, len(body))) / 8
    there = PoseSequence(rng.uniform(0, 400, (4, 1, len(body), 3)), scores, np.arange(4) / 25, body, size=(640, 480))
    write_sequence(tmp_path / "a.mediapipe.json", there)
    assert read_sequence(tmp_path / "a.mediapipe.json") == there


def test_holistic_is_written_as_mediapipe_names_it(tmp_path: Path) -> None:
    points = np.full((1, 543, 3), 60.0)
    scores = np.full((1, 543), 0.5)
    scores[0, 501:522] = 0
    with open_sink(tmp_path / "a.landmarks.json") as sink:
        sink.write(Scene(0, 0.5, (120, 240), People([[0, 0, 9, 9]], [1], points, scores, HOLISTIC)))
    (frame,) = json.loads((tmp_path / "a.landmarks.json").read_text())["frames"]
    assert (frame["time"], frame["size"], frame["left_hand_landmarks"]) == (0.5, [120, 240], None)
    assert frame["pose_landmarks"][0] == {"x": 0.5, "y": 0.25, "z": 0.5, "visibility": 0.5}
    assert [len(frame[f"{part}_landmarks"]) for part in ("pose", "face", "right_hand")] == [33, 468, 21]


def landmarks(count: int, shift: float = 0.0, **more: float) -> list[dict[str, float]]:
    return [{"x": 0.25 + shift + i / 1000, "y": 0.5, "z": -0.125, **more} for i in range(count)]


def read(tmp_path: Path, document: Any, **options: Any) -> tuple[list[Scene], list[str]]:
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(document))
    reader = read_scenes(path, **options)  # found by its content
    assert reader.format == "mediapipe"
    return list(reader), [note.removeprefix(f"{path}: ") for note in reader.notes]


POSE, FACE, LEFT, RIGHT = landmarks(33, visibility=0.75), landmarks(468), landmarks(21, 0.1), landmarks(21, 0.2)
HOLISTICS: dict[str, dict[str, Any]] = {
    "legacy python": {
        "pose_landmarks": POSE, "face_landmarks": FACE, "left_hand_landmarks": LEFT, "right_hand_landmarks": RIGHT
    },
    "javascript": {"poseLandmarks": POSE, "faceLandmarks": FACE, "leftHandLandmarks": LEFT, "rightHandLandmarks": RIGHT},
    "protobuf": {
        "pose_landmarks": {"landmark": POSE}, "face_landmarks": {"landmark": FACE},
        "left_hand_landmarks": {"landmark": LEFT}, "right_hand_landmarks": {"landmark": RIGHT},
    },
    "tasks": {
        "face_landmarks": [FACE], "pose_landmarks": [POSE], "left_hand_landmarks": [LEFT], "right_hand_landmarks": [RIGHT],
        "face_blendshapes": None, "segmentation_mask": None,
    },
    "lists of numbers": {
        "pose": [[*p.values()] for p in POSE], "face": [[*p.values()] for p in FACE],
        "left_hand": [[*p.values()] for p in LEFT], "right_hand": [[*p.values()] for p in RIGHT],
    },
    "components": {
        "POSE_LANDMARKS": POSE, "FACE_LANDMARKS": FACE, "LEFT_HAND_LANDMARKS": LEFT, "RIGHT_HAND_LANDMARKS": RIGHT
    },
}  # fmt: skip


@pytest.mark.parametrize("name", HOLISTICS)
@pytest.mark.parametrize("wrap", [lambda f: [f, f], lambda f: {"fps": 30, "frames": [f, f]}, lambda f: {"0": f, "1": f}])
def test_holistic_results_are_read_however_they_were_dumped(tmp_path: Path, name: str, wrap: Any) -> None:
    got, _ = read(tmp_path, wrap(HOLISTICS[name]), size=(1000, 500))
    assert [(s.index, s.size, len(s.people)) for s in got] == [(0, (1000, 500), 1), (1, (1000, 500), 1)]
    people = got[1].people
    assert people.skeleton == HOLISTIC and got[1].time == pytest.approx(1 / 30)
    points, joints = people.points[0], HOLISTIC.joints
    np.testing.assert_allclose(points[joints.index("POSE_LANDMARKS.LEFT_EYE")], [252, 250, -125], rtol=1e-5)
    np.testing.assert_allclose(points[joints.index("FACE_LANDMARKS.7")], [257, 250, -125], rtol=1e-5)
    np.testing.assert_allclose(points[joints.index("LEFT_HAND_LANDMARKS.WRIST")], [350, 250, -125], rtol=1e-5)
    np.testing.assert_allclose(points[joints.index("RIGHT_HAND_LANDMARKS.WRIST")], [450, 250, -125], rtol=1e-5)
    assert (people.point_scores[0, :33] == 0.75).all() and (people.point_scores[0, 33:] == 1).all()


def test_parts_come_and_go(tmp_path: Path) -> None:
    frames = [
        {"pose_landmarks": POSE, "left_hand_landmarks": None, "face_landmarks": []},
        {"pose_landmarks": POSE, "left_hand_landmarks": LEFT, "face_landmarks": landmarks(478)},
        None,
        {"pose_landmarks": [], "left_hand_landmarks": None},
    ]
    got, _ = read(tmp_path, frames, size=(100, 100))
    assert [len(s.people) for s in got] == [1, 1, 0, 0]
    assert len(got[0].people.skeleton) == 33 + 478 + 21 == len(got[2].people.skeleton)
    assert (got[0].people.point_scores[0] > 0).sum() == 33 and np.isnan(got[0].people.points[0, 40]).all()


def test_several_poses_and_their_world_landmarks(tmp_path: Path) -> None:
    metres = [{"x": -0.25, "y": 0.5, "z": 0.125, "visibility": 1.0}] * 33
    frame = {"poseLandmarks": [POSE, landmarks(33, 0.1)], "poseWorldLandmarks": [metres, metres]}
    got, _ = read(tmp_path, [frame], size=(100, 200))
    people = got[0].people
    assert people.skeleton == skeleton("blazepose33") and len(people) == 2 and people.world is not None
    assert people.world[1, 5].tolist() == [-0.25, 0.5, 0.125]
    np.testing.assert_allclose(people.points[:, 0, 0], [25, 35], rtol=1e-6)


@pytest.mark.parametrize(
    "handedness",
    [
        [[{"index": 1, "score": 0.98, "category_name": "Left", "display_name": "Left"}], [{"category_name": "Right"}]],
        [{"classification": [{"index": 0, "score": 0.9, "label": "Left"}]}, {"classification": [{"label": "Right"}]}],
        ["Left", "Right"],
    ],
)
def test_hands_go_to_the_side_they_name(tmp_path: Path, handedness: Any) -> None:
    for keys in (("multi_hand_landmarks", "multi_handedness"), ("landmarks", "handednesses"), ("hand_landmarks", "handedness")):
        got, _ = read(tmp_path, [{keys[0]: [LEFT, RIGHT], keys[1]: handedness}], size=(1000, 1000))
        (people,) = [s.people for s in got]
        assert people.skeleton == BODIES["hands"] and len(people) == 1
        np.testing.assert_allclose(people.points[0, [0, 21], 0], [350, 450], rtol=1e-5)


def test_a_frame_on_each_line_is_read(tmp_path: Path) -> None:
    line = json.dumps({"pose_landmarks": POSE})
    (tmp_path / "a.json").write_text("\n".join([line] * 4)[:-50])
    reader = read_scenes(tmp_path / "a.json", size=(10, 10))
    assert [len(scene.people) for scene in reader] == [1, 1, 1] and any("cut off" in note for note in reader.notes)
    (tmp_path / "a.json").write_text(line[:-50] + "\n" + line)
    with pytest.raises(FormatError, match="not what it should be"):
        list(read_scenes(tmp_path / "a.json"))


def test_visibility_0_throughout_is_a_part_without_any(tmp_path: Path) -> None:
    frame = {"hand_landmarks": [landmarks(21, visibility=0.0, presence=0.0)]}
    got, _ = read(tmp_path, [frame], size=(100, 100))
    assert got[0].people.skeleton == skeleton("hand21") and (got[0].people.point_scores == 1).all()
    pose = landmarks(33, visibility=0.5)
    pose[4] = {"x": 0.0, "y": 0.0, "z": 0.0, "visibility": 0.0}
    got, _ = read(tmp_path, [{"pose_landmarks": pose}], size=(100, 100))
    assert got[0].people.point_scores[0, 4] == 0 and np.isnan(got[0].people.points[0, 4]).all()


def test_numbers_that_are_none_are_missing(tmp_path: Path) -> None:
    pose = landmarks(33, visibility=0.5)
    pose[3]["x"], pose[5]["y"], pose[6]["z"] = float("nan"), float("-inf"), float("nan")
    got, _ = read(tmp_path, [pose], size=(100, 100))
    assert np.flatnonzero(got[0].people.point_scores[0] == 0).tolist() == [3, 5]


@pytest.mark.parametrize(
    ("low", "high", "unit"),
    [(0.1, 0.9, "shares"), (-0.2, 1.4, "shares"), (-0.6, 0.6, "metres"), (10.0, 300.0, None), (0.4, 0.45, "shares")],
)
def test_what_coordinates_are_in_is_told_from_them(tmp_path: Path, low: float, high: float, unit: str | None) -> None:
    values = np.random.default_rng(1).uniform(low, high, (10, 33, 3))
    got, notes = read(tmp_path, values.tolist(), fps=25)
    assert [unit] == [note.split("taken for ")[1].split()[0] for note in notes if "coordinates" in note] if unit else not notes
    scale = 1000 if unit == "shares" else 1
    np.testing.assert_allclose(got[3].people.points[0, :, :2], values[3, :, :2] * scale, rtol=1e-5)
    assert got[3].size == {"shares": (1000, 1000), "metres": (1, 1)}.get(str(unit), got[3].size)
    if unit == "shares":
        assert any("1000 x 1000 is taken" in note for note in notes)
    forced, notes = read(tmp_path, values.tolist(), fps=25, units="pixels")
    np.testing.assert_allclose(forced[3].people.points[0, :, :2], values[3, :, :2], rtol=1e-5)
    assert notes == []


@pytest.mark.parametrize(
    ("key", "values", "seconds"),
    [
        ("time", [0.0, 0.04, 0.1], [0, 0.04, 0.1]),
        ("timestamp_ms", [0, 33, 67], [0, 0.033, 0.067]),
        ("timestamp", [100, 133, 167], [0.1, 0.133, 0.167]),
        ("timestamp", [0.5, 0.54, 0.6], [0.5, 0.54, 0.6]),
        ("timestamp", [1_700_000_000_000, 1_700_000_000_040, 1_700_000_000_080], [0, 0.04, 0.08]),
        ("frame", [0, 1, 5], [0, 0.04, 0.2]),
    ],
)
def test_times_come_from_the_file(tmp_path: Path, key: str, values: list[float], seconds: list[float]) -> None:
    frames = [{key: value, "pose_landmarks": POSE} for value in values]
    got, notes = read(tmp_path, frames, fps=25, size=(10, 10))
    np.testing.assert_allclose([s.time for s in got], seconds, atol=1e-9)
    assert any("timestamps" in note for note in notes) == (key == "timestamp")


def test_without_times_30_a_second_are_taken_and_said(tmp_path: Path) -> None:
    got, notes = read(tmp_path, [{"pose_landmarks": POSE}] * 3)
    assert got[2].time == pytest.approx(2 / 30) and "no times in this file; 30 frames a second are taken" in notes
    got, notes = read(tmp_path, {"frame_rate": 1, "fps": 50, "frames": [{"pose_landmarks": POSE}] * 3})
    assert got[2].time == pytest.approx(2 / 50) and not any("30 frames" in note for note in notes)


def test_keypoints_with_names_are_the_body_of_those_names(tmp_path: Path) -> None:
    names = list(skeleton("coco17").joints)[::-1]
    keypoints = [{"x": 10.0 * i, "y": 5.0, "score": 0.5, "name": name} for i, name in enumerate(names)]
    people = [{"keypoints": keypoints, "score": 0.25, "id": 3}, {"keypoints": keypoints[:9], "box": {"xMin": 1}}]
    got, _ = read(tmp_path, [people, [], people], fps=10)
    assert got[0].people.skeleton == skeleton("coco17") and got[0].people.ids.tolist() == [3, -1] and len(got[1].people) == 0
    assert got[0].people.points[0, 0].tolist() == [160, 5] and (got[0].people.point_scores[1] > 0).sum() == 9
    hand = [{"x": 9.0, "y": 1.0, "name": name.replace("index_", "index_finger_")} for name in skeleton("hand21").joints]
    got, _ = read(tmp_path, [{"keypoints": hand, "handedness": "Left"}], fps=10)
    assert got[0].people.skeleton == skeleton("hand21")


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ([], "expected frames of landmarks, got none"),
        ({}, "expected landmarks"),
        ("landmarks", "expected landmarks"),
        ([{"pose_landmarks": landmarks(25)}], "frame 0: expected 33 landmarks of a pose.*got 25"),
        ([{"pose_landmarks": POSE}, {"pose_landmarks": [{"x": 1}] * 33}], "frame 1: expected a list of landmarks|x and y"),
        ([{"pose_landmarks": [{"x": "a", "y": 1}] * 33}], "frame 0: expected a number in a landmark"),
        ([{"a": 1, "b": 2}], "frame 0: expected landmarks, got an object of a, b"),
        ([landmarks(17), POSE], "different kinds"),
        ([{"keypoints": [{"x": 1, "y": 2, "name": "a"}] * 2}], "twice"),
        ([[[[[[1, 2]]]]]], "expected"),
        (5, "expected landmarks"),
    ],
)
def test_what_is_no_landmarks_is_named(tmp_path: Path, document: Any, says: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document))
    with pytest.raises(FormatError, match=says) as caught:
        list(read_scenes(path, "mediapipe"))
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_options_and_people_that_cannot_be_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.landmarks.json"
    for options in ({"units": "miles"}, {"fps": 0}):
        path.write_text("[]")
        with pytest.raises(UsageError):
            list(read_scenes(path, **options))
    boxes = Scene(0, 0.0, (9, 9), People.from_boxes(np.array([[0, 0, 5, 5]]), np.array([1.0])))
    with pytest.raises(SinkError, match="people without joints"), open_sink(path) as sink:
        sink.write(boxes)
    people = People([[0, 0, 1, 1]], [1], np.ones((1, 17, 2)), np.ones((1, 17)), skeleton("coco17"))
    hands = People([[0, 0, 1, 1]], [1], np.ones((1, 21, 2)), np.ones((1, 21)), skeleton("hand21"))
    with pytest.raises(SinkError, match="people of hand21, those before are of coco17"), open_sink(path) as sink:
        sink.write(Scene(0, 0.0, (9, 9), people))
        sink.write(Scene(1, 1.0, (9, 9), hands))


def test_json_is_told_apart_by_what_is_in_it(tmp_path: Path) -> None:
    people = People([[0, 0, 1, 1]], [1], np.ones((1, 17, 2)), np.ones((1, 17)), skeleton("coco17"), [0])
    for name, target in (("coco", "a.json"), ("coco", "b.json"), ("mediapipe", "c.landmarks.json")):
        with open_sink(tmp_path / target, **({"form": "results"} if target == "b.json" else {})) as sink:
            sink.write(Scene(0, 0.0, (9, 9), people))
        (tmp_path / target).rename(tmp_path / "x.json")
        reader = read_scenes(tmp_path / "x.json")
        assert reader.format == name and len(list(reader)) == 1
    with open_sink(tmp_path / "folder", "openpose") as sink:
        sink.write(Scene(0, 0.5, (9, 9), people))
    (file,) = (tmp_path / "folder").iterdir()
    reader = read_scenes(file)
    assert reader.format == "openpose" and next(reader).time == 0.5
    (tmp_path / "x.json").write_text('{"hello": "world"}')
    with pytest.raises(FormatError, match=r"x\.json: .*expected COCO JSON .*, landmarks of MediaPipe or"):
        list(read_scenes(tmp_path / "x.json"))


@pytest.mark.parametrize(
    ("key", "meaning"),
    [
        ("pose_landmarks", ("pose", False)), ("poseWorldLandmarks", ("pose", True)), ("multiHandLandmarks", ("hand", False)),
        ("LEFT_HAND_LANDMARKS", ("left", False)), ("worldLandmarks", ("", True)), ("landmarks", ("", False)),
        ("handedness", None), ("face_blendshapes", None), ("time", None), ("id", None),
    ],
)  # fmt: skip
def test_keys_mean_parts(key: str, meaning: tuple[str, bool] | None) -> None:
    assert part_called(key) == meaning


def test_bodies_of_parts_are_those_of_pose_files(data: Path, tmp_path: Path) -> None:
    for name, face in (("0ff215ef4f1f111e217e2cefee0adc77", 468), ("6fb01565da31c5500d1ef2cd2906b06b", 478)):
        there = read_sequence(data / "pose-files" / "pose-tests" / "hand_estimation" / f"{name}.pose")
        body = body_of_parts({"pose": 33, "face": face, "left": 21, "right": 21, "world": 33})
        assert there.skeleton.joints == body.joints
        write_sequence(tmp_path / "a.landmarks.json", there)
        frame = json.loads((tmp_path / "a.landmarks.json").read_text())["frames"][0]
        assert len(frame["pose_world_landmarks"]) == 33 and len(frame["face_landmarks"]) == face
        assert read_sequence(tmp_path / "a.landmarks.json") == there


def test_published_results_are_read(data: Path, tmp_path: Path) -> None:
    shapes = {
        "asl_hand.full": (325, "hand21", 3), "asl_hand_3d.full": (325, "hand21", 3), "pose_1": (120, "coco17", 2),
        "pose_squats.full": (65, "blazepose33", 3), "pose_squats_3d.full": (65, "blazepose33", 3),
    }  # fmt: skip
    for name, (frames, body, dims) in shapes.items():
        path = data / "video" / "tfjs" / f"{name}.json"
        clip = read_sequence(path, fps=25)
        assert (len(clip), clip.skeleton, clip.points.shape[3]) == (frames, skeleton(body), dims)
        document = json.loads(path.read_text())
        if name != "pose_1":
            np.testing.assert_allclose(clip.points[7, 0], document[7], rtol=1e-6)
        convert(path, tmp_path / "out.landmarks.json")
        again = read_sequence(tmp_path / "out.landmarks.json", fps=25)
        np.testing.assert_array_equal(again.points, clip.points)


def test_pose_file_through_landmark_json_and_back(data: Path, tmp_path: Path) -> None:
    there = read_sequence(data / "pose-files" / "pose-tests" / "hand_estimation" / "0ff215ef4f1f111e217e2cefee0adc77.pose")
    holistic = dataclasses.replace(there, points=there.points[:, :, :543], scores=there.scores[:, :, :543], skeleton=HOLISTIC)
    write_sequence(tmp_path / "a.landmarks.json", holistic)
    back = read_sequence(tmp_path / "a.landmarks.json")
    np.testing.assert_array_equal(back.points, holistic.points)
    np.testing.assert_array_equal(back.times, holistic.times)
