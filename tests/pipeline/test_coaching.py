"""The coach on a real clip, against what was seen by eye before it ever ran."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics.actions.coach import Session, exercises
from kinesics.pipeline.coaching import coach, draw_session, example
from kinesics.testing.exercising import exercise_clip
from kinesics.types import PoseSequence, Scene, skeleton

# Looked at frame by frame (65 frames, 5 a second). start: the hips begin to sink; bottom: they are lowest; end: upright again.
# A third squat begins at 10.1 s, is lowest at 11.8 s, and the clip ends at 12.8 s when she is half way up.
SQUATS = ((0.5, 2.1, 3.6), (5.25, 6.8, 8.3))
UNFINISHED = (10.1, 11.8)


def _as_by_eye(session: Session) -> None:
    counted = [rep for rep in session.repetitions if rep.counted]
    assert len(counted) == len(SQUATS)
    for seen, truth in zip(counted, SQUATS, strict=True):
        assert (seen.start, seen.bottom, seen.end) == pytest.approx(truth, abs=0.3)
    last = session.repetitions[-1]
    assert not last.counted and (last.start, last.bottom) == pytest.approx(UNFINISHED, abs=0.3)


@pytest.fixture(scope="module")
def seen(data: Path) -> tuple[Session, PoseSequence]:
    """The session of the clip, and all joints that were found in it."""
    scenes: list[Scene] = []
    session = coach("squat", data / "video" / "tfjs" / "pose_squats.mp4", step=lambda scene, *_: scenes.append(scene))
    clip = PoseSequence.from_people([scene.people for scene in scenes], [scene.time for scene in scenes], scenes[0].size)
    return session, clip


def test_squats_are_counted_as_by_eye(seen: tuple[Session, PoseSequence]) -> None:
    _as_by_eye(seen[0])


def test_mirrored_they_are_the_same(seen: tuple[Session, PoseSequence]) -> None:
    clip = seen[1]
    order = clip.skeleton.mirror_order
    points = (clip.points * (-1, 1) + (720, 0))[:, :, order]
    _as_by_eye(coach("squat", PoseSequence(points, clip.scores[:, :, order], clip.times, clip.skeleton, clip.ids)))


@pytest.mark.parametrize("offset", [0, 1])
def test_at_half_the_frame_rate_they_are_the_same(seen: tuple[Session, PoseSequence], offset: int) -> None:
    _as_by_eye(coach("squat", seen[1][offset::2]))


@pytest.mark.parametrize("azimuth", [0, 60, 135, -90])
@pytest.mark.parametrize("three_d", [False, True], ids=["2D", "3D"])
def test_from_another_camera_they_are_the_same(data: Path, azimuth: float, three_d: bool) -> None:
    """Another net's joints in metres (the clip's publisher gives them), feet put on the floor, filmed from 3.5 m away."""
    found = np.array(json.loads((data / "video" / "tfjs" / "pose_squats_3d.full.json").read_text("utf-8")))[..., :3]
    x, y, z = np.moveaxis(found - found[:, [27, 28]].mean(1, keepdims=True), -1, 0)
    a = np.radians(azimuth)
    x, z = x * np.cos(a) + z * np.sin(a), z * np.cos(a) - x * np.sin(a) + 3.5
    points = np.stack([x, y, z] if three_d else [640 + 900 * x / z, 700 + 900 * y / z], axis=-1)
    body = skeleton("blazepose33")
    _as_by_eye(coach("squat", PoseSequence(points[:, None], np.ones((65, 1, 33)), np.arange(65) / 5, body)))


def test_seen_as_another_exercise_they_do_not_count(seen: tuple[Session, PoseSequence]) -> None:
    for name in exercises():
        if name not in ("squat", "biceps-curl"):  # she does bend her arms
            session = coach(name, seen[1])
            assert session.count == 0 and session.seconds == 0, name


def test_an_end_can_be_set() -> None:
    clip, truth = exercise_clip("squat", 3)
    assert coach("squat", clip, seconds=truth[1].end + 0.4).count == 2


def test_a_session_is_drawn(tmp_path: Path) -> None:
    clip, _ = exercise_clip("squat", [1, 0.5], fps=15)
    picture = draw_session(coach("squat", clip), tmp_path / "session.png")
    assert (tmp_path / "session.png").exists() and picture.shape[1] == 1600 and picture.dtype == np.uint8
    assert draw_session(coach("tree", clip)).shape[0] < picture.shape[0]


def test_an_example_becomes_an_exercise(tmp_path: Path) -> None:
    clip, _ = exercise_clip("biceps-curl", 1, azimuth=20)
    (tmp_path / "mine.toml").write_text(example(clip, "my curl"), "utf-8")
    twice, _ = exercise_clip("biceps-curl", 2, azimuth=-10, noise=0.003)
    session = coach(tmp_path / "mine.toml", twice)
    assert (session.exercise, session.count) == ("my curl", 2)
