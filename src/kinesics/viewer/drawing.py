"""Draws a person in a pose, tier by tier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .composing import mixed, over, warped
from .person import Person
from .retrieval import Choice, Retrieval
from .warping import flow_field

__all__ = ["Artist", "Brief"]


@dataclass(frozen=True, eq=False)
class Brief:
    """What is to be drawn: a pose (133, 2) with scores (133,), and the keyframes chosen for it."""

    points: Array
    scores: Array
    choice: Choice


class Artist:
    """Draws a person.

    `begin` is called pose after pose, in order; `draw` may then be called from several threads at once.

    Args:
        person: whom.
        threads: how many one net may use; pictures side by side in threads of their own are faster than one in many.

    Attributes:
        tiers: names of what can be drawn, coarse to fine; each is a whole picture.
    """

    def __init__(self, person: Person, *, threads: int = 1) -> None:
        self.person, self.threads = person, threads
        self.retrieval = Retrieval(person.points, person.scores)
        self.tiers: tuple[str, ...] = ("t0",)

    def reset(self) -> None:
        """Forget the poses before: what comes is another clip."""
        self.retrieval.reset()

    def begin(self, points: Array, scores: Array, *, allowed: Array | None = None) -> Brief:
        """Choose the keyframes for a pose: (133, 2) canvas pixels, (133,) scores; only `allowed` (n,) ones if given."""
        points, scores = np.asarray(points, np.float32), np.asarray(scores, np.float32)
        return Brief(points, scores, self.retrieval.choose(points, scores, allowed))

    def draw(self, brief: Brief, tier: int = -1) -> Array:
        """The person as (512, 512, 4) uint8, colour premultiplied by alpha.

        Args:
            brief: from `begin`.
            tier: index into `tiers`; the highest by default.
        """
        return self._warped(brief)

    def _warped(self, brief: Brief) -> Array:
        person, choice = self.person, brief.choice
        fields = [
            flow_field(brief.points, brief.scores, person.points[key], person.scores[key], choice.prefer)
            for key in dict.fromkeys((choice.first, choice.second))
        ]
        first = warped(person.keyframe(choice.first), fields[0][..., :2])
        if choice.second == choice.first:
            return first
        return mixed(first, warped(person.keyframe(choice.second), fields[1][..., :2]), fields[0][..., 2])

    over = staticmethod(over)
