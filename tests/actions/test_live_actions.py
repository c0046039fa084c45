"""Actions live, on made motions where start, end and label are known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from made_motions import BODY, NearestMean, clip, examples, motion, still

from kinesics import LiveActions, label_clip
from kinesics.actions.live import frames
from kinesics.errors import NotFittedError, UsageError
from kinesics.testing import check_live_actions
from kinesics.types import Action, People, PoseSequence


@pytest.fixture(scope="module")
def model() -> NearestMean:
    return NearestMean(*examples())


def named(actions: list[Action]) -> list[Action]:
    return [a for a in actions if a.label != "unknown"]


def test_live_actions_keep_the_law(model: NearestMean) -> None:
    check_live_actions(lambda: LiveActions(model))


def test_live_actions_keep_the_law_on_motions_they_know(model: NearestMean) -> None:
    one = clip(still(0.5), motion("squat"), still(0.8), motion("raise"), still(0.5), fps=32)
    other = clip(still(0.8), motion("raise"), still(0.8), motion("pull"), still(0.2), fps=32, seed=1, at=(420, 90))
    both = PoseSequence(
        np.concatenate([one.points[:145], other.points[:145]], 1),
        np.concatenate([one.scores[:145], other.scores[:145]], 1),
        one.times[:145],
        BODY,
        np.array([4, 9]),
    )
    film = list(frames(both))
    assert {a.label for a in named(label_clip(model, both))} == {"squat", "raise", "pull"}
    check_live_actions(lambda: LiveActions(model), film)


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
def test_actions_are_named_with_their_start_and_end_at_any_frame_rate(model: NearestMean, fps: float) -> None:
    parts = (
        still(1, fps),
        motion("squat", 1.6, fps),
        still(1, fps),
        motion("pull", 1.6, fps),
        still(1, fps),
        motion("raise", 1.6, fps),
    )
    got = named(label_clip(model, clip(*parts, still(1, fps), fps=fps)))
    assert [a.label for a in got] == ["squat", "pull", "raise"]
    for action, start in zip(got, (1.0, 3.6, 6.2), strict=True):
        assert abs(action.start - start) < 0.35
        assert abs(action.end - start - 1.6) < 0.35
        assert action.score > 0.6
        assert action.progress == 1.0


def test_two_actions_without_rest_between_are_two(model: NearestMean) -> None:
    got = named(label_clip(model, clip(still(1), motion("squat"), motion("pull"), still(1))))
    assert [a.label for a in got] == ["squat", "pull"]
    assert abs(got[1].start - 2.6) < 0.4


def test_rest_is_no_action_and_a_motion_that_fits_nothing_is_unknown(model: NearestMean) -> None:
    assert label_clip(model, clip(still(8))) == []
    rng = np.random.default_rng(0)
    path = np.cumsum(rng.normal(0, 0.03, (90, 17, 2)), 0)
    path = np.stack([np.convolve(c, np.ones(9) / 9, "same") for c in path.reshape(90, -1).T], 1).reshape(90, 17, 2)
    got = label_clip(model, clip(still(1), still(3) + path, still(1)))
    assert {a.label for a in got} == {"unknown"}
    assert set(got[0].why["scores"]) < set(model.classes_)


def test_labels_do_not_flicker(model: NearestMean) -> None:
    live = LiveActions(model)
    film = clip(still(1), *[part for k in range(6) for part in (motion("squat"), still(0.7))], noise=0.004)
    said = [[a.label for a in live.update(people, at)] for people, at in frames(film)]
    runs = [label for before, label in zip([[], *said], said, strict=False) if label != before and label]
    assert sum("squat" in label for label in runs) <= 8
    assert sum(label not in (["squat"], ["unknown"]) for label in runs) <= 1


def test_late_frames_change_nothing_and_short_gaps_are_bridged(model: NearestMean) -> None:
    film = list(frames(clip(still(1), motion("squat"), still(1))))
    live = LiveActions(model)
    whole = [live.update(people, at) for people, at in film]
    holed = LiveActions(model)
    last = [holed.update(people, at) for k, (people, at) in enumerate(film) if not 45 <= k < 55][-1]
    assert {a.label for told in whole for a in told} == {"squat"}
    assert [a.label for a in last] == [a.label for a in whole[-1]]
    broken = LiveActions(model)
    told = [a for k, (people, at) in enumerate(film) if not 36 <= k < 66 for a in broken.update(people, at)]
    assert not named(told)


def test_decide_at_names_earlier_and_needs_a_smaller_risk_for_longer(model: NearestMean) -> None:
    film = list(frames(clip(still(1), motion("raise", 2.0), still(1))))

    def first(**options: Any) -> float:
        live = LiveActions(model, **options)
        return next((at for people, at in film if named(live.update(people, at))), math.inf)

    assert first(decide_at=0.4) <= first(decide_at=0.02) <= first() < math.inf
    assert first(decide_at=0.4) < 2.0


def test_what_comes_next_is_anticipated_from_the_sequence_so_far(model: NearestMean) -> None:
    rounds = [part for _ in range(3) for part in (motion("squat"), still(0.9), motion("raise"), still(0.9))]
    live = LiveActions(model)
    told = [a for people, at in frames(clip(still(1), *rounds)) for a in live.update(people, at)]
    later = [a for a in told if a.label == "squat" and a.start > 8 and "next" in a.why]
    assert later and later[-1].why["next"]["label"] == "raise"
    assert 0.4 < later[-1].why["next"]["probability"] < 1
    assert not any("next" in a.why for a in told if a.start < 4)


@pytest.mark.parametrize("risk", [0.0, 1.0, -3.0, math.nan])
def test_a_risk_that_is_none_is_refused(model: NearestMean, risk: float) -> None:
    with pytest.raises(UsageError, match="above 0 and below 1"):
        LiveActions(model, decide_at=risk)


def test_what_cannot_be_live_is_refused_in_one_line(model: NearestMean) -> None:
    with pytest.raises(UsageError, match="stepper"):
        LiveActions(object())
    empty = NearestMean(*examples())
    empty.classes_ = ()
    with pytest.raises(NotFittedError, match="not learned"):
        LiveActions(empty)
    with pytest.raises(UsageError, match="seconds"):
        LiveActions(model).update(People.empty(BODY), math.nan)


def test_an_hour_of_one_person_costs_no_more_memory_than_a_minute(model: NearestMean) -> None:
    live = LiveActions(model)
    people = next(iter(frames(clip(still(0.1)))))[0]
    for k in range(3600):
        live.update(people, k * 1.0 * 0.4)
    held = live._people[0]
    assert len(held.segmenter.onsets.anchors) <= 4 and len(held.over) <= 2
