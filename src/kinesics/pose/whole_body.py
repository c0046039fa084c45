"""From 17 joints to 133: each person's face and hands, read where head and arms are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import UsageError
from ..types import Array, Frame, People, skeleton
from .centimetre import SURE, centimetre
from .face_points import Face, FaceReader, Head
from .hands import Arm, Hand, HandReader

__all__ = ["WholeBody"]

FACE, LEFT, RIGHT = 23, 91, 112  # where the parts begin


@dataclass(frozen=True)
class _Memory:
    """What the picture before showed of a person."""

    left: Hand | None
    right: Hand | None
    face: Face | None


class WholeBody:
    """Hands and faces of people whose 17 joints are known.

    People with an id are looked for where they were in the picture before; pictures of one video go in in their order, and
    `reset()` stands between videos.

    Args:
        threads: how many threads a net may use.

    Raises:
        WeightsError: a net is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads
        self._hands, self._faces = HandReader(threads), FaceReader(threads)
        self._memory: dict[int, _Memory] = {}

    def reset(self) -> None:
        """Forget what was seen."""
        self._memory = {}

    def __call__(self, image: Array | Frame, people: People) -> People:
        """The same people, rows and ids with 133 joints.

        Args:
            image: (h, w, 3) uint8 RGB, or a video frame; it is not changed.
            people: of `coco17`.

        Returns:
            people of `wholebody133`; feet, and hands and faces that are not seen, are missing.

        Raises:
            UsageError: people of another skeleton.
        """
        if people.skeleton.name != "coco17":
            raise UsageError(f"a whole body is built on people of coco17, these are of {people.skeleton.name}")
        picture = image.image if isinstance(image, Frame) else image
        whole = skeleton("wholebody133")
        points = np.full((len(people), len(whole), 2), np.nan)
        scores = np.zeros((len(people), len(whole)))
        points[:, :17], scores[:, :17] = people.points[..., :2], people.point_scores
        seen: dict[int, _Memory] = {}
        for row, who in enumerate(people.ids.tolist()):
            found = self._read(picture, points[row, :17], scores[row, :17], self._memory.get(who))
            for start, part in ((LEFT, found.left), (RIGHT, found.right), (FACE, found.face)):
                if part is not None:
                    points[row, start : start + len(part.points)] = part.points
                    scores[row, start : start + len(part.points)] = part.scores
            if who >= 0:
                seen[who] = found
        self._memory = seen
        return People(people.boxes, people.score, points, scores, whole, people.ids, None, people.masks)

    def _read(self, image: Array, points: Array, scores: Array, before: _Memory | None) -> _Memory:
        before = before or _Memory(None, None, None)
        unit = centimetre(points, scores)
        if unit == 0:
            return _Memory(None, None, None)
        points = np.where((scores > SURE)[:, None], points, np.nan)
        left, right = self._both(image, [Arm(points[9], points[7], unit), Arm(points[10], points[8], unit)], before)
        return _Memory(left, right, self._faces.read(image, Head(points[:5], unit), before.face))

    def _both(self, image: Array, arms: list[Arm], before: _Memory) -> tuple[Hand | None, Hand | None]:
        """Hands of the left and the right arm; where both claim one hand, the arm that it fits less looks for another."""
        known = [np.isfinite(arm.wrist).all() for arm in arms]
        old = (before.left, before.right)
        found = [self._hands.read(image, arm, was) if there else None for arm, was, there in zip(arms, old, known, strict=True)]
        left, right = found
        if left is not None and right is not None and _claimed_twice(left, right):
            loser = 1 if _cost(left, arms[0], 0) <= _cost(right, arms[1], 1) else 0
            found[loser] = self._hands.read(image, arms[loser], old[loser], found[1 - loser])
        return found[0], found[1]


def _claimed_twice(left: Hand, right: Hand) -> bool:
    return left.same(right) or left.nearer(right.wrist) or right.nearer(left.wrist)


def _cost(hand: Hand, arm: Arm, side: int) -> float:
    """How badly a hand fits an arm; side 0 is left, 1 right."""
    return hand.gap(arm) / 10 - hand.score + 0.5 * abs(hand.right - side)
