"""Teaching while scenes go by: what events do, who is selected, what ends a lesson."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "actions"))

from made_motions import BODY, clip, motion, still

from kinesics import ActionTeacher, teach, write_sequence
from kinesics.actions.live import frames
from kinesics.errors import SourceError
from kinesics.pipeline.marks import Event, Mark, marks_to_events
from kinesics.pipeline.teaching import answer_in_words, lesson, teach_folder
from kinesics.types import PoseSequence, Scene


def scenes(film: PoseSequence, epoch: int = 0) -> list[Scene]:
    return [Scene(i, at, (640, 480), people, epoch=epoch) for i, (people, at) in enumerate(frames(film))]


FILM = clip(still(1), motion("squat"), still(1), motion("raise"), still(1), motion("squat"), still(1))
MARKS = marks_to_events([Mark("squat", 0.9, 2.7), Mark("raise", 3.5, 5.3)])


def test_marks_teach_what_is_then_named() -> None:
    said: list[str] = []
    seen: list[Scene] = []
    teacher = teach(scenes(FILM), ActionTeacher("plain"), MARKS, said=said.append, step=seen.append)
    assert [e.label for e in teacher.examples] == ["squat", "raise"]
    later = [a for scene in seen for a in scene.actions if a.label == "squat" and a.start > 6]
    assert later and later[-1].why["nearest"]["label"] == "squat"
    assert "squat" in answer_in_words(later[-1]) and "example 1" in answer_in_words(later[-1])
    assert any(words.startswith("example 1: squat, person 0") for words in said)


def test_a_film_of_the_lesson_reads_back_with_what_was_answered(tmp_path: Path) -> None:
    from kinesics import read_scenes

    teach(scenes(FILM), ActionTeacher("plain"), MARKS, outputs=(tmp_path / "lesson.jsonl",))
    back = list(read_scenes(tmp_path / "lesson.jsonl"))
    assert len(back) == len(FILM) and any(a.label == "squat" for scene in back for a in scene.actions)


def test_a_file_of_poses_can_be_taught_from(tmp_path: Path) -> None:
    write_sequence(tmp_path / "film.jsonl", FILM)
    assert teach(tmp_path / "film.jsonl", ActionTeacher("plain"), MARKS).classes_ == ("raise", "squat")
    with pytest.raises(SourceError):
        teach(tmp_path / "nosuch.mp4", ActionTeacher("plain"), MARKS)


def hands(*keys: tuple[int, Event]) -> object:
    """Events at the n-th question."""
    count = 0

    def ask() -> Iterable[Event]:
        nonlocal count
        count += 1
        return [event for at, event in keys if at == count]

    return ask


def test_keys_toggle_select_undo_and_quit() -> None:
    two = PoseSequence(
        np.concatenate([FILM.points, clip(still(9.3), at=(400, 60), tall=420).points[: len(FILM)]], 1),
        np.concatenate([FILM.scores, FILM.scores], 1),
        FILM.times,
        BODY,
        np.array([3, 8]),
    )
    said: list[str] = []
    saved: list[int] = []
    squat = Event(None, "toggle", "squat")
    ask = hands(
        (2, Event(None, "next")), (28, squat), (80, squat), (81, Event(None, "save")), (90, squat), (95, squat),
        (100, Event(None, "undo")), (110, squat), (120, Event(None, "quit")),
    )  # fmt: skip
    teacher = ActionTeacher("plain")
    count = sum(1 for _ in lesson(scenes(two), teacher, ask, said=said.append, save=lambda: saved.append(1)))  # type: ignore[arg-type]
    assert count == 119 and saved == [1]
    assert [(e.label, e.person) for e in teacher.examples] == [("squat", 3)]
    assert teacher.recording is None and "squat: what was being shown is not kept" in said
    assert "person 3 is selected, of 3, 8" in said


def test_an_example_that_is_being_shown_when_the_film_ends_is_learned() -> None:
    teacher = teach(scenes(FILM), ActionTeacher("plain"), [Event(3.5, "begin", "raise")], seconds=5.4)
    assert [e.label for e in teacher.examples] == ["raise"] and teacher.examples[0].end < 5.5


def test_keys_at_the_wrong_moment_are_said_and_end_nothing() -> None:
    said: list[str] = []
    wrong = [Event(0.5, "end"), Event(0.6, "undo"), Event(0.7, "begin", "a", 77), Event(1.0, "begin", "b"), Event(2, "end")]
    teacher = teach(scenes(FILM), ActionTeacher("plain"), wrong, said=said.append)
    assert teacher.examples == []
    assert any("begin(label) first" in w for w in said) and any("being shown" in w for w in said)
    assert any("person 77 was not seen" in w for w in said)


def test_a_break_in_the_source_cancels_what_is_shown_and_frees_the_selection() -> None:
    said: list[str] = []
    both = [*scenes(FILM)[:60], *scenes(FILM, epoch=1)]
    teacher = teach(both, ActionTeacher("plain"), [Event(1.0, "begin", "squat")], said=said.append)
    assert teacher.examples == [] and any("source was lost" in words for words in said)


def test_a_folder_of_clips_teaches_and_what_cannot_is_told(tmp_path: Path) -> None:
    for label in ("squat", "raise"):
        (tmp_path / label).mkdir()
        write_sequence(tmp_path / label / "a.jsonl", clip(still(0.2), motion(label), still(0.2)))
    said: list[str] = []
    teacher = teach_folder(tmp_path, ActionTeacher("plain"), said.append)
    assert teacher.classes_ == ("raise", "squat") and len(said) == 2
