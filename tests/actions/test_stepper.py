"""Frames as they come give what the clip gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_clips import fitted, lossy, one_by_one, shown, wandering

from kinesics import ActionClassifier
from kinesics.actions.energy import Energy
from kinesics.actions.stepper import Stepper
from kinesics.errors import ShapeError, UsageError
from kinesics.types import Array, PoseSequence

HEADS = ["rocket", "statistics"]


def pushed(clip: PoseSequence, head: str = "rocket") -> Stepper:
    stepper = fitted(head).stepper()
    for frame in one_by_one(clip):
        stepper.push(*frame)
    return stepper


def uneven(clip: PoseSequence, seed: int) -> PoseSequence:
    """The clip with frames left out and late, and now and then nothing for up to a second."""
    rng = np.random.default_rng(seed)
    kept = clip[np.flatnonzero(rng.random(len(clip)) < 0.7)]
    late = kept.times + rng.uniform(0, 0.01, len(kept)) + np.cumsum(np.where(rng.random(len(kept)) < 0.03, 1.0, 0.0))
    return PoseSequence(kept.points, kept.scores, late, kept.skeleton)


@pytest.mark.parametrize("head", HEADS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 999), lose=st.sampled_from([0.0, 0.3]), label=st.sampled_from(["pull", "raise", "squat"]))
def test_frame_by_frame_believes_what_the_whole_clip_believes(head: str, seed: int, lose: float, label: str) -> None:
    clip = uneven(lossy(shown(label), lose, seed), seed)
    model, stepper = fitted(head), pushed(clip, head)
    assert np.allclose(stepper.proba(), model.predict_proba([clip])[0], atol=1e-5)
    assert np.allclose(stepper.embed(), model.embed([clip])[0], atol=1e-4)
    assert stepper.time == clip.times[-1] and stepper.proba().sum() == pytest.approx(1)


@pytest.mark.parametrize("head", HEADS)
def test_after_each_frame_it_believes_what_the_clip_so_far_does(head: str) -> None:
    clip = lossy(shown("squat", 20.0), 0.1)
    model, stepper, said = fitted(head), fitted(head).stepper(), []
    for frame in one_by_one(clip):
        stepper.push(*frame)
        said.append(stepper.proba())
    for end in range(1, len(clip) + 1, 5):
        assert np.allclose(said[end - 1], model.predict_proba([clip[:end]])[0], atol=1e-5)


@pytest.mark.parametrize("head", HEADS)
def test_belief_over_time_is_that_of_every_prefix(head: str) -> None:
    clip = shown("raise")
    moments, proba = fitted(head).proba_over_time(clip)
    assert moments[0] == clip.times[0] and np.allclose(proba.sum(1), 1) and len(proba) == len(moments)
    assert np.allclose(proba[-1], fitted(head).predict_proba([clip])[0], atol=0.02)


def test_what_was_done_before_is_not_in_what_was_done_since() -> None:
    first, then = shown("squat"), shown("raise", seed=8)
    both = PoseSequence(
        np.concatenate([first.points, then.points]),
        np.concatenate([first.scores, then.scores]),
        np.concatenate([first.times, then.times + first.times[-1] + 1 / 30]),
        first.skeleton,
    )
    names = fitted().classes_
    stepper = pushed(both)
    assert names[int(stepper.proba(float(first.times[-1])).argmax())] == "raise"
    assert np.array_equal(stepper.proba(-1.0), stepper.proba())
    assert not np.allclose(stepper.proba(float(first.times[-1])), stepper.proba(), atol=1e-3)


def test_two_people_are_followed_each_by_himself() -> None:
    one, other = one_by_one(shown("squat")), one_by_one(lossy(shown("pull"), 0.2))
    steppers = fitted().stepper(), fitted().stepper()
    for a, b in zip(one, other, strict=False):
        steppers[0].push(*a), steppers[1].push(*b)
    alone = fitted().stepper()
    for a, _ in zip(one, other, strict=False):
        alone.push(*a)
    assert np.array_equal(alone.proba(), steppers[0].proba())


def test_late_frames_change_nothing() -> None:
    clip = shown("raise")
    stepper, other = pushed(clip[:20]), pushed(clip[:20])
    for frame in one_by_one(clip)[5:20]:
        other.push(*frame)
    assert np.array_equal(stepper.proba(), other.proba()) and other.time == stepper.time
    assert np.array_equal(stepper.energy(), other.energy())


@pytest.mark.parametrize("garbage", [0.0, 1e9])
def test_numbers_at_joints_that_are_not_seen_change_nothing(garbage: float) -> None:
    clip = lossy(shown("squat"), 0.3)
    one, other = fitted().stepper(), fitted().stepper()
    for points, scores, time in one_by_one(clip):
        one.push(points, scores, time)
        other.push(np.where((scores == 0)[..., None], garbage, points), scores, time)
    assert np.array_equal(one.proba(), other.proba()) and one.energy() == other.energy()


def test_its_energy_is_that_of_the_joints() -> None:
    clip = lossy(shown("squat"), 0.1)
    stepper, energy = fitted().stepper(), Energy(clip.skeleton)
    for frame in one_by_one(clip):
        stepper.push(*frame)
        assert stepper.energy() == energy.update(*frame)


def test_asking_changes_nothing() -> None:
    quiet, asked = fitted().stepper(), fitted().stepper()
    for i, frame in enumerate(one_by_one(shown("pull"))):
        quiet.push(*frame), asked.push(*frame)
        asked.proba(), asked.energy(), asked.embed(), asked.proba(i / 60)
    assert np.array_equal(quiet.proba(), asked.proba()) and quiet.energy() == asked.energy()


def test_somebody_whom_nobody_sees_is_no_reason_to_fail() -> None:
    stepper = fitted().stepper()
    for i in range(30):
        stepper.push(np.full((1, 17, 2), np.nan), np.zeros((1, 17)), i / 30)
    assert stepper.proba().sum() == pytest.approx(1) and stepper.energy() == 0
    clip = shown("squat")
    for points, scores, time in one_by_one(clip):
        stepper.push(points, scores, time + 1.5)
    assert stepper.proba(1.5).argmax() == fitted().predict_proba([clip])[0].argmax()


def frame(people: int = 1, joints: int = 17, dims: int = 2) -> tuple[Array, Array]:
    return np.zeros((people, joints, dims)), np.ones((people, joints))


@pytest.mark.parametrize(
    ("given_", "time"),
    [
        (frame(joints=20), 1.0),
        ((np.zeros((1, 17, 2)), np.ones((1, 16))), 1.0),
        ((np.full((1, 17, 2), np.nan), np.ones((1, 17))), 1.0),
        (frame(), float("nan")),
        (frame(), float("inf")),
    ],
    ids=["joints", "scores", "nan", "no time", "forever"],
)
def test_frames_of_another_form_are_refused_in_one_line(given_: tuple[Array, Array], time: float) -> None:
    stepper = fitted().stepper()
    stepper.push(*frame(), 0.5)
    before = stepper.proba()
    with pytest.raises(ShapeError) as caught:
        stepper.push(*given_, time)
    assert "\n" not in str(caught.value)
    assert stepper.time == 0.5 and np.array_equal(stepper.proba(), before)


def test_of_two_people_the_one_seen_most_is_read() -> None:
    clip = shown("squat")
    stepper = fitted().stepper()
    for points, scores, time in one_by_one(clip):
        nobody = np.full_like(points, np.nan)
        stepper.push(np.concatenate([nobody, points]), np.concatenate([0 * scores, scores]), time)
    assert np.allclose(stepper.proba(), fitted().predict_proba([clip])[0], atol=1e-5)


def test_before_any_frame_nothing_is_believed() -> None:
    stepper = fitted().stepper()
    assert stepper.time is None and stepper.energy() == 0
    with pytest.raises(UsageError, match="call push first"):
        stepper.proba()


def test_of_joints_in_3d_a_model_of_pictures_reads_two_coordinates() -> None:
    flat, deep = fitted().stepper(), fitted().stepper()
    for points, scores, time in one_by_one(shown("pull")):
        flat.push(points, scores, time)
        deep.push(np.concatenate([points, np.full((1, 17, 1), 3.0)], -1), scores, time)
    assert np.array_equal(flat.proba(), deep.proba())


def test_a_model_of_3d_does_not_read_pictures() -> None:
    clips = [wandering("kinect20", 3, seed=seed) for seed in range(6)]
    model = ActionClassifier(head="statistics").fit(clips, ["a", "b"] * 3)
    with pytest.raises(UsageError, match="3D"):
        model.stepper().push(np.zeros((1, 20, 2)), np.ones((1, 20)), 0.0)
