"""A fitted person beside a stream: drawn in its own time, and never in the way."""

from __future__ import annotations

import dataclasses
import io
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import FormatError
from kinesics.server.worker.figure import Figure, main_person, said_of
from kinesics.testing.exercising import exercise_clip
from kinesics.types import People, PoseSequence, Scene, skeleton
from kinesics.viewer import load_person, save_person

PATIENCE = 90.0  # seconds: somebody else may need the machine


@pytest.fixture(scope="module")
def clip() -> PoseSequence:
    made, _ = exercise_clip("squat", 2, fps=15, azimuth=60)
    return made


@pytest.fixture
def figure() -> Iterator[Figure]:
    made = Figure("default-full")
    yield made
    made.close()


def scene(clip: PoseSequence, moment: int, time: float, there: bool = True) -> Scene:
    points, scores = clip.points[moment] * 0.5, clip.scores[moment]
    boxes = np.concatenate([points.min(1), points.max(1)], 1)
    people = People(boxes, np.ones(1), points, scores, clip.skeleton, np.array([7]))
    return Scene(moment, time, (640, 480), people[:1] if there else people[:0])


def until(done: Callable[[], bytes | None]) -> bytes:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        picture = done()
        if picture is not None:
            return picture
        time.sleep(0.01)
    raise AssertionError("no picture came")


def opened(picture: bytes) -> np.ndarray:
    import av

    with av.open(io.BytesIO(picture), format="jpeg_pipe") as held:
        return next(held.decode(video=0)).to_ndarray(format="rgb24")


def test_pictures_come_change_and_say_what_they_are(figure: Figure, clip: PoseSequence) -> None:
    first = until(lambda: figure.draw(scene(clip, 0, 0.0)))
    image = opened(first)
    assert image.shape == (512, 512, 3)
    assert np.ptp(image.astype(int), axis=(0, 1)).max() > 100  # somebody is on it
    said = said_of(first)
    assert said["generated"] is True
    assert said["person"] == "default-full"
    assert said["tier"] == "t0"
    assert said["licence"]
    assert said["consent"]
    assert len(first) < 40_000
    step = iter(range(1, 10_000))
    low = int(clip.points[:, 0, 5, 1].argmax())  # the shoulders are lowest
    heights = []
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and len(heights) < 30:
        at = next(step)
        picture = figure.draw(scene(clip, min(at, low), at / 15))
        if picture is not None:
            heights.append(int((np.abs(opened(picture).astype(int) - image[0, 0]).max(2) > 40).any(1).argmax()))
        if len(heights) > 2 and at > low and picture is None:
            break
        time.sleep(0.03)
    assert max(heights) > heights[0] + 20  # the head went down


def test_a_figure_that_does_not_move_is_not_drawn_again_and_rests_when_nobody_is_there(
    figure: Figure, clip: PoseSequence
) -> None:
    until(lambda: figure.draw(scene(clip, 0, 0.0)))
    drawn = 0
    for i in range(1, 60):
        drawn += figure.draw(scene(clip, 0, i / 15)) is not None
        time.sleep(0.01)
    quiet = [figure.draw(scene(clip, 0, 4 + i / 15)) for i in range(20)]
    assert all(picture is None for picture in quiet[5:])
    came = 0
    for i in range(60):  # gone: it goes to rest, and stays there
        came += figure.draw(scene(clip, 0, 6 + i / 15, there=False)) is not None
        time.sleep(0.02)
    assert came > 0
    time.sleep(0.5)
    figure.draw(scene(clip, 0, 10.1, there=False))
    time.sleep(0.3)
    assert all(figure.draw(scene(clip, 0, 11 + i / 15, there=False)) is None for i in range(10))


def test_a_scene_is_never_held_up_and_nothing_is_left_behind(clip: PoseSequence) -> None:
    before = set(threading.enumerate())
    figure = Figure("default-full")
    took = []
    for i in range(60):
        start = time.thread_time()
        figure.draw(scene(clip, i % len(clip), i / 15))
        took.append(time.thread_time() - start)
    figure.close()
    assert np.median(took) < 0.005
    assert set(threading.enumerate()) <= before
    assert figure.problem == ""


def test_a_person_that_is_not_there_or_damaged_is_told(tmp_path: Path, clip: PoseSequence) -> None:
    with pytest.raises(FormatError):
        Figure(tmp_path / "nobody.kin")
    person = load_person("default-full")
    save_person(tmp_path / "broken.kin", dataclasses.replace(person, encoded=(b"no picture",) * len(person)))
    figure = Figure(tmp_path / "broken.kin")
    try:
        end = time.monotonic() + PATIENCE
        while not figure.problem and time.monotonic() < end:
            assert figure.draw(scene(clip, 0, time.monotonic())) is None
            time.sleep(0.02)
        assert "cannot be drawn" in figure.problem
        assert figure.draw(scene(clip, 1, 0.5)) is None
    finally:
        figure.close()


def test_the_main_person_is_who_is_followed_already_else_the_largest(clip: PoseSequence) -> None:
    points = np.concatenate([clip.points[0] * 0.3, clip.points[0] * 0.6, clip.points[0]])
    boxes = np.concatenate([points.min(1), points.max(1)], 1)
    people = People(boxes, np.ones(3), points, np.full((3, 17), 0.9), clip.skeleton, np.array([4, 9, -1]))
    assert main_person(people) == 1  # the largest has no id yet
    assert main_person(people, 4) == 0
    assert main_person(people, 5) == 1
    assert main_person(People.empty(skeleton("coco17"))) is None
    assert main_person(People.from_boxes(boxes, np.ones(3), [1, 2, 3])) is None


def test_what_says_nothing_is_asked_in_vain() -> None:
    assert said_of(b"") == {}
    assert said_of(b"\xff\xd8\xff\xd9") == {}
    assert said_of(b"RIFF....WEBP") == {}
