"""Left and right in the names of joints, however they are spelt."""

from __future__ import annotations

import re

__all__ = ["across", "mirror_pairs", "other_side", "words"]

_SIDES = {"left": "left", "l": "left", "lt": "left", "right": "right", "r": "right", "rt": "right"}
_OTHER = {"left": "right", "right": "left"}
_PARTS = frozenset(
    "ankle arm base chest clavicle collar ear elbow eye feet finger foot forearm hand head heel hip index knee leg pinky shin "
    "shldr shoulder thigh thumb toe toes upleg uparm upperarm upperleg lowerarm lowerleg wrist buttock collarbone".split()
)


def words(name: str) -> tuple[str, ...]:
    """A joint's name as lower-case words, sides spelt out.

    >>> words("LShoulder"), words("hand tip_R"), words("leftUpLeg"), words("rwrist")
    (('left', 'shoulder'), ('hand', 'tip', 'right'), ('left', 'up', 'leg'), ('right', 'wrist'))
    """
    found = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    spelt: list[str] = []
    for word in (part.lower() for part in found):
        spelt += _split(word)
    return tuple(_SIDES.get(word, word) for word in spelt)


def _split(word: str) -> list[str]:
    """Take apart what was written in one: leftknee, kneeleft, lknee."""
    for side in ("left", "right"):
        if word != side and word.startswith(side):
            return [side, word[len(side) :]]
        if word != side and word.endswith(side):
            return [word[: -len(side)], side]
    if word[0] in "lr" and word[1:] in _PARTS:
        return [word[0], word[1:]]
    return [word]


def other_side(name: tuple[str, ...]) -> tuple[str, ...]:
    """The words of the joint across: left and right change places; the same words where there is no side."""
    return tuple(_OTHER.get(word, word) for word in name)


def across(name: str) -> str:
    """A name spelt as ours are, with its sides exchanged: `left_arm_raise` for `right_arm_raise`; the same in the middle."""
    return "_".join(other_side(tuple(name.split("_"))))


def mirror_pairs(joints: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Pairs (left, right) of indices of joints whose names differ in the side alone."""
    spelt = [words(name) for name in joints]
    place = {name: index for index, name in enumerate(spelt)}
    if len(place) < len(spelt):  # names that say the same cannot be told apart
        place = {name: index for name, index in place.items() if spelt.count(name) == 1}
    return tuple(
        (index, place[other_side(name)])
        for name, index in place.items()
        if "left" in name and "right" not in name and other_side(name) in place
    )
