"""Poses to a film of a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from kinesics.errors import FormatError, UsageError
from kinesics.pipeline.rendering import render
from kinesics.types import PoseSequence, skeleton
from kinesics.video import load_image
from kinesics.video.marks import read_marks
from kinesics.viewer import Footage, Person, fit_footage, save_person


def pose(turn: float) -> np.ndarray:
    """(133, 2) of somebody whose arms go round."""
    rest = np.random.default_rng(1).uniform(-6, 6, (133, 2))
    places = {0: (0, -60), 5: (45, 0), 6: (-45, 0), 7: (60, 60), 8: (-60, 60), 9: (60, 110), 10: (-60, 110)}
    places |= {11: (30, 130), 12: (-30, 130), 13: (30, 210), 14: (-30, 210), 15: (30, 280), 16: (-30, 280)}
    for joint, place in places.items():
        rest[joint] = place
    rest[23:91] += (0, -60)
    rest[[7, 9]] += 25 * np.array([np.cos(turn), np.sin(turn)])
    rest[91:112] += rest[9]
    rest[112:133] += rest[10]
    return rest + (256, 150)


@pytest.fixture(scope="module")
def person() -> Person:
    """A paper doll: thick lines along the limbs."""
    turns = np.linspace(0, 5, 8)
    points = np.stack([pose(turn) for turn in turns]).astype(np.float32)
    pictures, alpha = np.full((8, 512, 512, 3), 230, np.uint8), np.zeros((8, 512, 512), np.uint8)
    for i in range(8):
        for a, b in (
            (5, 7),
            (7, 9),
            (6, 8),
            (8, 10),
            (11, 13),
            (13, 15),
            (12, 14),
            (14, 16),
            (5, 11),
            (6, 12),
            (5, 12),
            (0, 0),
        ):
            ends = [tuple(points[i, k].round().astype(int).tolist()) for k in (a, b)]
            cv2.line(alpha[i], ends[0], ends[1], 255, 40)
        pictures[i][alpha[i] > 0] = (200, 60, 40)
    wall = np.full((512, 512, 3), 230, np.uint8)
    footage = Footage(pictures, alpha, points, np.ones((8, 133), np.float32), turns, np.zeros(8, np.int32), wall)
    return fit_footage(footage, name="doll", licence="CC0-1.0", consent="paper has none to give")


@pytest.fixture
def poses() -> PoseSequence:
    times = np.array([0.0, 0.04, 0.1, 0.12, 0.2, 0.31])  # at no constant rate
    points = np.stack([pose(5 * t) for t in times])[:, None]
    return PoseSequence(points, np.full((6, 1, 133), 0.9), times, skeleton("wholebody133"), size=(512, 512))


def times_of(path: Path) -> list[float]:
    with av.open(str(path)) as file:
        return [round(float(frame.time or 0), 3) for frame in file.decode(video=0)]


def test_a_film_keeps_the_poses_times_and_says_that_it_was_generated(
    person: Person, poses: PoseSequence, tmp_path: Path
) -> None:
    done = render(poses, person, tmp_path / "out.mp4", workers=0)
    assert times_of(tmp_path / "out.mp4") == [0.0, 0.04, 0.1, 0.12, 0.2, 0.31]
    marks = read_marks(tmp_path / "out.mp4")
    assert marks.generated and "doll" in marks.comment and "CC0-1.0" in marks.comment and "paper" in marks.comment
    assert done["pictures"] == 6 and done["tiers"] == {"t0": 6} and done["dropped"] == 0


def test_the_person_is_seen_where_the_pose_says(person: Person, poses: PoseSequence, tmp_path: Path) -> None:
    render(poses, person, tmp_path / "out/", background="#00ff00", workers=0)
    picture = load_image(sorted((tmp_path / "out").glob("*.png"))[0]).astype(int)
    body = np.abs(picture - (200, 60, 40)).max(2) < 40
    assert body[190:270, 235:277].mean() > 0.85 and (picture[:, 400:] == (0, 255, 0)).all()


def test_a_transparent_film_keeps_its_alpha(person: Person, poses: PoseSequence, tmp_path: Path) -> None:
    render(poses, person, tmp_path / "out/", background="transparent", size=128, workers=0)
    picture = cv2.imread(str(sorted((tmp_path / "out").glob("*.png"))[0]), cv2.IMREAD_UNCHANGED)
    assert picture.shape == (128, 128, 4) and picture[0, 0, 3] == 0 and picture[60, 64, 3] == 255


def test_rate_and_size_can_be_chosen(person: Person, poses: PoseSequence, tmp_path: Path) -> None:
    done = render(poses, person, tmp_path / "out.mp4", fps=50.0, size=100, workers=0)
    assert done["pictures"] == 16 and np.allclose(np.diff(times_of(tmp_path / "out.mp4")), 0.02, atol=2e-3)


def test_a_file_of_poses_and_a_file_of_a_person(person: Person, poses: PoseSequence, tmp_path: Path) -> None:
    from kinesics.formats import write_sequence

    save_person(tmp_path / "doll.kin", person)
    write_sequence(tmp_path / "dance.jsonl", poses)
    assert render(tmp_path / "dance.jsonl", tmp_path / "doll.kin", tmp_path / "out.gif", workers=0)["pictures"] == 6


def test_a_budget_is_kept_or_told(person: Person, poses: PoseSequence, tmp_path: Path) -> None:
    done = render(poses, person, tmp_path / "out.mp4", budget=10.0, workers=1)
    assert done["over_budget"] == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"size": 5}, "size"),
        ({"fps": -1}, "fps"),
        ({"background": "green"}, "background"),
        ({"background": "transparent"}, "transparency"),
        ({"tier": 3}, "tier"),
        ({"tier": 0, "budget": 0.1}, "exclude"),
        ({"person_id": 7}, "id 7"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_and_nothing_stays(
    options: dict[str, Any], words: str, person: Person, poses: PoseSequence, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=words):
        render(poses, person, tmp_path / "out.mp4", **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["out.mp4", "out.webm", "out.gif", "out.apng", "out/"])
def test_an_interrupt_leaves_nothing_half_written(name: str, person: Person, poses: PoseSequence, tmp_path: Path) -> None:
    def stop(done: int, of: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(poses, person, f"{tmp_path}/{name}", progress=stop)
    assert not list(tmp_path.iterdir())


def test_a_hand_alone_is_not_enough(person: Person, poses: PoseSequence, tmp_path: Path) -> None:
    hand = PoseSequence(poses.points[:, :, 112:], poses.scores[:, :, 112:], poses.times, skeleton("hand21"), size=(512, 512))
    with pytest.raises(UsageError, match="shoulders"):
        render(hand, person, tmp_path / "out.mp4")


def test_missing_and_far_points_are_not_drawn_at_the_corner(person: Person, poses: PoseSequence, tmp_path: Path) -> None:
    points, scores = poses.points.copy(), poses.scores.copy()
    points[:, :, [9, *range(91, 112)]], scores[:, :, [9, *range(91, 112)]] = 0, 0  # as files have it
    lost = PoseSequence(points, scores, poses.times, poses.skeleton, size=(512, 512))
    render(lost, person, tmp_path / "out/", background="#00ff00", workers=0)
    picture = load_image(sorted((tmp_path / "out").glob("*.png"))[2]).astype(int)
    assert (picture[:80, :80] == (0, 255, 0)).all()


def test_a_file_without_poses_is_said(person: Person, tmp_path: Path) -> None:
    (tmp_path / "odd.pose").write_bytes(b"nothing")
    with pytest.raises(FormatError, match=r"odd\.pose"):
        render(tmp_path / "odd.pose", person, tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()
