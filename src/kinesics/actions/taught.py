"""An embedding and a head that knows examples, as one model that can be asked live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..types import Array, PoseSequence, Skeleton

__all__ = ["Taught", "TaughtStepper"]


class Taught:
    """What `LiveActions` needs to know of a teacher at one moment: a snapshot that stays as it is when teaching goes on.

    Attributes:
        classes_: labels.
        skeleton_: joints that the embedding reads.
        durations_: (c, 2) median and spread of the examples' seconds.
        unknown_: probability from which something is named.
        rejects_: what is missing to 1 in its answers is the probability of none of them.
    """

    def __init__(self, embedding: Any, head: Any, skeleton: Skeleton, durations: Array, unknown: float) -> None:
        self.embedding, self.head, self.skeleton_ = embedding, head, skeleton
        self.classes_: tuple[str, ...] = tuple(head.classes_)
        self.durations_, self.unknown_, self.rejects_ = durations, unknown, True

    def stepper(self) -> TaughtStepper:
        """One person over time."""
        return TaughtStepper(self.embedding.stepper(), self.head)

    def predict_proba(self, clips: Sequence[PoseSequence]) -> Array:
        """(n, c): what is missing to 1 in a row is the probability that it is none of the classes."""
        rows = [self.head.proba(row) for row in self.embedding.embed(list(clips))]
        return np.array(rows).reshape(len(clips), len(self.classes_))


class TaughtStepper:
    """One person: the embedding's stepper, and the head's answer to what it says."""

    def __init__(self, steps: Any, head: Any) -> None:
        self._steps, self._head = steps, head
        self.push, self.embed = steps.push, steps.embed

    def proba(self, since: float | None = None) -> Array:
        """(c,) of what was done from `since` to now; what is missing to 1 is none of the classes."""
        return np.asarray(self._head.proba(self._steps.embed(since)))
