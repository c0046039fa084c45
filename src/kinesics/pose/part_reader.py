"""Hands and face of one person: all of them in every picture, or in turn where time is short."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from ..types import Array
from .centimetre import SURE, centimetre
from .face_points import FaceReader, Head
from .hand_squares import Arm
from .hands import WHOLE, Hand, HandReader
from .parts import NOTHING, Known, Parts, Wait

__all__ = ["PartReader"]

FADE = 0.97  # what scores of a part that is not looked at in a picture are taken times
DOUBT = 0.5  # mean score of a followed hand below which, as after a look in vain, it is looked for anew along the arm
CALM = 0.03  # change of a hand's shape between two looks, in sizes of it, below which it is at rest …
REST = 3  # … and so many pictures may pass without a look
MISSES = 3  # looks in vain after which a followed hand is lost
FACES = 3  # of so many pictures one looks at a followed face
HANDS = ((80.0, 0), (56.0, 1))  # pixels of a whole hand from which so many pictures pass without a look at either hand …
TINY = 2  # … and of a smaller one: less than a quarter of what the net takes, which shows little but where it is
PAUSES = (0, 1, 1, 4, 4, 6, 8)  # pictures to the next look for a part, by how often it was looked for in vain


class PartReader:
    """Reads hands and faces where the 17 joints have wrists and heads.

    Args:
        threads: how many the nets may use.
        parts: of "hands" and "face".
    """

    def __init__(self, threads: int, parts: Collection[str]) -> None:
        self._hands = HandReader(threads) if "hands" in parts else None
        self._faces = FaceReader(threads) if "face" in parts else None

    def read(self, image: Array, points: Array, scores: Array, before: Parts) -> Parts:
        """Everything that is to be seen.

        Args:
            image: (h, w, 3) uint8 RGB.
            points: (17, 2) pixels of the person.
            scores: (17,).
            before: what the picture before showed.
        """
        unit = centimetre(points, scores)
        if unit == 0:
            return NOTHING
        points = np.where((scores > SURE)[:, None], points, np.nan)
        left, right = (None, None) if self._hands is None else self._both(self._hands, image, _arms(points, unit), before)
        face = None if self._faces is None else self._faces.read(image, Head(points[:5], unit), before.face)
        return Parts(None, left, right, face)

    def read_next(
        self, image: Array, points: Array, scores: Array, before: Known, *, no_hands: bool = False
    ) -> tuple[Parts, Wait]:
        """One hand, and the face now and then; what is not looked at goes along with its wrist or the nose.

        The hand that waits longest is looked at; one that is not found is looked for less and less often, so that it costs
        little, and the other hand has its turns meanwhile. A hand that keeps its shape is looked at in every fourth picture;
        small hands show little, and one of them is looked at in every second or third. With `no_hands` none is in this picture.
        """
        unit = centimetre(points, scores)
        wait = replace(before.wait, age=tuple(age + 1 for age in before.wait.age))
        if unit == 0:
            return NOTHING, Wait()
        points = np.where((scores > SURE)[:, None], points, np.nan)
        hands: list[Hand | None] = [None, None]
        if self._hands is not None:
            old = (before.parts.left, before.parts.right)
            hands, wait = self._one(self._hands, image, _arms(points, unit), old, wait, no_hands)
        later = 2 * (min(wait.age[:2]) == 0)  # rather in a picture without a look at a hand
        face = before.parts.face
        if self._faces is not None:
            head = Head(points[:5], unit)
            if face is None and wait.age[2] > PAUSES[min(wait.misses[2], len(PAUSES) - 1)]:
                face = self._faces.read(image, head)
                wait = _after(wait, 2, face is not None)
            elif face is not None and wait.age[2] >= FACES + later:
                face = self._faces.follow(image, head, face)
                wait = _after(wait, 2, face is not None)
            elif face is not None:
                shift = head.joints[0] - face.nose
                face = face.moved(shift, FADE) if np.isfinite(shift).all() else None
        return Parts(None, hands[0], hands[1], face), wait

    def _one(
        self, reader: HandReader, image: Array, arms: list[Arm], old: tuple[Hand | None, Hand | None], wait: Wait, none: bool
    ) -> tuple[list[Hand | None], Wait]:
        """Look at one hand, the other goes along."""
        known = [bool(np.isfinite(arm.wrist).all()) for arm in arms]
        hands = [
            hand.moved(arm.wrist - hand.wrist, FADE) if there and hand is not None else None
            for arm, hand, there in zip(arms, old, known, strict=True)
        ]
        due = [side for side in (0, 1) if known[side] and _is_due(hands[side], wait, side)]
        pause = next((least for size, least in HANDS if arms[0].unit * WHOLE >= size), TINY)
        if none or not due or min(wait.age[:2]) <= pause:
            return hands, wait
        side = max(due, key=lambda one: wait.age[one])
        was, mine, other, tried = old[side], hands[side], hands[1 - side], wait.misses[side]
        if was is not None and was.score >= DOUBT and not tried:
            seen = reader.follow(image, arms[side], was)
        else:
            seen = reader.seek(image, arms[side], tried, other)
        if seen is not None and other is not None and _claimed_twice(seen, other):
            seen = None
        kept = seen is None and mine is not None and tried + 1 < MISSES
        hands[side] = replace(mine, scores=0.7 * mine.scores) if kept and mine is not None else seen
        calm = seen is not None and was is not None and seen.changed(was) < CALM
        return hands, _after(wait, side, seen is not None, calm)

    def _both(self, reader: HandReader, image: Array, arms: list[Arm], before: Parts) -> tuple[Hand | None, Hand | None]:
        """Hands of the left and the right arm; where both claim one hand, the arm that it fits less looks for another."""
        known = [np.isfinite(arm.wrist).all() for arm in arms]
        old = (before.left, before.right)
        found = [reader.read(image, arm, was) if there else None for arm, was, there in zip(arms, old, known, strict=True)]
        left, right = found
        if left is not None and right is not None and _claimed_twice(left, right):
            loser = 1 if _cost(left, arms[0], 0) <= _cost(right, arms[1], 1) else 0
            found[loser] = reader.read(image, arms[loser], old[loser], found[1 - loser])
        return found[0], found[1]


def _arms(points: Array, unit: float) -> list[Arm]:
    return [Arm(points[9], points[7], unit), Arm(points[10], points[8], unit)]


def _is_due(hand: Hand | None, wait: Wait, side: int) -> bool:
    if hand is not None:
        return wait.age[side] > (REST if wait.calm[side] else 0)
    return wait.age[side] > PAUSES[min(wait.misses[side], len(PAUSES) - 1)]


def _after(wait: Wait, part: int, found: bool, is_calm: bool = False) -> Wait:
    """After a look at a part."""
    age, misses, calm = list(wait.age), list(wait.misses), list(wait.calm)
    age[part], misses[part], calm[part] = 0, 0 if found else misses[part] + 1, is_calm
    return replace(wait, age=tuple(age), misses=tuple(misses), calm=tuple(calm))


def _claimed_twice(left: Hand, right: Hand) -> bool:
    return left.same(right) or left.nearer(right.wrist) or right.nearer(left.wrist)


def _cost(hand: Hand, arm: Arm, side: int) -> float:
    """How badly a hand fits an arm; side 0 is left, 1 right."""
    return hand.gap(arm) / 10 - hand.score + 0.5 * abs(hand.right - side)
