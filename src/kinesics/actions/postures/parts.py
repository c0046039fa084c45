"""Which joints of a skeleton are the head, the hips, the knees …, told by their names."""

from __future__ import annotations

import functools
from typing import NamedTuple

from ...types import Skeleton
from ...types.sides import words

__all__ = ["Parts", "parts_of"]

Pair = tuple[int, int]  # left, right; -1 where the skeleton has none


class Parts(NamedTuple):
    """Indices of joints; several for one place are averaged, none means that the skeleton does not have it."""

    head: tuple[int, ...]
    neck: int
    pelvis: int
    shoulders: Pair
    elbows: Pair
    wrists: Pair
    hips: Pair
    knees: Pair
    ankles: Pair

    @property
    def missing(self) -> str:
        """What postures cannot do without and this skeleton lacks; empty if nothing."""
        lacks = []
        if self.neck < 0 and -1 in self.shoulders:
            lacks.append("shoulders")
        if self.pelvis < 0 and -1 in self.hips:
            lacks.append("hips")
        return " and ".join(lacks)


_HEAD = ({"nose"}, {"left", "eye"}, {"right", "eye"}, {"left", "ear"}, {"right", "ear"})
_NECK = ({"neck"}, {"shoulder", "center"}, {"shoulder", "centre"}, {"mid", "shoulder"}, {"thorax"})
_PELVIS = ({"hip", "center"}, {"hip", "centre"}, {"pelvis"}, {"mid", "hip"}, {"hips"}, {"spine", "base"})
_SIDED = {
    "shoulders": ("shoulder",), "elbows": ("elbow",), "wrists": ("wrist", "hand"), "hips": ("hip",), "knees": ("knee",),
    "ankles": ("ankle", "foot"),
}  # fmt: skip


@functools.lru_cache(maxsize=64)
def parts_of(skeleton: Skeleton) -> Parts:
    """Find the parts of a body by the names of its joints; a wrist may be called hand, an ankle foot."""
    names = [set(words(name)) for name in skeleton.joints]

    def first(*choices: set[str]) -> int:
        return next((names.index(choice) for choice in choices if choice in names), -1)

    head = tuple(names.index(name) for name in _HEAD if name in names) or tuple(
        i for i in [first({"head"}, {"face"}, {"head", "top"})] if i >= 0
    )
    sided = {
        part: (first(*({"left", word} for word in spelt)), first(*({"right", word} for word in spelt)))
        for part, spelt in _SIDED.items()
    }
    return Parts(head, first(*_NECK), first(*_PELVIS), **sided)
