"""The network and random convolutions side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_clips import fitted, one_by_one, shown

from kinesics import ActionClassifier
from kinesics.actions.blend import LATE, BlendHead
from kinesics.actions.blending import MOST, learn_rocket, sizes
from kinesics.actions.calibration import Calibration, softmax
from kinesics.actions.held_out import corrected
from kinesics.actions.network import NetHead
from kinesics.actions.ridge import RidgeHead
from kinesics.actions.rocket import RocketEncoder


def parts(seed: int = 0, classes: int = 3, columns: int = 10) -> tuple[NetHead, RidgeHead, RidgeHead]:
    rng = np.random.default_rng(seed)
    net = NetHead(*(rng.normal(size=s).astype(np.float32) for s in ((3, 4, classes), (3, classes)) * 2), until=1.0)
    ridges = [RidgeHead().fit(rng.normal(size=(20, columns)), np.arange(20) % classes, classes) for _ in range(2)]
    return net, *ridges


def test_blend_is_between_its_parts():
    net, late, early = parts()
    pooled = np.random.default_rng(1).normal(size=(6, 12 + 10 + 2)).astype(np.float32)
    told = BlendHead(net, late, early).logits(pooled, 2.0)
    one, other = net.logits(pooled[:, :12], 2.0), np.log(softmax(late.logits(pooled[:, 12:22])))
    np.testing.assert_allclose(told, (1 - LATE) * one + LATE * other, atol=1e-5)


def test_beginnings_are_judged_by_those_who_learned_from_beginnings():
    net, late, early = parts()
    pooled = np.random.default_rng(1).normal(size=(4, 24)).astype(np.float32)
    both = BlendHead(net, late, early).logits(pooled, np.array([0.2, 0.9, 1.0, 3.0]))
    np.testing.assert_allclose(both[:2], BlendHead(net, early, early).logits(pooled, 0.2)[:2], atol=1e-6)
    np.testing.assert_allclose(both[2:], BlendHead(net, late, late).logits(pooled, 3.0)[2:], atol=1e-6)
    alone = BlendHead(net, late, None).logits(pooled, 0.2)
    np.testing.assert_allclose(alone, net.logits(pooled[:, :12], 0.2), atol=1e-6)


@pytest.mark.parametrize("beginnings", [True, False])
def test_head_comes_back_from_its_arrays(beginnings):
    net, late, early = parts()
    head = BlendHead(net, late, early if beginnings else None)
    again = BlendHead.from_arrays(head.arrays())
    pooled = np.random.default_rng(1).normal(size=(4, 24)).astype(np.float32)
    for seconds in (0.1, 5.0):
        np.testing.assert_array_equal(again.logits(pooled, seconds), head.logits(pooled, seconds))


@given(st.integers(50, 1500), st.integers(2, 60), st.integers(50_000, 260_000))
def test_models_stay_small(channels, classes, taken):
    mixtures, early = sizes(channels, classes, taken)
    columns = sum(RocketEncoder(mixtures).widths(channels))
    smallest = sum(RocketEncoder(30).widths(channels)) * (classes + 3)
    assert taken + columns * classes * (1 + early) <= max(MOST, taken + smallest)


def test_few_classes_get_the_largest():
    assert sizes(700, 27, 240_000) == (252, True)


def test_network_learns_streams_and_comes_back(tmp_path):
    pytest.importorskip("torch")
    model = fitted("net")
    assert model.kind_ == "net"
    clips = [shown(label, seed=seed) for label in model.classes_ for seed in range(3)]
    truth = [label for label in model.classes_ for _ in range(3)]
    assert model.score(clips, truth) >= 0.8
    model.save(tmp_path / "model.kin")
    again = ActionClassifier.load(tmp_path / "model.kin")
    np.testing.assert_array_equal(again.predict_proba(clips), model.predict_proba(clips))
    assert again.parameters_ == model.parameters_ <= 500_000
    stepper = again.stepper()
    for frame in one_by_one(clips[0]):
        stepper.push(*frame)
    np.testing.assert_allclose(stepper.proba(), model.predict_proba(clips[:1])[0], atol=1e-5)
    moments, believed = again.proba_over_time(clips[0])
    assert len(moments) == len(believed)
    np.testing.assert_allclose(believed.sum(1), 1)
    np.testing.assert_allclose(stepper.embed(), again.embed(clips[:1])[0], atol=1e-5)


def test_convolutions_learn_beginnings_beside_the_whole():
    from kinesics.actions.augment import Strength
    from kinesics.actions.features import Features
    from kinesics.actions.layout import learn_layout
    from kinesics.actions.training_set import training_set

    labels = np.repeat(np.arange(3), 6)
    clips = [shown(("pull", "raise", "squat")[label], seed=i) for i, label in enumerate(labels)]
    layout = learn_layout(clips)
    data = training_set(clips, layout)
    features = Features.of_pieces(layout, data.points, data.known, data.lengths)
    part = learn_rocket(
        data, labels[data.clips], 3, features, strength=Strength(), subjects=[""] * len(data), mixtures=30, early=True, seed=0
    )
    alone = learn_rocket(
        data, labels[data.clips], 3, features, strength=Strength(), subjects=[""] * len(data), mixtures=30, early=False, seed=0
    )
    assert alone.early is None and part.early is not None
    rocket = part.encoder
    x = [features.of(data.points[i : i + 1], data.known[i : i + 1])[0, : data.lengths[i]] for i in range(len(data))]
    z = [rocket.encode(one, rocket.start())[0] for one in x]
    begun = np.stack([one[: len(one) // 2].mean(0) for one in z])
    whole = np.stack([one.mean(0) for one in z])
    truth = labels[data.clips]
    assert (part.late.logits(whole).argmax(1) == truth).mean() > 0.9
    assert (part.early.logits(begun).argmax(1) == truth).mean() >= (part.late.logits(begun).argmax(1) == truth).mean()
    assert set(part.left_out) == {0.1, 0.25, 0.5, 0.75, 1.0} and set(alone.left_out) == {1.0}
    logits, told = part.left_out[1.0]
    assert (logits.argmax(1) == told).mean() > 0.7


def test_temperatures_move_with_what_all_clips_say():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 400)
    logits = rng.normal(size=(400, 3)) + 2 * np.eye(3)[labels]
    calibration = Calibration(np.array([0.1, 0.25, 0.5, 0.75, 1.0]), np.ones(5))
    few = {share: (logits[:200], labels[:200]) for share in (0.25, 1.0)}
    every = {share: (1.5 * logits, labels) for share in (0.25, 1.0)}
    same = corrected(calibration, few, few, until=0.6)
    np.testing.assert_array_equal(same.temperature, calibration.temperature)
    moved = corrected(calibration, few, every, until=0.6)
    assert moved.temperature[0] == moved.temperature[2] == 1.0  # nothing is known of these
    assert 1.2 < moved.temperature[1] < 2.0 and (moved.temperature[3:] == moved.temperature[1]).all()
