"""Poses made ready to move a person."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import FormatError, UsageError
from kinesics.pipeline.driving import driven, poses_of, resampled
from kinesics.types import PoseSequence, skeleton
from kinesics.viewer import Person


def clip(people: int = 1, n: int = 20, fps: float = 20.0, mirrored: bool = False) -> PoseSequence:
    """People who wave, in source pixels; the second half as large as the first."""
    rest = np.random.default_rng(0).uniform(-8, 8, (133, 2))
    places = {0: (0, -60), 5: (40, 0), 6: (-40, 0), 7: (55, 60), 8: (-55, 60), 9: (60, 110), 10: (-60, 110), 11: (28, 120)}
    places |= {12: (-28, 120), 13: (28, 210), 14: (-28, 210), 15: (28, 300), 16: (-28, 300)}
    for joint, place in places.items():
        rest[joint] = place
    rest[23:91] += (0, -60)
    rest[91:112] += places[9]
    rest[112:133] += places[10]
    points = np.repeat(rest[None, None], n, 0).repeat(people, 1)
    points[:, :, [9, *range(91, 112)]] += 30 * np.sin(np.arange(n) / 3)[:, None, None, None]
    points *= np.array([1.0, 0.5, 0.3])[:people, None, None]
    points[..., 0] *= -1 if mirrored else 1
    points += np.array([200, 100]) + 150 * np.arange(people)[:, None, None]
    return PoseSequence(points, np.full(points.shape[:3], 0.9), np.arange(n) / fps, skeleton("wholebody133"), size=(640, 480))


@pytest.fixture
def person() -> Person:
    held = clip(n=6)
    points = (held.points[:, 0] * 1.2 + [10, 40]).astype(np.float32)
    boxes = np.tile(np.array([0, 0, 512, 512], np.int32), (6, 1))
    return Person(name="made", encoded=(b"",) * 6, boxes=boxes, points=points, scores=held.scores[:, 0])


def test_of_several_people_the_largest_is_taken_and_it_is_said() -> None:
    said: list[str] = []
    assert poses_of(clip(3), None, said.append).ids.tolist() == [0]
    assert "3 people; took id 0" in said[0] and "--person-id" in said[0]
    assert poses_of(clip(3), 2, said.append).ids.tolist() == [2]
    assert len(said) == 1


def test_no_pose_of_anybody_and_a_video_are_said() -> None:
    empty = PoseSequence(np.full((3, 1, 133, 2), np.nan), np.zeros((3, 1, 133)), np.arange(3), skeleton("wholebody133"))
    with pytest.raises(FormatError, match="no pose of anybody"):
        poses_of(empty, None, print)
    with pytest.raises(UsageError, match="kinesics transfer"):
        poses_of(Path("dance.mp4"), None, print)


def test_resampling_keeps_the_movement_and_the_span() -> None:
    slow = clip(fps=10.0)
    fast = resampled(slow, 40.0)
    assert np.allclose(np.diff(fast.times), 1 / 40) and fast.times[-1] == pytest.approx(slow.times[-1])
    assert np.allclose(fast.points[::4], slow.points, atol=1e-3)
    assert np.allclose(fast.points[2], (slow.points[0] + slow.points[1]) / 2, atol=1e-3)
    assert resampled(slow, None) is slow


def test_a_missing_joint_is_not_made_up_by_resampling() -> None:
    gone = clip(n=4)
    points, scores = gone.points.copy(), gone.scores.copy()
    points[1, 0, 20], scores[1, 0, 20] = np.nan, 0
    fast = resampled(PoseSequence(points, scores, gone.times, gone.skeleton), 80.0)
    assert np.isnan(fast.points[4, 0, 20]).all() and not np.isnan(fast.points[0, 0, 20]).any()


def test_driven_poses_lie_where_the_person_was_filmed(person: Person) -> None:
    poses, placement = driven(clip(), person, said=lambda words: None)
    assert np.abs(np.nanmedian(poses.points[:, 0, [5, 6]], 0) - np.nanmedian(person.points[:, [5, 6]], 0)).max() < 6
    assert placement.scale == pytest.approx(1.2, rel=0.1)


def test_what_the_poses_lack_is_said(person: Person) -> None:
    held, said = clip(), []
    body = PoseSequence(held.points[:, :, :17], held.scores[:, :, :17], held.times, skeleton("coco17"), size=held.size)
    driven(body, person, said=said.append)
    assert "no left hand" in said[0] and "no face" in said[0]


def test_a_back_is_drawn_from_the_front_where_there_is_none(person: Person) -> None:
    said: list[str] = []
    poses, _ = driven(clip(mirrored=True), person, said=said.append)
    assert (poses.points[:, 0, 5, 0] > poses.points[:, 0, 6, 0]).all() and any("behind" in words for words in said)
    assert (poses.scores[:, 0, 23:91] == 0).all()  # and no face looks out of it
