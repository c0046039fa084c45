"""A trained classifier live: named, apart, mapped to another skeleton, and unknown where nobody does what it learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_motions import BODY, STAND, clip, motion, still

from kinesics import (
    ACTION_MODELS,
    ActionClassifier,
    ActionTeacher,
    LiveActions,
    label_clip,
    live_actions,
    register_action_model,
)
from kinesics.actions.habits import FACTS, Ways, learn_habits, plausible, witnessed
from kinesics.actions.live import frames
from kinesics.actions.nearness import Nearness
from kinesics.actions.selection import Several
from kinesics.errors import FormatError, UsageError
from kinesics.testing import acting_people, check_live_actions
from kinesics.types import PoseSequence, Skeleton, skeleton

LABELS = ("pull", "raise", "squat", "wave")


def shown(label: str, seed: int) -> PoseSequence:
    rng = np.random.default_rng([seed, LABELS.index(label)])
    parts = still(0.3), motion(label, float(rng.uniform(1.3, 1.9))), still(0.3)
    return clip(*parts, tall=float(rng.uniform(180, 420)), at=(float(rng.uniform(50, 400)), 60), seed=seed, noise=0.004)


@pytest.fixture(scope="module")
def model() -> ActionClassifier:
    clips = [shown(label, seed) for label in LABELS for seed in range(8)]
    return ActionClassifier(head="rocket").fit(clips, [label for label in LABELS for _ in range(8)])


def named(film: PoseSequence, model: object) -> list[str]:
    return [a.label for a in label_clip(model, film) if a.label != "unknown"]


FILM = clip(still(1), motion("squat"), still(1), motion("wave", 1.5), still(1), motion("pull"), still(1), seed=40)


def test_a_stream_is_named_with_starts_and_ends(model: ActionClassifier) -> None:
    got = [a for a in label_clip(model, FILM) if a.label != "unknown"]
    assert [a.label for a in got] == ["squat", "wave", "pull"]
    for action, start, lasts in zip(got, (1.0, 3.6, 6.1), (1.6, 1.5, 1.6), strict=True):
        assert abs(action.start - start) < 0.4 and abs(action.end - start - lasts) < 0.5


def test_it_keeps_the_law(model: ActionClassifier) -> None:
    check_live_actions(lambda: LiveActions(model), acting_people(2, 4.0, 16.0))


def test_a_saved_model_says_the_same_live(model: ActionClassifier, tmp_path: Path) -> None:
    model.save(tmp_path / "m.kin")
    live = live_actions(str(tmp_path / "m.kin"))
    assert [(a.label, a.start) for a in label_clip(live, FILM)] == [(a.label, a.start) for a in label_clip(model, FILM)]
    assert isinstance(live_actions(f"{tmp_path / 'm.kin'},postures"), object)
    with pytest.raises(FormatError, match=r"gone\.kin"):
        live_actions(f"{tmp_path / 'm.kin'},{tmp_path / 'gone.kin'}")


def test_motions_that_it_never_learned_are_not_called_by_its_names(model: ActionClassifier) -> None:
    share = np.linspace(0, 1, 90)
    stroll = np.repeat(STAND[None], 90, 0)
    stroll[..., 0] += 3 * share[:, None]
    for joint, sign in ((13, 1), (15, 1.6), (14, -1), (16, -1.6)):
        stroll[:, joint, 0] += sign * 0.12 * np.sin(2 * np.pi * 3 * share)
    kick = np.repeat(STAND[None], 45, 0)
    kick[:, 16] += np.outer(np.sin(np.pi * np.linspace(0, 1, 45)), [-0.4, -0.45])
    assert named(clip(still(1), stroll, still(1) + [3, 0], seed=3), model) == []
    assert named(clip(still(1), kick, still(1), kick, still(1), seed=4), model) == []


def test_people_of_another_skeleton_are_mapped_by_name_or_refused_in_one_line(model: ActionClassifier) -> None:
    order = np.random.default_rng(0).permutation(len(BODY))
    other = Skeleton("shuffled", tuple(BODY.joints[i].replace("_", " ").title() for i in order))
    film = PoseSequence(FILM.points[:, :, order], FILM.scores[:, :, order], FILM.times, other, FILM.ids)
    assert named(film, model) == named(FILM, model)
    hand = skeleton("hand21")
    waves = PoseSequence(np.zeros((4, 1, 21, 2)) + 0.1, np.ones((4, 1, 21)), np.arange(4) / 10, hand)
    with pytest.raises(UsageError) as refused:
        label_clip(model, waves)
    assert "\n" not in str(refused.value)


def test_a_model_of_pairs_or_of_depth_says_what_to_do() -> None:
    deep = [PoseSequence(np.concatenate([c.points, c.points[..., :1]], -1) / 200, c.scores, c.times, BODY) for c in
            (shown(label, seed) for label in ("squat", "raise") for seed in range(3))]  # fmt: skip
    labels = ["squat"] * 3 + ["raise"] * 3
    with pytest.raises(UsageError, match="2d"):
        label_clip(ActionClassifier(head="statistics").fit(deep, labels), FILM)
    pairs = [PoseSequence(np.concatenate([c.points, c.points + 1], 1), np.repeat(c.scores, 2, 1), c.times, BODY) for c in deep]
    with pytest.raises(UsageError, match="two people"):
        LiveActions(ActionClassifier(head="statistics").fit(pairs, labels))


def test_a_source_that_begins_anew_is_followed_at_once(model: ActionClassifier) -> None:
    live = LiveActions(model)
    for people, at in frames(FILM):
        live.update(people, at + 500)
    again = [a.label for people, at in frames(FILM) for a in live.update(people, at) if a.label != "unknown"]
    assert {"squat", "wave", "pull"} <= set(again)


def test_unseen_arms_wave_at_nobody(model: ActionClassifier) -> None:
    scores = FILM.scores.copy()
    scores[:, :, [7, 8, 9, 10]] = 0.22
    hidden = PoseSequence(FILM.points, scores, FILM.times, BODY, FILM.ids)
    assert "wave" not in named(hidden, model) and "pull" not in named(hidden, model)


def facts(*parts: np.ndarray) -> np.ndarray:
    ways = Ways(BODY)
    for people, at in frames(clip(*parts, noise=0.0)):
        ways.push(people.points, people.point_scores, at)
    return np.asarray(ways.since(0.0))


def test_facts_are_what_they_are_called() -> None:
    found = dict(zip(FACTS, facts(still(0.2), motion("squat"), still(0.2)), strict=True))
    assert found["bend"] == pytest.approx(0.28, abs=0.05) and found["arms"] < 0.05 and found["steps"] == 0
    found = dict(zip(FACTS, facts(still(0.2), motion("raise"), still(0.2)), strict=True))
    assert found["hands"] > 0.1 and found["arms"] > 0.1 and found["legs"] < 0.02 and found["bend"] < 0.02
    share = np.arange(60) / 60
    walk = np.repeat(STAND[None], 60, 0)
    walk[:, 15, 0] += 0.2 * np.sin(2 * np.pi * 2 * share)
    walk[:, 16, 0] -= 0.2 * np.sin(2 * np.pi * 2 * share)
    walk[..., 0] += 2 * share[:, None]
    found = dict(zip(FACTS, facts(walk), strict=True))
    assert 3 <= found["steps"] <= 5 and found["travel"] == pytest.approx(2, abs=0.2)


def test_habits_allow_what_is_like_them_and_oddities_add_up() -> None:
    films = [shown("squat", seed) for seed in range(4)] + [shown("raise", seed) for seed in range(4)]
    habits = learn_habits(films, np.array([0] * 4 + [1] * 4), 2)
    assert plausible(facts(motion("squat")), habits, 2).tolist() == [True, False]
    assert plausible(facts(motion("raise")), habits, 2).tolist() == [False, True]
    assert plausible(np.full(6, np.nan), habits, 2).all()
    one = np.array([[[0.0, 1.0]] * 6])
    odd = np.array([1.4, 0.5, 0.5, 0.5, 0.5, 0.5])
    assert plausible(odd, one, 2).all() and not plausible(np.array([1.4, 1.4, 1.4, 0.5, 0.5, 0.5]), one, 2).any()
    assert witnessed(np.array([1, 0.2, 1.0]), habits).tolist() == [True, False]


def test_near_is_one_for_what_was_learned_and_far_for_what_was_not() -> None:
    rng = np.random.default_rng(0)
    centres = rng.normal(0, 3, (4, 30))
    labels = np.repeat(np.arange(4), 12)
    rows = centres[labels] + rng.normal(0, 1, (48, 30))
    near = Nearness().fit(rows, labels, 4, np.tile(np.arange(3), 16))
    fresh = centres[labels] + rng.normal(0, 1, (48, 30))
    own = np.array([near.of(row)[label] for row, label in zip(fresh, labels, strict=True)])
    assert 0.6 < np.median(own) < 1.05 and (own < 1.3).mean() > 0.95
    assert near.of(rng.normal(0, 3, 30)).min() > 1.3
    again = Nearness.from_arrays(near.arrays())
    assert np.allclose(again.of(fresh[0]), near.of(fresh[0]), rtol=0.02)


def test_a_risk_reaches_a_teacher_in_a_file_and_one_that_is_none_is_refused(tmp_path: Path) -> None:
    teacher = ActionTeacher("plain")
    teacher.add(shown("squat", 0), "squat")
    teacher.save(tmp_path / "t.kin")
    live = live_actions(tmp_path / "t.kin", decide_at=0.2)
    assert isinstance(live, ActionTeacher) and live.decide_at == 0.2
    with pytest.raises(UsageError, match="above 0 and below 1"):
        live_actions("postures", decide_at=3)


@pytest.mark.parametrize("what", ["squat", "coach", "postures:x", "nosuch.kin", 7, LiveActions])
def test_what_is_no_model_is_refused_in_one_line(what: object) -> None:
    with pytest.raises((UsageError, FormatError)) as refused:
        live_actions(what)
    assert "\n" not in str(refused.value)


def test_names_objects_and_lists_of_them_become_one_live_model(model: ActionClassifier) -> None:
    assert live_actions(None) is None and live_actions("none") is None and live_actions([]) is None
    both = live_actions([model, "postures", None])
    assert isinstance(both, Several) and len(both.models) == 2
    labels = {a.label for people, at in frames(FILM) for a in both.update(people, at)}
    assert {"squat", "standing"} <= labels
    both.reset()
    assert isinstance(live_actions(model), LiveActions)
    register_action_model("mine of the test", lambda of: LiveActions(model))
    try:
        assert isinstance(live_actions("mine of the test"), LiveActions)
        with pytest.raises(UsageError, match="already"):
            register_action_model("mine of the test", lambda of: None)
    finally:
        del ACTION_MODELS["mine of the test"]
