"""Teaching: shown, learned, taken back, kept; and what it is not to be fooled by."""

from __future__ import annotations

import resource
import time as clocks
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_motions import BODY, clip, motion, still

from kinesics import ActionTeacher, explain, label_clip
from kinesics.actions.live import frames
from kinesics.errors import FormatError, NotFittedError, SinkError, UsageError
from kinesics.testing import check_live_actions
from kinesics.types import People, PoseSequence

SHIPPED = files("kinesics.actions").joinpath("data", "motion2d.kin").is_file()


def shown(label: str, seed: int = 0, **options: Any) -> PoseSequence:
    return clip(still(0.2), motion(label, 1.5 + 0.1 * seed), still(0.2), seed=seed, **options)


@pytest.fixture
def taught() -> ActionTeacher:
    teacher = ActionTeacher("plain")
    for label in ("pull", "raise", "squat"):
        for seed in range(2):
            teacher.add(shown(label, seed), label)
    return teacher


def play(teacher: ActionTeacher, film: PoseSequence, begin: float, end: float, label: str, person: int | None = None) -> int:
    """Feed a film frame by frame, with the key down from `begin` to `end`; the example's number."""
    number = 0
    for people, at in frames(film):
        if begin <= at < end and teacher.recording is None and not number:
            teacher.begin(label, person)
        if at >= end and teacher.recording:
            number = teacher.end()
        teacher.update(people, at)
    return number


def test_what_was_shown_once_is_recognised_in_the_frames_that_follow() -> None:
    teacher = ActionTeacher("plain")
    film = clip(still(1), motion("squat"), still(1), motion("raise"), still(1))
    play(teacher, film, 0.9, 2.7, "squat")
    assert [e.label for e in teacher.examples] == ["squat"]
    play_again = clip(still(1), motion("pull"), still(1), motion("squat"), still(1), seed=5, tall=260)
    got = [a for a in label_clip(teacher, play_again) if a.label != "unknown"]
    assert [a.label for a in got] == ["squat"]
    assert abs(got[0].start - 3.6) < 0.4


def test_teaching_and_answering_keep_the_law_of_live_actions(taught: ActionTeacher, tmp_path: Path) -> None:
    taught.save(tmp_path / "t.kin")
    check_live_actions(lambda: ActionTeacher.load(tmp_path / "t.kin"))


def test_the_label_acts_on_the_selected_person_only() -> None:
    one, other = (
        clip(still(0.5), motion("squat"), still(0.9), tall=200),
        clip(still(0.5), motion("raise"), still(0.9), at=(400, 60)),
    )
    both = PoseSequence(
        np.concatenate([one.points, other.points], 1),
        np.concatenate([one.scores, other.scores], 1),
        one.times,
        BODY,
        np.array([3, 8]),
    )
    teacher = ActionTeacher("plain")
    play(teacher, both, 0.4, 2.3, "mine", person=3)
    teacher.reset()
    play(teacher, both, 0.4, 2.3, "largest")
    assert [(e.label, e.person) for e in teacher.examples] == [("mine", 3), ("largest", 8)]
    assert teacher.predict(one).label == "mine"
    assert teacher.predict(other).label == "largest"


def test_examples_can_be_added_removed_forgotten_and_all_of_it_undone(taught: ActionTeacher) -> None:
    before = taught.predict(shown("squat", 7))
    assert before.label == "squat" and set(before.why["scores"]) <= set(taught.classes_)
    assert taught.forget("squat") == 2
    assert taught.classes_ == ("pull", "raise")
    assert taught.predict(shown("squat", 7)).label == "unknown"
    assert taught.undo()
    assert taught.predict(shown("squat", 7)) == before
    taught.remove(taught.examples[0].id)
    taught.undo(), taught.undo()
    assert len(taught.examples) == 5
    while taught.undo():
        pass
    assert taught.examples == [] and taught.classes_ == ()
    with pytest.raises(NotFittedError, match="nothing was taught"):
        taught.predict(shown("squat"))


def test_undo_of_what_is_being_shown_forgets_only_that(taught: ActionTeacher) -> None:
    taught.begin("new")
    assert taught.recording == "new"
    assert taught.undo() and taught.recording is None and len(taught.examples) == 6


def test_what_nobody_taught_is_unknown_and_the_nearest_example_is_named(taught: ActionTeacher) -> None:
    strange = clip(still(0.2), still(1.5)[:, ::-1].copy(), still(0.2))
    answer = taught.predict(strange)
    assert answer.label == "unknown" and answer.score > 0.5
    assert answer.why["nearest"]["example"] in [e.id for e in taught.examples]


