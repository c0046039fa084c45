"""An embedding and a head that knows examples, as one model that can be asked live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..types import Array, PoseSequence, Skeleton
from .embeddings import head_of
from .habits import ranges
from .shelf import Shown

__all__ = ["Taught", "TaughtStepper", "learn"]

GRACE = 1.5


def learn(used: Any, shown: Sequence[Shown], known: float) -> Taught:
    """What examples teach.

    Args:
        used: the embedding.
        shown: at least one example.
        known: probability from which something is named.
    """
    head = head_of(used, shown)
    examples = [one.example for one in shown]
    seconds = {label: [e.end - e.start for e in examples if e.label == label] for label in head.classes_}
    lasts = [(float(np.median(s)), max(float(np.std(s)), 0.25 * float(np.median(s)))) for s in seconds.values()]
    labels = [head.classes_.index(example.label) for example in examples]
    habits = ranges([one.ways for one in shown], labels, len(head.classes_))
    numbers = tuple(example.id for example in examples)
    return Taught(used, head, used.skeleton_, np.array(lasts), known, habits=habits, numbers=numbers)


class Taught:
    """What `LiveActions` needs to know of a teacher at one moment: a snapshot that stays as it is when teaching goes on.

    Attributes:
        classes_: labels.
        skeleton_: joints that the embedding reads.
        durations_: (c, 2) median and spread of the examples' seconds.
        unknown_: probability from which something is named.
        rejects_: what is missing to 1 in its answers is the probability of none of them.
        habits_, grace_: how people move in the examples, see `habits.py`, and how much wider that is taken: a few examples do
            not show all ways to do it.
        numbers: of the examples, in the order in which the head was given them.
    """

    def __init__(
        self,
        embedding: Any,
        head: Any,
        skeleton: Skeleton,
        durations: Array,
        unknown: float,
        *,
        habits: Array,
        numbers: tuple[int, ...],
    ) -> None:
        self.embedding, self.head, self.skeleton_, self.numbers = embedding, head, skeleton, numbers
        self.habits_, self.grace_ = habits, GRACE
        self.classes_: tuple[str, ...] = tuple(head.classes_)
        self.durations_, self.unknown_, self.rejects_ = durations, unknown, True

    def stepper(self) -> TaughtStepper:
        """One person over time."""
        return TaughtStepper(self)

    def nearest(self, row: Array) -> dict[str, Any]:
        """The nearest example to an embedding (e,): its number, its label, and how far it is, in the head's unit."""
        found = self.head.why(row)
        return {"example": self.numbers[found["example"] - 1], "label": found["label"], "distance": found["distance"]}

    def predict_proba(self, clips: Sequence[PoseSequence]) -> Array:
        """(n, c): what is missing to 1 in a row is the probability that it is none of the classes."""
        rows = [self.head.proba(row) for row in self.embedding.embed(list(clips))]
        return np.array(rows).reshape(len(clips), len(self.classes_))


class TaughtStepper:
    """One person: the embedding's stepper, and the head's answer to what it says."""

    def __init__(self, taught: Taught) -> None:
        self._taught, steps = taught, taught.embedding.stepper()
        self.push, self.embed = steps.push, steps.embed

    def proba(self, since: float | None = None) -> Array:
        """(c,) of what was done from `since` to now; what is missing to 1 is none of the classes."""
        return np.asarray(self._taught.head.proba(self.embed(since)))

    def why(self, since: float | None = None) -> dict[str, Any]:
        """What stands behind the answer: the nearest example."""
        return {"nearest": self._taught.nearest(self.embed(since))}
