"""Confusions: laws, a case counted by hand, and scikit-learn where it is installed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import ShapeError
from kinesics.metrics.confusion import confusion

LABELS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None)
@given(pairs=LABELS)
def test_counts_add_up_and_swapping_sides_transposes(pairs: list[tuple[str, str]]) -> None:
    truth, found = zip(*pairs, strict=True)
    counted, swapped = confusion(truth, found, "abcd"), confusion(found, truth, "abcd")
    assert counted.counts.sum() == len(pairs)
    assert np.array_equal(counted.counts.T, swapped.counts)
    assert counted.accuracy == pytest.approx(np.mean([t == f for t, f in pairs]))
    assert counted.macro_f1 == pytest.approx(swapped.macro_f1)


@settings(max_examples=40, deadline=None)
@given(pairs=LABELS, often=st.integers(2, 5))
def test_balanced_accuracy_does_not_care_how_often_a_class_comes(pairs: list[tuple[str, str]], often: int) -> None:
    more = [*pairs, *[pair for pair in pairs if pair[0] == "a"] * often]
    once, repeated = (confusion(*zip(*some, strict=True)) for some in (pairs, more))
    assert once.balanced_accuracy == pytest.approx(repeated.balanced_accuracy)


@settings(max_examples=40, deadline=None)
@given(pairs=LABELS)
def test_numbers_are_those_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    truth, found = zip(*pairs, strict=True)
    counted = confusion(truth, found)
    assert counted.macro_f1 == pytest.approx(metrics.f1_score(truth, found, average="macro", zero_division=0))
    recalls = metrics.recall_score(truth, found, average=None, labels=sorted(set(truth)), zero_division=0)
    assert counted.balanced_accuracy == pytest.approx(np.mean(recalls))


def test_worst_names_the_commonest_mistakes_first() -> None:
    counted = confusion("aaaabbc", "abbbbca")
    assert counted.worst() == [("a", "b", 3), ("b", "c", 1), ("c", "a", 1)]
    assert counted.worst(1) == [("a", "b", 3)]


def test_labels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="as many labels"):
        confusion("ab", "a")
    with pytest.raises(ShapeError, match="'z'"):
        confusion("ab", "az", "ab")


def test_nothing_gives_no_numbers() -> None:
    nothing = confusion([], [], ["a", "b"])
    assert np.isnan([nothing.accuracy, nothing.macro_f1, nothing.balanced_accuracy]).all()
