"""The few-shot head: what was removed leaves no trace, order does not matter, one class is enough, unknown is noticed."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.actions.fewshot import Calibration, FewShotHead
from kinesics.errors import NotFittedError, ShapeError, UsageError
from kinesics.types import Array

SIZE = 24


def kinds(count: int, each: int, seed: int = 0, spread: float = 0.35) -> tuple[Array, list[str]]:
    """Rows round `count` directions."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(0, 1, (count, SIZE))
    rows = np.repeat(middles, each, axis=0) + rng.normal(0, spread, (count * each, SIZE))
    return rows, [f"kind {i}" for i in range(count) for _ in range(each)]


def taught(rows: Array, labels: list[str], cohort: Array | None = None) -> FewShotHead:
    head = FewShotHead(cohort)
    for row, label in zip(rows, labels, strict=True):
        head.add(row, label)
    return head.fit()


def cohort(seed: int = 9) -> Array:
    rows = np.random.default_rng(seed).normal(0, 1, (100, SIZE))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@given(st.integers(0, 1000), st.permutations(range(8)), st.booleans())
@settings(max_examples=25, deadline=None)
def test_the_order_of_examples_does_not_matter(seed: int, order: list[int], known: bool) -> None:
    rows, labels = kinds(4, 2, seed)
    others = cohort() if known else None
    one, other = taught(rows, labels, others), taught(rows[order], [labels[i] for i in order], others)
    asked = np.random.default_rng(seed).normal(0, 1, (5, SIZE))
    assert one.classes_ == other.classes_
    assert np.array_equal(one.proba(asked), other.proba(asked))
    assert np.array_equal(one.unknown(asked), other.unknown(asked))


@given(st.integers(0, 1000), st.integers(0, 7))
@settings(max_examples=25, deadline=None)
def test_what_was_removed_was_never_there(seed: int, out: int) -> None:
    rows, labels = kinds(4, 2, seed)
    head = FewShotHead(cohort())
    numbers = [head.add(row, label) for row, label in zip(rows, labels, strict=True)]
    head.fit().remove(numbers[out])
    keep = [i for i in range(8) if i != out]
    never = taught(rows[keep], [labels[i] for i in keep], cohort())
    asked = np.random.default_rng(seed).normal(0, 1, (5, SIZE))
    assert np.array_equal(head.fit().proba(asked), never.proba(asked))


@given(st.integers(0, 1000), st.integers(1, 5), st.integers(1, 5))
@settings(max_examples=25, deadline=None)
def test_probabilities_leave_room_for_none_of_them(seed: int, count: int, each: int) -> None:
    rows, labels = kinds(count, each, seed)
    head = taught(rows, labels, cohort())
    proba = head.proba(rows)
    assert proba.shape == (count * each, count) and (proba >= 0).all()
    assert np.allclose(proba.sum(1) + head.unknown(rows), 1)
    assert np.allclose(head.proba(rows[0]), proba[0]) and head.unknown(rows[0]) == pytest.approx(head.unknown(rows)[0])


def test_new_rows_of_what_was_taught_are_told_apart() -> None:
    rows, labels = kinds(6, 8, 1)
    first = [i for i in range(48) if i % 8 < 2]
    head = taught(rows[first], [labels[i] for i in first], cohort())
    right = [head.classes_[j] == label for j, label in zip(head.proba(rows).argmax(1), labels, strict=True)]
    assert np.mean(right) > 0.95


@pytest.mark.parametrize("count", [1, 4])
def test_what_was_never_taught_seems_unknown(count: int) -> None:
    rows, labels = kinds(count, 6, 2)
    head = taught(rows[::2], labels[::2], cohort())
    strangers = np.random.default_rng(5).normal(0, 1, (40, SIZE))
    known, strange = np.asarray(head.unknown(rows[1::2])), np.asarray(head.unknown(strangers))
    assert (known[:, None] < strange[None]).mean() > 0.95


def test_why_names_the_nearest_example_its_distance_and_the_lead() -> None:
    rows, labels = kinds(3, 2, 3)
    head = taught(rows, labels)
    told = head.why(rows[3])
    assert told["example"] == 4 and told["label"] == "kind 1"
    assert told["distance"] == 0 and told["margin"] > 0.3
    assert taught(rows[:2], labels[:2]).why(rows[0])["margin"] is None


def test_a_class_with_many_examples_does_not_drown_one_with_few() -> None:
    rows, labels = kinds(2, 10, 4, spread=0.6)
    few = list(range(10)) + [10]
    head = taught(rows[few], [labels[i] for i in few])
    assert np.mean(head.scores(rows[11:]).argmax(1) == 1) > 0.8


def test_calibration_changes_how_sure_it_is_and_not_what_it_says() -> None:
    rows, labels = kinds(3, 2, 6)
    heads = []
    for sharp in (0.5, 3.0):
        head = FewShotHead(None, Calibration(sharp=(sharp, 0.0, 0.0)))
        for row, label in zip(rows, labels, strict=True):
            head.add(row, label)
        heads.append(head.fit())
    soft, hard = (head.proba(rows) / head.proba(rows).sum(1, keepdims=True) for head in heads)
    assert (soft.argmax(1) == hard.argmax(1)).all() and (soft.max(1) < hard.max(1)).all()


def test_adding_and_learning_takes_milliseconds() -> None:
    rows, labels = kinds(10, 10, 7)
    start = time.process_time()
    taught(rows, labels, cohort())
    assert time.process_time() - start < 0.5


def test_mistakes_are_named() -> None:
    head = FewShotHead()
    with pytest.raises(NotFittedError, match="has not learned yet"):
        head.proba(np.zeros(SIZE))
    with pytest.raises(ShapeError, match="finite numbers"):
        head.add(np.full(SIZE, np.nan), "x")
    head.add(np.ones(SIZE), "x")
    with pytest.raises(ShapeError, match=f"expected {SIZE} finite numbers"):
        head.add(np.ones(SIZE + 1), "x")
    with pytest.raises(UsageError, match="no example has the number 7; there are 1"):
        head.remove(7)
    head.remove(1)
    with pytest.raises(NotFittedError):
        head.fit().proba(np.ones(SIZE))
