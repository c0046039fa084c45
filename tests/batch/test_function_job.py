"""A user's own function, called for each shot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.batch import Config, ShotView, process
from kinesics.batch.functions import load_function
from kinesics.batch.jobs import Clip, Shot, check_jobs
from kinesics.batch.jobs.function import Function
from kinesics.errors import UsageError
from kinesics.types import Frame, People, Scene, skeleton
from kinesics.video import VideoWriter

OWN = """
import numpy as np
from dataclasses import dataclass

@dataclass
class Mean:
    value: float

def bright(shot):
    assert len(shot.times) == len(shot.pictures) <= 16
    assert all(shot.start <= time < shot.end for time in shot.times)
    assert all(p.dtype == np.uint8 and p.ndim == 3 and max(p.shape[:2]) <= 480 for p in shot.pictures)
    mean = Mean(float(np.mean([picture.mean() for picture in shot.pictures])))
    return {"mean": np.float32(mean.value), "nothing": float("nan"), "sizes": np.array([1, 2]), "index": shot.index}

def several(shot):
    return [{"a": 1}, {"a": 2}]

def number(shot):
    return 3.5

def breaks(shot):
    if shot.index == 1:
        raise KeyError("no such thing")
    return shot.before

def odd(shot):
    return object()

def people(shot):
    assert all(scene.frame is None and not scene.timing for scene in shot.scenes)
    return [scene.index for scene in shot.scenes]
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("own") / "own.py"
    place.write_text(OWN)
    return place


@pytest.fixture(scope="module")
def two_shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1.2 s of one flat colour, then 1.2 s of another, 600 x 300 pixels, 25 a second."""
    place = tmp_path_factory.mktemp("clips") / "two.mp4"
    with VideoWriter(place) as writer:
        for i in range(60):
            writer.write(np.full((300, 600, 3), 60 if i < 30 else 180, np.uint8), i / 25)
    return place


def done(clip: Path, function: str) -> tuple[list[dict[str, Any]], str, str | None]:
    rows = [row for batch in process([str(clip)], Config(jobs=("shots",), function=function)) for row in batch.to_pylist()]
    assert rows[-1]["kind"] == "clip"
    return [row["function"] for row in rows if row["kind"] == "function"], rows[-1]["status"], rows[-1]["error"]


def test_a_function_of_a_file_is_called_for_each_shot(own: Path, two_shots: Path) -> None:
    rows, status, _ = done(two_shots, f"{own}:bright")
    assert status == "ok" and [row["shot"] for row in rows] == [0, 1]
    assert [row["start"] for row in rows] == pytest.approx([0, 1.2], abs=0.03)
    values = [json.loads(row["value"]) for row in rows]
    assert [value["mean"] for value in values] == pytest.approx([60, 180], abs=3)
    assert [(value["nothing"], value["sizes"], value["index"]) for value in values] == [(None, [1, 2], 0), (None, [1, 2], 1)]


@pytest.mark.parametrize(("name", "value"), [("several", [{"a": 1}, {"a": 2}]), ("number", 3.5)])
def test_lists_and_numbers_are_values_too(own: Path, two_shots: Path, name: str, value: object) -> None:
    rows, status, _ = done(two_shots, f"{own}:{name}")
    assert status == "ok" and [json.loads(row["value"]) for row in rows] == [value, value]


def test_a_function_that_raises_fails_alone_and_says_where(own: Path, two_shots: Path) -> None:
    rows, status, error = done(two_shots, f"{own}:breaks")
    line = OWN.splitlines().index('        raise KeyError("no such thing")') + 1
    assert status == "failed" and [json.loads(row["value"]) for row in rows] == ["start"]
    assert error is not None and f"own.py:{line}: KeyError" in error and "\n" not in error and "shot 1" in error


def test_an_answer_that_is_no_json_is_said_so(own: Path, two_shots: Path) -> None:
    _, status, error = done(two_shots, f"{own}:odd")
    assert status == "failed" and error is not None and "object" in error and "expected a mapping" in error


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("{folder}/none.py:f", "no such file"),
        ("{own}:f", "has no function f; it has"),
        ("{own}", "expected"),
        ("{bad}:f", "bad.py:2: SyntaxError"),
        ("{raising}:f", "raising.py:1: ZeroDivisionError"),
        ("no_such_module_of_anybody:f", "No module named"),
    ],
)
def test_what_cannot_be_imported_is_refused_before_the_first_clip(own: Path, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "bad.py").write_text("x = 1\ndef f(:\n")
    (tmp_path / "raising.py").write_text("1 / 0\n")
    places = {"own": own, "folder": tmp_path, "bad": tmp_path / "bad.py", "raising": tmp_path / "raising.py"}
    with pytest.raises(UsageError, match=words):
        check_jobs(Config(jobs=("shots",), function=name.format(**places)))


def test_a_function_of_a_module_is_found_and_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    assert load_function("json:dumps") is json.dumps
    place = tmp_path / "mine.py"
    view = ShotView("clip", 0, 0.0, 1.0, "start", [], [], [])
    answers = []
    for answer in (1, 2):
        place.write_text(f"def f(shot):\n    return {answer}\n")
        answers.append(load_function(f"{place}:f")(view))
    assert answers == [1, 2]


def test_scenes_come_late_and_reach_the_shot_that_they_are_of(own: Path) -> None:
    """Shots are told before the Scenes of their last frames are there, and up to two seconds late."""
    job = Function(Clip("clip", (64, 48), 25.0, None, False), Config(jobs=("people", "shots"), function=f"{own}:people"))
    assert job.scenes
    nobody, told = People.empty(skeleton("coco17")), []
    for i in range(200):
        job.frame(Frame(np.zeros((48, 64, 3), np.uint8), index=i, time=i / 25))
        if i == 95:
            job.shot(Shot(0, 0.0, 2.0, 50, "start", 1.0))
        if i == 101:
            job.shot(Shot(1, 2.0, 4.0, 50, "cut", 1.0))
        if i >= 10:
            job.scene(Scene(index=i - 10, time=(i - 10) / 25, size=(64, 48), people=nobody, timing={"pose": 0.1}))
        told += job.rows()
    job.shot(Shot(2, 4.0, 8.0, 100, "cut", 1.0))
    job.end()
    told += job.rows()
    assert [json.loads(row["value"]) for row in told] == [list(range(50)), list(range(50, 100)), list(range(100, 190))]
