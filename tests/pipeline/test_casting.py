"""Who is taken, and whether the camera stands still."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import SourceError, UsageError
from kinesics.pipeline.casting import follow, glance, is_still, rising

BOX = np.array([[100.0, 40.0, 200.0, 230.0]])


def room(shift: int = 0, person: int = 0) -> np.ndarray:
    """A textured wall, seen from a little further right, and a grey person before it."""
    ys, xs = np.mgrid[:240, :320]
    wall = (((xs + shift) // 20 + ys // 20) % 2 * 150 + 50).astype(np.uint8)
    wall[40:230, 110 + person : 190 + person] = 128
    return np.repeat(wall[..., None], 3, 2)


def test_a_person_that_moves_before_a_still_camera() -> None:
    looks = [glance(room(0, int(8 * np.sin(i))), BOX) for i in range(12)]
    assert is_still(looks)


def test_a_camera_that_pans_is_not_still() -> None:
    assert not is_still([glance(room(7 * i), BOX) for i in range(12)])


def test_too_few_looks_or_nothing_but_the_person_say_nothing() -> None:
    assert not is_still([glance(room(), BOX)])
    assert not is_still([glance(room(), np.array([[0.0, 0.0, 320.0, 240.0]])) for _ in range(12)])


def test_times_rise_also_where_a_container_repeats_one() -> None:
    times = rising([0.0, 0.5, 0.5, 0.4, 1.0])
    assert (np.diff(times) > 0).all() and times[-1] == 1.0


def test_of_several_people_one_is_taken_and_the_others_are_named(data: Path) -> None:
    said: list[str] = []
    options = {"rate": 10.0, "seconds": 0.5, "pose": "fast", "said": said.append, "step": lambda time: None}
    clip = data / "video" / "pose2sim" / "cam01.mp4"
    taken = follow(clip, person_id=None, **options)
    assert len(said) == 1 and "--person-id" in said[0] and f"took id {taken.poses.ids[0]}" in said[0]
    other = next(int(i) for i in range(1, 10) if f"id {i} " in said[0].split("--person-id")[1])
    assert follow(clip, person_id=other, **options).poses.ids.tolist() == [other]
    with pytest.raises(UsageError, match="nobody has the id 99"):
        follow(clip, person_id=99, **options)


def test_nobody_is_said(data: Path) -> None:
    with pytest.raises(SourceError, match="nobody"):
        follow(
            data / "video" / "tfjs" / "asl_hand.25fps.mp4",
            rate=2.0,
            seconds=1.0,
            person_id=None,
            pose="fast",
            said=print,
            step=lambda time: None,
        )
