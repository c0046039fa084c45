"""The heads on pooled features, and the choice between them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.actions.boosting import BoostedHead
from kinesics.actions.calibration import softmax
from kinesics.actions.choosing import CLASSICAL, ClassicalModel, best_head, folds
from kinesics.actions.ridge import RidgeHead, balance
from kinesics.errors import NotFittedError, ShapeError, UsageError

HEADS = [RidgeHead, BoostedHead]


def blobs(n: int, classes: int, spread: float = 0.4, seed: int = 0, columns: int = 12):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    centres = np.random.default_rng(99).normal(size=(classes, columns))
    return (centres[labels] + spread * rng.normal(size=(n, columns))).astype(np.float32), labels


def motions(n: int, classes: int, seed: int = 0, channels: int = 6):
    """Clips that differ by how fast some of the channels swing."""
    rng = np.random.default_rng(seed)
    labels, clips = np.arange(n) % classes, []
    for label in labels:
        t = np.arange(rng.integers(18, 40))[:, None]
        swing = np.sin(t * (0.2 + 0.25 * label) + np.arange(channels) + rng.uniform(0, 6))
        clips.append((swing + 0.2 * rng.normal(size=(len(t), channels))).astype(np.float32))
    return clips, labels


@pytest.mark.parametrize("kind", HEADS)
def test_head_learns_and_generalises(kind):
    z, labels = blobs(120, 5)
    head = kind().fit(z, labels, 5)
    fresh, truth = blobs(200, 5, seed=1)
    p = softmax(head.logits(fresh))
    np.testing.assert_allclose(p.sum(1), 1)
    assert (p.argmax(1) == truth).mean() > 0.9


@pytest.mark.parametrize("kind", HEADS)
def test_head_comes_back_from_an_npz(kind):
    z, labels = blobs(40, 3)
    head = kind().fit(z, labels, 3)
    held = io.BytesIO()
    np.savez(held, allow_pickle=False, **head.arrays())
    held.seek(0)
    again = kind.from_arrays(dict(np.load(held, allow_pickle=False)))
    np.testing.assert_array_equal(again.logits(z), head.logits(z))
    assert again.classes_ == 3


@pytest.mark.parametrize("kind", HEADS)
def test_head_says_the_same_with_the_same_seed(kind):
    z, labels = blobs(60, 4)
    np.testing.assert_array_equal(kind().fit(z, labels, 4, seed=5).logits(z), kind().fit(z, labels, 4, seed=5).logits(z))


@pytest.mark.parametrize("kind", HEADS)
def test_head_learns_from_one_or_two_rows_a_class(kind):
    for each in (1, 2):
        z, labels = blobs(3 * each, 3, spread=0.05)
        logits = kind().fit(z, labels, 3).logits(z)
        assert np.isfinite(logits).all()
        if kind is RidgeHead:
            assert (logits.argmax(1) == labels).all()


@pytest.mark.parametrize("kind", HEADS)
def test_head_never_names_a_class_without_rows(kind):
    z, labels = blobs(40, 4)
    keep = labels != 2
    logits = kind().fit(z[keep], labels[keep], 4).logits(z)
    assert logits.shape == (40, 4) and not (logits.argmax(1) == 2).any()


@pytest.mark.parametrize("kind", HEADS)
def test_columns_that_never_change_do_no_harm(kind):
    z, labels = blobs(60, 3)
    z[:, :3] = 1e4
    logits = kind().fit(z, labels, 3).logits(z)
    assert (logits.argmax(1) == labels).mean() > 0.95
    assert np.isfinite(kind().fit(np.ones((6, 12)), np.arange(6) % 3, 3).logits(z)).all()


@pytest.mark.parametrize("kind", HEADS)
def test_head_refuses_what_it_cannot_learn_from(kind):
    z, labels = blobs(20, 2)
    with pytest.raises(NotFittedError):
        kind().logits(z)
    with pytest.raises(ShapeError, match="NaN"):
        kind().fit(np.where(np.arange(240).reshape(20, 12) == 7, np.nan, z), labels, 2)
    with pytest.raises(ShapeError):
        kind().fit(z, labels[:-1], 2)
    with pytest.raises(UsageError, match="at least 2 classes"):
        kind().fit(z, np.zeros(20, int), 1)
    with pytest.raises(ShapeError, match="expected"):
        kind().fit(z, labels, 2).logits(z[:, :9])


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 99), alone=st.booleans())
def test_ridge_left_out_equals_learning_without_the_group(seed, alone):
    z, labels = blobs(24, 3, spread=1.5, seed=seed, columns=9 if seed % 2 else 40)
    groups = np.arange(24) if alone else np.arange(24) // 6
    head = RidgeHead().fit(z, labels, 3, groups)
    weights, scale = balance(labels, 3), 1 / z.std(0, dtype=float) / np.sqrt(z.shape[1])
    rows = z * scale
    out = groups == groups[5]
    w, a, y = weights[~out], rows[~out], 2 * np.eye(3)[labels[~out]] - 1
    middle, level = np.average(a, 0, w), np.average(y, 0, w)
    a, b = (a - middle) * np.sqrt(w)[:, None], (y - level) * np.sqrt(w)[:, None]
    slope = np.linalg.solve(a.T @ a + head.penalty_ * np.eye(a.shape[1]), a.T @ b)
    want = (rows[out] - middle) @ slope + level
    ratio = head.left_out_[out] / want  # one temperature for all
    np.testing.assert_allclose(ratio, ratio.mean(), rtol=1e-4)


def test_ridge_probabilities_mean_what_they_say():
    z, labels = blobs(300, 4, spread=1.8)
    fresh, truth = blobs(2000, 4, spread=1.8, seed=7)
    p = softmax(RidgeHead().fit(z, labels, 4).logits(fresh))
    right = (p.argmax(1) == truth).mean()
    assert 0.5 < right < 0.98
    assert abs(p.max(1).mean() - right) < 0.06


def test_ridge_learns_from_more_rows_than_it_checks():
    z, labels = blobs(2300, 3, spread=0.8)
    head = RidgeHead().fit(z, labels, 3)
    assert head.left_out_ is None and (head.logits(z).argmax(1) == labels).mean() > 0.9


def test_boosting_finds_what_no_line_can():
    rng = np.random.default_rng(0)
    z = rng.uniform(-1, 1, (600, 12)).astype(np.float32)
    labels = ((z[:, 8] > 0.2) ^ (z[:, 1] > -0.1)).astype(int)  # a change and (a third of the columns on) a mean
    head = BoostedHead().fit(z[:400], labels[:400], 2)
    assert (head.logits(z[400:]).argmax(1) == labels[400:]).mean() > 0.85
    assert head.rounds_ <= head.rounds


@settings(max_examples=40, deadline=None)
@given(labels=st.lists(st.integers(0, 4), min_size=1, max_size=40), people=st.integers(0, 8), seed=st.integers(0, 9))
def test_folds_keep_subjects_together_and_leave_something_to_learn_from(labels, people, seed):
    subjects = None if people == 0 else [f"s{i % people}" for i in range(len(labels))]
    fold = folds(np.array(labels), subjects, seed)
    assert fold.shape == (len(labels),) and fold.max() < 5
    if subjects is not None and len(set(subjects)) > 1:
        assert fold.max() > 0 and all(
            len({f for f, s in zip(fold, subjects, strict=True) if s == one}) == 1 for one in set(subjects)
        )
    elif max(np.bincount(labels)) > 1:
        assert len(set(fold)) > 1
        for label, count in zip(*np.unique(labels, return_counts=True), strict=True):
            shares = np.bincount(fold[np.array(labels) == label])
            assert shares.max() <= -(-count // (fold.max() + 1))


@pytest.mark.parametrize("each", [1, 2, 3])
def test_best_head_works_with_very_few(each):
    clips, labels = motions(4 * each, 4)
    choice = best_head(clips, labels, 4)
    assert choice.name in CLASSICAL
    if each == 1:
        assert choice.proba is None and not choice.losses
    else:
        np.testing.assert_allclose(choice.proba.sum(1), 1)
        assert set(choice.losses) == set(CLASSICAL)
        assert choice.losses[choice.name] == min(choice.losses.values())


def test_best_head_is_honest_about_subjects():
    """Labels that only tell who it was cannot be known of somebody new."""
    rng = np.random.default_rng(0)
    people = np.arange(24) % 6
    places = rng.normal(size=(6, 5)) * 3
    clips = [(places[p] + 0.1 * rng.normal(size=(20, 5))).astype(np.float32) for p in people]
    labels = (people >= 3).astype(int)
    known = best_head(clips, labels, 2, subjects=[str(p) for p in people])
    blind = best_head(clips, labels, 2)
    assert (blind.proba.argmax(1) == labels).mean() == 1
    assert known.losses[known.name] > 5 * blind.losses[blind.name]


@pytest.mark.parametrize("name", CLASSICAL)
def test_model_learns_motions_and_comes_back_from_arrays(name):
    clips, labels = motions(60, 4)
    model = CLASSICAL[name](6).fit(clips, labels, 4)
    fresh, truth = motions(40, 4, seed=1)
    p = model.proba(fresh)
    np.testing.assert_allclose(p.sum(1), 1)
    assert (p.argmax(1) == truth).mean() > (0.5 if name == "statistics" else 0.9)  # means hardly know how fast a swing is
    again = ClassicalModel.from_arrays(name, model.arrays())
    np.testing.assert_array_equal(again.proba(fresh), p)


def test_unknown_names_and_lengths_are_refused():
    clips, labels = motions(6, 2)
    with pytest.raises(UsageError, match="out of rocket, "):
        ClassicalModel.from_arrays("forest", {})
    with pytest.raises(UsageError, match="as many labels"):
        best_head(clips, labels[:-1], 2)
    with pytest.raises(UsageError, match="as many labels"):
        best_head([], np.zeros(0), 2)