def test_a_teacher_comes_back_from_its_file_and_can_be_taught_on(taught: ActionTeacher, tmp_path: Path) -> None:
    taught.save(tmp_path / "t.kin")
    again = ActionTeacher.load(tmp_path / "t.kin")
    probe = [shown(label, 9) for label in ("pull", "raise", "squat")]
    assert np.allclose(again.predict_proba(probe), taught.predict_proba(probe), atol=1e-6)
    assert [repr(e) for e in again.examples] == [repr(e) for e in taught.examples]
    number = again.add(shown("wave"), "wave")
    assert number not in [e.id for e in taught.examples]
    assert again.predict(shown("wave", 3)).label == "wave"
    other = ActionTeacher.load(tmp_path / "t.kin", embedding="plain")
    assert other.predict(probe[0]).label == "pull"


def test_the_model_is_in_use_soon_after_the_last_example(taught: ActionTeacher) -> None:
    for k in range(24):
        taught.add(shown(("pull", "raise", "squat", "wave")[k % 4], k % 5), f"class {k % 8}")
    film = list(frames(shown("squat")))
    for people, at in film:
        taught.update(people, at)
    taught.begin("last")
    for people, at in film:
        taught.update(people, at + 10)
    start = clocks.process_time()
    taught.end()
    taught.update(film[0][0], 20.0)
    assert clocks.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("film", "note"),
    [
        (clip(still(2)), "nothing moved"),
        (clip(motion("squat")[:8]), "too short"),
        (clip(still(5), motion("squat"), still(8)), "very long"),
    ],
)
def test_doubtful_examples_are_learned_and_said_to_be_doubtful(film: PoseSequence, note: str) -> None:
    teacher = ActionTeacher("plain")
    teacher.add(film, "odd")
    assert any(note in words for words in teacher.examples[0].notes), teacher.examples[0]


def test_hands_that_are_not_seen_and_gaps_are_said() -> None:
    film = shown("squat")
    scores = film.scores.copy()
    scores[:, :, [9, 10]] = 0
    scores[20:40] = 0
    teacher = ActionTeacher("plain")
    teacher.add(PoseSequence(film.points, scores, film.times, BODY), "odd")
    notes = "; ".join(teacher.examples[0].notes)
    assert "hands not seen" in notes and "lost from view" in notes


@pytest.mark.parametrize("label", ["", "  ", "x" * 300, "two\nlines", "unknown"])
def test_labels_that_cannot_be_are_refused(label: str) -> None:
    with pytest.raises(UsageError, match="label"):
        ActionTeacher("plain").begin(label)
    with pytest.raises(UsageError, match="label"):
        ActionTeacher("plain").add(shown("squat"), label)


def test_a_label_with_a_slash_is_fine(tmp_path: Path) -> None:
    teacher = ActionTeacher("plain")
    teacher.add(shown("squat"), "up/down")
    teacher.save(tmp_path / "t.kin")
    assert ActionTeacher.load(tmp_path / "t.kin").classes_ == ("up/down",)


def test_keys_in_the_wrong_order_are_refused_in_one_line() -> None:
    teacher = ActionTeacher("plain")
    with pytest.raises(UsageError, match="begin"):
        teacher.end()
    teacher.begin("a")
    with pytest.raises(UsageError, match="being shown"):
        teacher.begin("b")
    teacher.update(People.empty(BODY), 0.0)
    with pytest.raises(UsageError, match="nobody was seen"):
        teacher.end()
    assert teacher.examples == [] and not teacher.undo()
    teacher.begin("a", person=9)
    for people, at in frames(shown("squat")):
        teacher.update(people, at)
    with pytest.raises(UsageError, match="person 9"):
        teacher.end()
    with pytest.raises(UsageError, match="no example 5"):
        teacher.remove(5)
    with pytest.raises(UsageError, match="nothing is called"):
        teacher.forget("a")
    teacher.cancel()


def test_clips_that_teach_nothing_are_refused_in_one_line() -> None:
    empty = PoseSequence(np.zeros((0, 1, 17, 2)), np.zeros((0, 1, 17)), [], BODY)
    blind = PoseSequence(np.full((30, 1, 17, 2), np.nan), np.zeros((30, 1, 17)), np.arange(30) / 30, BODY)
    for film in (empty, blind):
        with pytest.raises(UsageError, match="nobody"):
            ActionTeacher("plain").add(film, "x")
    teacher = ActionTeacher("plain")
    teacher.add(shown("squat"), "squat")
    flat = shown("squat")
    deep = PoseSequence(np.concatenate([flat.points, flat.points[..., :1]], -1), flat.scores, flat.times, BODY)
    with pytest.raises(UsageError, match="coordinates"):
        teacher.add(deep, "squat")
    teacher.add(clip(still(0.05)), "one moment")
    assert len(teacher.examples) == 2


