from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import FormatError, SourceError, UsageError
from kinesics.evaluate.whole_body import eval_whole_body
from kinesics.types import Array, People, skeleton
from kinesics.video import VideoWriter, open_source
from kinesics.weights import find

FRAMES = 4


@pytest.fixture(scope="module")
def walk() -> list[Array]:
    """A few pictures of the demo clip, 640 x 360."""
    import cv2

    pictures: list[Array] = []
    with open_source(str(find("demo_clip"))) as source:
        for frame in source:
            if frame.index >= 100:
                pictures.append(cv2.resize(frame.image, (640, 360), interpolation=cv2.INTER_AREA))
            if len(pictures) == FRAMES:
                break
    return pictures


@pytest.fixture
def folder(tmp_path: Path, walk: list[Array]) -> Path:
    """A clip of somebody who walks, one without a hand, and joints at 0 as those that were published."""
    for name in ("pose_squats.mp4", "asl_hand.25fps.mp4"):
        with VideoWriter(tmp_path / name) as writer:
            for i, picture in enumerate(walk):
                writer.write(picture if "squats" in name else np.full_like(picture, 90), i / 5)
    publish(tmp_path, np.zeros((FRAMES, 33, 3)), np.zeros((FRAMES, 33, 3)), np.ones((FRAMES, 21, 3)).cumsum(axis=1))
    return tmp_path


def publish(folder: Path, body: Array, world: Array, hand: Array) -> None:
    for name, values in (("pose_squats", body), ("pose_squats_3d", world), ("asl_hand", hand)):
        (folder / f"{name}.full.json").write_text(json.dumps(values.tolist()), "utf-8")


def seen(folder: Path) -> tuple[Array, Array]:
    """What the reader says of each picture of the clip, in pixels and metres."""
    from kinesics.pose import BodyReader, pose_model

    model, reader, before, rows = pose_model("fast"), BodyReader(), None, []
    with open_source(str(folder / "pose_squats.mp4")) as source:
        for frame in source:
            people = model(frame.image)
            row = int(np.argmax(people.score))
            before = reader.read(frame.image, people.points[row], people.point_scores[row], before)
            assert before is not None
            rows.append((before.sight.points, before.sight.world))
    return np.array([p for p, _ in rows]), np.array([w for _, w in rows])


def test_distances_are_told_in_trunks_and_metres(folder: Path) -> None:
    points, world = seen(folder)
    trunk = np.linalg.norm((points[:, 11] + points[:, 12] - points[:, 23] - points[:, 24])[:, :2] / 2, axis=1)
    hand = np.ones((FRAMES, 21, 3)).cumsum(axis=1)
    publish(folder, points, world + [9, 9, 9], hand)
    same = eval_whole_body(folder, "fast")
    assert same["body_error"] < 1e-6 and same["body_error_p95"] < 1e-6 and same["world_error_m"] < 1e-6
    assert 0 < same["body_error_filtered"] < 0.1
    assert same["body_found"] == 1 and same["frames"] == 2 * FRAMES
    assert same["hand_found"] == 0 and np.isnan(same["hand_error"])
    aside = points + np.array([0.1, 0, 0]) * trunk[:, None, None]
    aside[-1, :, 0] += 0.3 * trunk[-1]
    stretched = world.copy()
    stretched[:, 0] += [0, -0.33, 0]
    publish(folder, aside, stretched, hand)
    steps: list[int] = []
    other = eval_whole_body(folder, "fast", step=steps.append)
    assert other["body_error"] == pytest.approx(0.1 + 0.3 / FRAMES)
    assert 0.3 < other["body_error_p95"] <= 0.4
    assert other["world_error_m"] == pytest.approx(0.01)
    assert steps == list(range(1, 2 * FRAMES + 1))


def test_pictures_without_anybody_are_counted(folder: Path) -> None:
    def blind(image: Array) -> People:
        return People.empty(skeleton("coco17"))

    result = eval_whole_body(folder, blind)
    assert result["body_found"] == 0 and np.isnan(result["body_error"]) and np.isnan(result["world_error_m"])
    with pytest.raises(UsageError, match="coco17"):
        eval_whole_body(folder, lambda image: People.empty(skeleton("hand21")))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "expected a list with 33"),
        ("[[1, 2], [3]]", "expected a list with 33"),
        ("[]", "expected a list with 33"),
        (json.dumps(np.zeros((4, 17, 3)).tolist()), r"\(4, 17, 3\)"),
        (json.dumps(np.zeros((5, 33, 3)).tolist()), "4 pictures, but published joints of 5"),
        ("[[NaN]]", "expected a list with 33"),
    ],
)
def test_published_joints_that_do_not_fit_are_told(folder: Path, text: str, told: str) -> None:
    (folder / "pose_squats.full.json").write_text(text, "utf-8")
    with pytest.raises(FormatError, match=told):
        eval_whole_body(folder, "fast")


def test_what_is_missing_is_named(folder: Path) -> None:
    (folder / "asl_hand.25fps.mp4").unlink()
    with pytest.raises(SourceError, match="asl_hand"):
        eval_whole_body(folder)
    (folder / "pose_squats_3d.full.json").unlink()
    with pytest.raises(FormatError, match="pose_squats_3d"):
        eval_whole_body(folder)
    with pytest.raises(FormatError, match="no such file"):
        eval_whole_body(folder / "nowhere")


def test_the_published_joints_are_met(data: Path) -> None:
    result = eval_whole_body(data / "video/tfjs", "fast")
    assert result["body_found"] == 1 and result["hand_found"] > 0.99
    assert result["body_error"] < 0.04 and result["body_error_filtered"] < 0.03
    assert result["world_error_m"] < 0.08 and result["hand_error"] < 0.05
