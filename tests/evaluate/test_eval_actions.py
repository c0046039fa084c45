"""Measuring action models: what is learned from, what is asked, and what is read off the answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kinesics.errors import ShapeError, UsageError
from kinesics.evaluate.actions import evaluate_actions
from kinesics.evaluate.asking import proba_of
from kinesics.evaluate.early import beginning, early_numbers
from kinesics.evaluate.splits import choose_columns, find_splits, parted
from kinesics.testing import NearestCentroid, made_clips
from kinesics.types import PoseSequence

CLIPS, LABELS, SUBJECTS = made_clips(8, ["raise_right", "wave_right", "kick_left", "march"])
SPLIT = ["train" if who in "13" else "test" for who in SUBJECTS]
SPLITS = {"split": SPLIT, "split2": ["test" if s == "train" else "train" for s in SPLIT], "odd": ["val", *SPLIT[1:]]}


class Spy(NearestCentroid):
    """Remembers what it was given."""

    learned: list[Any]

    def fit(self, clips: Any, labels: Any, **options: Any) -> Spy:
        self.learned = [clips, labels, options.get("subjects")]
        super().fit(clips, labels, **options)
        return self


def test_test_clips_are_never_learned_from_and_only_they_are_asked() -> None:
    made: list[Spy] = []

    def make(seed: int) -> Spy:
        made.append(Spy(seed=seed))
        return made[-1]

    found = evaluate_actions(CLIPS, LABELS, SUBJECTS, SPLITS, "split,split2", seeds=2, make=make)
    assert [model.seed for model in made] == [0, 0, 1, 1]
    for model, column in zip(made, ["split", "split2"] * 2, strict=True):
        wanted = [i for i, side in enumerate(SPLITS[column]) if side == "train"]
        clips, labels, subjects = model.learned
        assert [id(c) for c in clips] == [id(CLIPS[i]) for i in wanted]
        assert labels == [LABELS[i] for i in wanted] and subjects == [SUBJECTS[i] for i in wanted]
    assert found["accuracy"] == pytest.approx((found["accuracy_split"] + found["accuracy_split2"]) / 2)
    assert found["seeds"] == 2 and found["accuracy_sd"] == 0  # nothing here is left to chance
    assert found["accuracy_seed_0"] == found["accuracy_seed_1"] == pytest.approx(found["accuracy"])
    assert found["clips_train"] == found["clips_test"] == 16 and found["left_out"] == 0


def test_numbers_are_those_of_asking_by_hand() -> None:
    found = evaluate_actions(CLIPS, LABELS, SUBJECTS, SPLITS, make=lambda seed: NearestCentroid(), seeds=1)
    train, test = parted(SPLIT)
    model = NearestCentroid().fit([CLIPS[i] for i in train], [LABELS[i] for i in train])
    right = [a == LABELS[i] for a, i in zip(model.predict([CLIPS[i] for i in test]), test, strict=True)]
    assert found["accuracy"] == pytest.approx(100 * np.mean(right))
    assert found["accuracy_sd"] is None and found["parameters"] == model.parameters_
    assert found["train_cpu_seconds"] >= 0 and found["ms_per_clip"] > 0
    assert all(value is None or isinstance(value, int | float | str) for value in found.values()), "one flat object"
    assert found["columns"] == "split"


def test_early_numbers_end_at_full_accuracy_and_see_only_the_beginning() -> None:
    found = evaluate_actions(CLIPS, LABELS, None, SPLITS, make=lambda seed: NearestCentroid(), seeds=1, early=True)
    assert found["accuracy_at_100"] == pytest.approx(found["accuracy"]) and found["share_at_100"] == pytest.approx(1)
    assert {f"{what}_at_{share}" for what in ("accuracy", "ece") for share in (10, 25, 50, 75, 100)} <= set(found)
    assert 0 <= found["share_to_first_correct"] <= found["share_to_stay_correct"] <= 1

    class Counting(NearestCentroid):
        def predict_proba(self, clips: Any) -> np.ndarray:
            lengths.append(max(clip.times[-1] for clip in clips))
            return super().predict_proba(clips)

    lengths: list[float] = []
    model = Counting().fit(CLIPS, LABELS)
    early_numbers(model, CLIPS[:4], LABELS[:4])
    assert len(lengths) == 20 and lengths == sorted(lengths)
    assert lengths[4] <= 0.25 * lengths[-1] + 1e-9


def test_delays_counted_by_hand() -> None:
    from kinesics.evaluate.early import FINE, _delays

    right = np.zeros((len(FINE), 4), bool)
    right[:, 0] = True  # from the first 5 %
    right[[1, 5], 1] = True
    right[9:, 1] = True  # first at 10 %, for good from 50 %
    right[3, 2] = True  # first at 20 %, wrong at the end
    found = _delays(right, np.full(4, 2.0))  # the fourth is never right
    assert found["share_to_first_correct"] == pytest.approx(np.median([0.05, 0.1, 0.2]))
    assert found["seconds_to_first_correct"] == pytest.approx(0.2)
    assert found["share_to_stay_correct"] == pytest.approx(np.median([0.05, 0.5]))
    assert found["never_correct"] == 0.25


def test_a_label_that_was_never_learned_counts_as_wrong() -> None:
    labels = ["new" if side == "test" and i % 2 else label for i, (label, side) in enumerate(zip(LABELS, SPLIT, strict=True))]
    found = evaluate_actions(CLIPS, labels, SUBJECTS, SPLITS, make=lambda seed: NearestCentroid(), seeds=1)
    assert found["unlearned"] == 8 and found["accuracy"] <= 50


def test_other_values_are_left_out_and_counted() -> None:
    found = evaluate_actions(CLIPS, LABELS, SUBJECTS, SPLITS, "odd", make=lambda seed: NearestCentroid(), seeds=1)
    assert found["left_out"] == 1


def test_progress_names_column_and_seed() -> None:
    told: list[dict[str, Any]] = []
    evaluate_actions(
        CLIPS, LABELS, SUBJECTS, SPLITS, ["split*"], seeds=1, make=lambda s: NearestCentroid(), progress=told.append
    )
    assert [(info["column"], info["seed"], info["step"]) for info in told] == [("split", 0, 1), ("split2", 0, 1)]
    assert {info["trainings"] for info in told} == {2}


@pytest.mark.parametrize(
    "wanted,columns",
    [
        ("split", ["split"]),
        ("b, a", ["b", "a"]),
        ("split*", ["split", "split1", "split2", "split10"]),
        ("split?,split1", ["split1", "split2"]),
    ],
)
def test_columns_are_chosen_by_name_or_pattern(wanted: str, columns: list[str]) -> None:
    splits = {name: [] for name in ("split", "split10", "split2", "split1", "a", "b")}
    assert choose_columns(splits, wanted) == columns


TRAIN, OTHER = ["train", "test"] * 2, ["test", "train"] * 2


@pytest.mark.parametrize(
    "splits,columns",
    [
        ({"split": TRAIN}, ["split"]),
        ({"split": TRAIN, "split1": TRAIN, "split2": OTHER}, ["split1", "split2"]),  # it repeats the first of several
        ({"split": TRAIN, "split1": OTHER, "split2": ["train"] * 3 + ["test"]}, ["split"]),  # it is the set's own
        ({f"split{i}": TRAIN[i % 2 :] + TRAIN[: i % 2] for i in range(2)}, ["split0", "split1"]),
        ({"fold": TRAIN, "again": TRAIN, "half": ["train", "", "", ""]}, ["fold"]),  # the same twice, and one without a test
        ({"part": ["train", "val", "train", "val"]}, ["part"]),
    ],
)
def test_splits_are_found_out(splits: dict[str, list[str]], columns: list[str]) -> None:
    found, words = find_splits(splits, list("abab"), [""] * 4)
    assert list(found) == columns and all(found[name] == splits[name] for name in columns)
    assert (not words) == (splits.keys() == {"split"})


def test_where_nobody_says_who_tests_people_are_parted_else_clips() -> None:
    labels, people = list("aabbaabb"), list("12123333")
    found, words = find_splits({}, labels, people)
    assert [who for who, side in zip(people, found["made"], strict=True) if side == "test"] == ["2", "2"]
    assert "every other person tests: 2" in words
    for unknown in (["1"] * 8, ["", *people[1:]]):
        sides = find_splits({"split": [""] * 8}, labels, unknown)[0]["made"]
        assert sides == ["train", "test"] * 4
    learned = evaluate_actions(CLIPS, LABELS, SUBJECTS, {}, seeds=1, make=lambda seed: NearestCentroid())
    assert learned["columns"] == "made" and learned["clips_test"] == 16


def test_wrong_columns_are_one_line_that_names_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"'fold'; there are split, split2, odd"):
        evaluate_actions(CLIPS, LABELS, SUBJECTS, SPLITS, "fold")
    with pytest.raises(UsageError, match=r"index\.csv"):
        choose_columns({}, "split")
    with pytest.raises(UsageError, match="no clip says 'test'"):
        parted(["train", "third"])
    with pytest.raises(ShapeError, match="31 labels"):
        evaluate_actions(CLIPS, LABELS[1:], SUBJECTS, SPLITS)
    with pytest.raises(UsageError, match="at least 1 seed"):
        evaluate_actions(CLIPS, LABELS, SUBJECTS, SPLITS, seeds=0)


def test_a_model_that_breaks_its_contract_is_told() -> None:
    class Odd(NearestCentroid):
        def predict_proba(self, clips: Any) -> np.ndarray:
            return super().predict_proba(clips)[:, 1:]

    with pytest.raises(ShapeError, match=r"expected \(32, 4\), got \(32, 3\)"):
        proba_of(Odd().fit(CLIPS, LABELS), CLIPS)


def test_beginning_is_by_time_not_by_frames_and_never_empty() -> None:
    times = np.array([0.0, 0.1, 0.2, 0.3, 4.0])
    clip = PoseSequence(np.zeros((5, 1, 20, 3)), np.ones((5, 1, 20)), times, CLIPS[0].skeleton)
    assert len(beginning(clip, 0.25)) == 4 and len(beginning(clip, 1.0)) == 5 and len(beginning(clip, 0.0)) == 1
    assert len(beginning(clip[:0], 0.5)) == 0