def test_files_that_are_no_teacher_are_refused(tmp_path: Path, taught: ActionTeacher) -> None:
    (tmp_path / "x.kin").write_bytes(b"hello")
    with pytest.raises(FormatError, match="no model"):
        ActionTeacher.load(tmp_path / "x.kin")
    with pytest.raises(SinkError, match="saved"):
        taught.save(tmp_path / "no" / "folder.kin")
    with pytest.raises(NotFittedError):
        ActionTeacher("plain").save(tmp_path / "y.kin")
    with pytest.raises(UsageError, match="nosuch"):
        ActionTeacher("nosuch").add(shown("squat"), "squat")


def test_an_answer_says_which_example_is_nearest_and_where_it_differs(taught: ActionTeacher) -> None:
    same = taught.predict(taught.examples[0].clip)
    assert same.why["nearest"]["example"] == 1 and same.why["nearest"]["label"] == "pull"
    assert same.why["differs"]["joints"] == []
    film = shown("squat", 3)
    points = film.points.copy()
    points[20:40, 0, [7, 9]] += [40.0, -90.0]  # the left arm goes elsewhere, in the middle
    answer = taught.predict(PoseSequence(points, film.scores, film.times, BODY))
    differs = answer.why["differs"]
    assert set(differs["joints"]) == {"left_wrist", "left_elbow"} and differs["apart"] > 0.1
    assert 0.4 < differs["from"] < differs["to"] < 1.6


def test_what_speaks_for_a_label_can_be_explained(taught: ActionTeacher) -> None:
    why = explain(taught, shown("pull", 4), "pull")
    assert {"left_wrist", "left_elbow"} & set(why.names(4)) and why.score > 0.5
    assert np.isfinite(why.map).all()


def test_one_class_one_example_ten_and_none_are_all_fine() -> None:
    teacher = ActionTeacher("plain")
    film = clip(still(1), motion("squat"), still(1), motion("raise"), still(1))
    for count in (1, 10):
        for seed in range(count - len(teacher.examples)):
            teacher.add(shown("squat", seed), "squat")
        assert {a.label for a in label_clip(teacher, film)} <= {"squat", "unknown"}
        assert teacher.predict(shown("squat", 5)).label == "squat"
        assert teacher.predict(shown("raise", 5)).label == "unknown"
    people, at = next(iter(frames(film)))
    teacher.forget("squat")
    assert teacher.update(people, at) == [] and teacher.update(people, at + 1) == []
    assert teacher.certainty() == {}


def test_of_two_people_the_one_who_moves_is_meant() -> None:
    one, other = clip(still(1.8), tall=400), clip(motion("squat"), still(0.2), tall=150)
    count = min(len(one), len(other))
    both = PoseSequence(
        np.concatenate([one.points[:count], other.points[:count]], 1),
        np.concatenate([one.scores[:count], other.scores[:count]], 1),
        one.times[:count],
        BODY,
        np.array([1, 2]),
    )
    teacher = ActionTeacher("plain")
    teacher.add(both, "squat")
    assert teacher.examples[0].person == 2 and "nothing moved" not in teacher.examples[0].notes


def test_a_full_disk_is_one_line_and_leaves_the_old_file(taught: ActionTeacher, tmp_path: Path) -> None:
    place = tmp_path / "t.kin"
    taught.save(place)
    before = place.read_bytes()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    taught.add(shown("wave"), "wave")
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limit[1]))
        with pytest.raises(SinkError) as full:
            taught.save(place)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert "\n" not in str(full.value) and place.read_bytes() == before and list(tmp_path.iterdir()) == [place]


def test_when_nobody_is_seen_it_is_none_of_them(taught: ActionTeacher) -> None:
    film = shown("squat")
    blind = PoseSequence(film.points, film.scores * 0, film.times, BODY)
    assert taught.predict_proba([blind, film])[0].sum() == 0


@pytest.mark.skipif(not SHIPPED, reason="no embedding is installed")
def test_the_embedding_that_ships_teaches_joints_in_a_picture() -> None:
    teacher = ActionTeacher()
    for label in ("pull", "raise", "squat"):
        teacher.add(shown(label), label)
    again = clip(still(1), motion("pull"), still(1), motion("squat"), still(1), seed=5, tall=260)
    assert [a.label for a in label_clip(teacher, again) if a.label != "unknown"] == ["pull", "squat"]
    assert all(teacher.predict(shown(label, 3)).label == label for label in ("pull", "raise", "squat"))


def test_leaving_one_out_tells_how_sure_it_is(taught: ActionTeacher) -> None:
    assert taught.certainty() == {"pull": (2, 2), "raise": (2, 2), "squat": (2, 2)}
