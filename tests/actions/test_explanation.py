"""Explanations: what moves is what matters, what is hidden is missing, and nothing of the model is needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kinesics.actions.explanation import explain, explain_label
from kinesics.errors import ShapeError, UsageError
from kinesics.testing import NearestCentroid, made_clips
from kinesics.types import PoseSequence

CLIPS, LABELS, _ = made_clips(4)


@pytest.fixture(scope="module")
def model() -> NearestCentroid:
    return NearestCentroid().fit(CLIPS, LABELS)


def first(label: str) -> PoseSequence:
    return CLIPS[LABELS.index(label)]


@pytest.mark.parametrize(
    "label,part", [("raise_right", "right_hand"), ("wave_left", "left_wrist"), ("kick_right", "right_foot")]
)
def test_the_limb_that_moves_speaks_for_the_label_more_than_the_other_side(
    model: NearestCentroid, label: str, part: str
) -> None:
    found = explain(model, first(label), label)
    names = found.skeleton.joints
    other = part.replace("right", "LEFT").replace("left", "right").replace("LEFT", "left")
    assert found.joints[names.index(part)] > found.joints[names.index(other)] + 0.5
    assert all(name.startswith(part.split("_")[0]) for name in found.names(2))
    assert found.map.sum(0).argmax() in [i for i, name in enumerate(names) if name.startswith(part.split("_")[0])]


def test_shapes_are_those_of_the_clip_and_asking_changes_nothing(model: NearestCentroid) -> None:
    clip = first("march")
    before = (clip.points.copy(), clip.scores.copy())
    found = explain(model, clip)
    t, _, k = clip.scores.shape
    assert (
        found.joints.shape == (k,) and found.moments.shape == (t,) and found.map.shape == (t, k) and found.people.shape == (0,)
    )
    assert np.array_equal(found.times, clip.times) and found.label == "march"
    assert found.score == pytest.approx(model.predict_proba([clip])[0].max())
    assert np.array_equal(clip.points, before[0], equal_nan=True) and np.array_equal(clip.scores, before[1])


class Watcher:
    """Believes in "moved" as far as the right wrist can be seen to be high during a stretch of time."""

    classes_ = ("moved", "still")

    def __init__(self, start: float, end: float, person: int = 0) -> None:
        self.start, self.end, self.person = start, end, person
        self.asked = 0

    def predict_proba(self, clips: Any) -> np.ndarray:
        self.asked += len(clips)
        chance = []
        for clip in clips:
            inside = (clip.times >= self.start) & (clip.times <= self.end)
            seen = clip.scores[inside, self.person, clip.skeleton.joints.index("right_wrist")] > 0
            chance.append(0.1 + 0.8 * seen.mean())
        return np.stack([chance, 1 - np.array(chance)], 1)


def test_the_moments_and_joints_a_model_looks_at_are_found_and_no_others() -> None:
    clip = first("raise_both")
    end = float(clip.times[-1])
    found = explain(Watcher(0.6 * end, 0.8 * end), clip)
    names = clip.skeleton.joints
    wrist = names.index("right_wrist")
    assert set(np.flatnonzero(found.joints > 0.1)) == {names.index(n) for n in ("right_elbow", "right_wrist", "right_hand")}
    assert found.joints[wrist] == pytest.approx(np.log2(9) - np.log2(1 / 9), abs=1e-6)
    low, high = found.span()
    assert low < 0.7 * end < high and low > 0.3 * end
    assert found.map[: len(clip) // 4].max() == pytest.approx(0, abs=1e-6)
    assert found.map.argmax() % len(names) in {names.index(n) for n in ("right_elbow", "right_wrist", "right_hand")}


def test_what_speaks_against_a_label_is_negative() -> None:
    found = explain(Watcher(0, 9), first("march"), "still")
    assert found.joints.min() < -5 and found.joints.max() == pytest.approx(0, abs=1e-6) and found.names() == []


def test_the_person_who_matters_is_told() -> None:
    clips, _, _ = made_clips(1, ["march"], people=2)
    found = explain(Watcher(0, 9, person=1), clips[0])
    assert found.people[1] > 5 and found.people[0] == pytest.approx(0, abs=1e-6)


def test_the_number_of_questions_stays_near_what_was_asked_for() -> None:
    watcher = Watcher(0, 9)
    explain(watcher, first("march"))
    assert watcher.asked < 230


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_short_clips_are_explained_too(model: NearestCentroid, length: int) -> None:
    found = explain(model, first("march")[:length])
    assert found.map.shape == (length, 20) and np.isfinite(found.map).all() and np.isfinite(found.moments).all()


def test_a_label_is_the_mean_of_its_clips_over_their_shares(model: NearestCentroid) -> None:
    some = [clip for clip, label in zip(CLIPS, LABELS, strict=True) if label == "kick_left"]
    found = explain_label(model, [*some, some[0][:0]], "kick_left")
    assert found.clips == 4 and found.times[0] == 0 and found.times[-1] == 1
    assert found.joints == pytest.approx(np.mean([explain(model, clip, "kick_left").joints for clip in some], axis=0))


def test_wrong_questions_are_refused_in_one_line(model: NearestCentroid) -> None:
    with pytest.raises(UsageError, match="'dance'; it knows curl_both"):
        explain(model, first("march"), "dance")
    with pytest.raises(ShapeError, match="empty"):
        explain(model, first("march")[:0])
    with pytest.raises(ShapeError, match="'march'"):
        explain_label(model, [], "march")
