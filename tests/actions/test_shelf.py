"""Examples can be renamed, each change can be taken back, and a teacher's file keeps what belongs to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics import ActionTeacher
from kinesics.errors import FormatError, NotFittedError, UsageError
from kinesics.testing import made_clips
from kinesics.weights.bundle import read_bundle, write_bundle


@pytest.fixture
def teacher() -> ActionTeacher:
    clips, labels, _ = made_clips(3, ("wave_left", "curl_both"), joints="coco17", dims=2)
    teacher = ActionTeacher("plain")
    for clip, label in zip(clips, labels, strict=True):
        teacher.add(clip, label)
    return teacher


def labels(teacher: ActionTeacher) -> list[str]:
    return [example.label for example in teacher.examples]


def test_a_label_is_renamed_and_undo_takes_it_back(teacher: ActionTeacher) -> None:
    before, film = labels(teacher), teacher.examples[0].clip
    assert teacher.rename("wave_left", " hello ") == 3
    assert teacher.classes_ == ("curl_both", "hello") and teacher.predict(film).label == "hello"
    assert teacher.undo() and labels(teacher) == before and teacher.predict(film).label == "wave_left"


def test_a_label_renamed_to_another_joins_it(teacher: ActionTeacher) -> None:
    assert teacher.rename("wave_left", "curl_both") == 3
    assert teacher.classes_ == ("curl_both",) and len(teacher.examples) == 6
    assert teacher.undo() and set(teacher.classes_) == {"curl_both", "wave_left"}


@pytest.mark.parametrize(("label", "to"), [("nosuch", "x"), ("wave_left", ""), ("wave_left", "unknown")])
def test_names_that_cannot_be_are_refused_and_change_nothing(teacher: ActionTeacher, label: str, to: str) -> None:
    before = labels(teacher)
    with pytest.raises(UsageError):
        teacher.rename(label, to)
    assert labels(teacher) == before and len([None for _ in iter(teacher.undo, False)]) == 6


def test_numbers_are_given_once(teacher: ActionTeacher) -> None:
    film = teacher.examples[0].clip
    last = teacher.examples[-1].id
    teacher.undo()
    assert teacher.add(film, "again") == last + 1


def test_plain_values_are_kept_with_what_was_taught(teacher: ActionTeacher, tmp_path: Path) -> None:
    teacher.about["tickets"] = [["a", 1]]
    teacher.save(tmp_path / "t.kin", durable=True)
    assert ActionTeacher.load(tmp_path / "t.kin").about == {"tickets": [["a", 1]]}
    assert [path.name for path in tmp_path.iterdir()] == ["t.kin"]


def test_a_teacher_that_knows_nothing_can_be_kept_where_that_is_wanted(teacher: ActionTeacher, tmp_path: Path) -> None:
    film = teacher.examples[0].clip
    empty = ActionTeacher("plain")
    with pytest.raises(NotFittedError):
        empty.save(tmp_path / "e.kin")
    empty.save(tmp_path / "e.kin", empty=True)
    again = ActionTeacher.load(tmp_path / "e.kin")
    assert again.examples == [] and again.confusions() == {} and again.certainty() == {}
    assert again.add(film, "first") == 1


def test_what_a_file_says_of_its_examples_is_checked(teacher: ActionTeacher, tmp_path: Path) -> None:
    teacher.save(tmp_path / "t.kin")
    head, parts = read_bundle(tmp_path / "t.kin")
    for key, value in (("label", "unknown"), ("id", head["examples"][1]["id"])):
        wrong = {**head, "examples": [{**head["examples"][0], key: value}, *head["examples"][1:]]}
        write_bundle(tmp_path / "w.kin", wrong, parts)
        with pytest.raises(FormatError, match="incomplete"):
            ActionTeacher.load(tmp_path / "w.kin")


def test_a_file_without_ways_is_read_as_one_that_has_them(teacher: ActionTeacher, tmp_path: Path) -> None:
    from kinesics.weights.bundle import pack, unpack

    teacher.save(tmp_path / "t.kin")
    head, parts = read_bundle(tmp_path / "t.kin")
    arrays = unpack(parts["examples.npz"])
    del arrays["ways"], head["about"]
    write_bundle(tmp_path / "old.kin", head, {"examples.npz": pack(arrays)})
    new, old = (ActionTeacher.load(tmp_path / name) for name in ("t.kin", "old.kin"))
    assert np.array_equal(new._model().habits_, old._model().habits_, equal_nan=True)
