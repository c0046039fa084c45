"""Where two people's hands meet, both may have read the same one: it goes to the arm that ends in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from .hands import Hand
from .parts import Known

__all__ = ["each_hand_once"]


def each_hand_once(people: Sequence[Known | None]) -> list[Known | None]:
    """The same people; of a hand that several have, only the one whose wrist is nearest to it keeps it.

    Args:
        people: of one picture; None for somebody of whom nothing is known.
    """
    held = [
        (row, side, hand)
        for row, known in enumerate(people)
        if known is not None
        for side in ("left", "right")
        if (hand := getattr(known.parts, side)) is not None
    ]
    result = list(people)
    for one, other in combinations(held, 2):
        if one[0] != other[0] and one[2].same(other[2]):
            row, side, _ = other if _gap(one[2]) <= _gap(other[2]) else one
            if (loser := result[row]) is not None:
                less = replace(loser.parts, left=None) if side == "left" else replace(loser.parts, right=None)
                result[row] = replace(loser, parts=less)
    return result


def _gap(hand: Hand) -> float:
    """Pixels from the arm's wrist to the hand's."""
    return float(np.linalg.norm(hand.points[0] - hand.wrist))
