"""Few-shot evaluation: the rule of what is held out, chance for noise, near certainty for what is plain, honest intervals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.actions import ActionClassifier
from kinesics.actions.fewshot import FewShotHead
from kinesics.bodies import motion_clips
from kinesics.errors import UsageError
from kinesics.evaluate.fewshot import evaluate_fewshot, few_shot_numbers, held_out
from kinesics.types import Array


def rows_of(apart: float, classes: int = 8, each: int = 12) -> tuple[Array, list[str], list[str]]:
    rng = np.random.default_rng(0)
    middles = apart * rng.normal(0, 1, (classes, 16))
    rows = np.repeat(middles, each, axis=0) + rng.normal(0, 1, (classes * each, 16))
    labels = [f"c{i}" for i in range(classes) for _ in range(each)]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), labels, [str(i % 4) for i in range(classes * each)]


def test_every_class_is_held_out_in_one_of_three_draws_and_never_all() -> None:
    labels = [f"action {i}" for i in range(27)]
    draws = [held_out(labels, s, 3) for s in range(3)]
    assert [len(d) for d in draws] == [10, 10, 10]
    assert set().union(*draws) == set(labels)
    assert held_out(list(reversed(labels)) * 2, 1, 3) == draws[1]


@pytest.mark.parametrize("cross", [False, True])
def test_noise_is_at_chance_and_plain_classes_are_found(cross: bool) -> None:
    how = {"way": 4, "shots": (1, 3), "episodes": 150, "cross_subject": cross}
    noise = few_shot_numbers(*rows_of(0.0), FewShotHead, **how)
    plain = few_shot_numbers(*rows_of(4.0), FewShotHead, **how)
    assert abs(noise["shot_1"] - 25) < 3 and abs(noise["unknown_auroc"] - 0.5) < 0.05
    assert plain["shot_3"] > 98 and plain["unknown_auroc"] > 0.97
    assert plain["shot_3"] >= plain["shot_1"] and noise["shot_1_ci"] < 3


def test_intervals_shrink_with_more_episodes_and_the_same_call_gives_the_same() -> None:
    few = few_shot_numbers(*rows_of(0.5), FewShotHead, way=4, shots=(1,), episodes=40)
    many = few_shot_numbers(*rows_of(0.5), FewShotHead, way=4, shots=(1,), episodes=400)
    assert many["shot_1_ci"] < 0.5 * few["shot_1_ci"]
    assert abs(many["shot_1"] - few["shot_1"]) < 3 * few["shot_1_ci"]
    assert few == few_shot_numbers(*rows_of(0.5), FewShotHead, way=4, shots=(1,), episodes=40)


def test_a_set_of_clips_is_measured_with_what_ships_and_with_coordinates() -> None:
    clips, labels = motion_clips(9, 8, seed=5)
    people = [str(i % 4) for i in range(len(clips))]
    how = {"way": 3, "shots": (1,), "episodes": 40, "seeds": 1, "cross_subject": True}
    shipped = evaluate_fewshot(clips, labels, people, embedding="shipped", **how)
    plain = evaluate_fewshot(clips, labels, people, embedding="none", **how)
    assert shipped["shot_1"] > 75
    assert {"shot_1", "shot_1_ci", "unknown_auroc", "unknown_auroc_ci", "centroid_1"} <= set(shipped)
    assert plain["held_out"] == shipped["held_out"] and len(shipped["held_out"][0]) == 3


def test_a_trained_model_s_file_is_an_embedding_too(tmp_path: Path) -> None:
    clips, labels = motion_clips(6, 8, seed=5)
    people = [str(i % 4) for i in range(len(clips))]
    ActionClassifier(head="statistics").fit(clips, labels).save(tmp_path / "a.kin")
    numbers = evaluate_fewshot(clips, labels, people, way=3, shots=(1,), episodes=40, seeds=1, embedding=tmp_path / "a.kin")
    assert numbers["shot_1"] > 55  # a third by chance
    with pytest.raises(UsageError, match="no embedding is called 'magic'"):
        evaluate_fewshot(clips, labels, people, way=3, shots=(1,), episodes=40, seeds=1, embedding="magic")


def test_a_short_training_keeps_what_the_embedding_could() -> None:
    pytest.importorskip("torch")
    from kinesics.actions import embedding_fitting

    clips, labels = motion_clips(6, 4, seed=8)
    others, names = motion_clips(10, 4, seed=9)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("MADE", 30), ("HELD", 25), ("EACH", 4)):
            patch.setattr(embedding_fitting, name, value)
        used = embedding_fitting.fit_embedding(clips, labels, steps=3)
    numbers = few_shot_numbers(used.embed(others), names, names, used.head, way=5, shots=(1,), episodes=60)
    assert numbers["shot_1"] > 75


def test_what_cannot_be_measured_is_named() -> None:
    clips, labels = motion_clips(4, 2, seed=1)
    with pytest.raises(UsageError, match="way: expected at most 4"):
        evaluate_fewshot(clips, labels, [""] * 8, way=5, embedding="none")
    with pytest.raises(UsageError, match="test people whose names are known"):
        evaluate_fewshot(clips, labels, [""] * 8, way=2, embedding="none", cross_subject=True)
    with pytest.raises(UsageError, match="give fewer with --way or --shot"):
        evaluate_fewshot(clips, labels, [""] * 8, way=2, shots=(3,), embedding="none", episodes=3, seeds=1)
