"""Where to look again in a picture, after what the looks so far have seen.

The net places joints best where a person is about 100 pixels large on its canvas, and finds six people at most. So the next
look is scaled for the people the first one found, and where all six places were taken the picture is looked at in parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..types import Array
from .merge import side
from .movenet import Look, Seen, fit_canvas

__all__ = ["Policy", "parts", "second", "third"]

SURE = 0.1  # finds below this do not count
PERSON = 100.0  # side on the canvas, pixels, that the middle person shall have
CLOSER = 1.3  # scale of a third look over that of the second


@dataclass(frozen=True)
class Policy:
    """How much a tier looks.

    Attributes:
        first: longer side of the canvas of the first look at the whole picture.
        highest: the same of the second look at most; 0 for none.
        lowest: the same at least: it also searches for people too small for the first.
        only_below: look again only if the middle person's side in the first look is below this many canvas pixels, or the net
            had no place for more; infinity for always.
        pixels: canvas pixels of the second look, at most.
        closer: look closer, in parts, wherever the second look was full as well.
    """

    first: int
    highest: int = 0
    lowest: int = 384
    only_below: float = float("inf")
    pixels: float = float("inf")
    closer: bool = False


def second(policy: Policy, seen: Seen, size: tuple[int, int]) -> list[Look]:
    """The looks that follow the first look at a picture of `size` (width, height)."""
    if not policy.highest:
        return []
    longest = max(size)
    sides = side(seen.boxes[seen.score >= SURE])
    if not len(sides):
        none = policy.only_below < float("inf")
        return [] if none else [_mirrored((0, 0, *size), policy.lowest / longest)]
    middle = float(np.median(sides))
    if middle * seen.scale >= policy.only_below and not seen.full:
        return []
    most = min(policy.highest / longest, float(np.sqrt(policy.pixels / np.prod(size))))
    scale = min(max(PERSON / middle, policy.lowest / longest), most)
    boxes = parts((0, 0, *size), _largest(seen)) if seen.full else [(0.0, 0.0, float(size[0]), float(size[1]))]
    return [_mirrored(box, scale) for box in boxes]


def third(seen: Sequence[Seen]) -> list[Look]:
    """The looks that follow: closer at both parts of each later look that was full."""
    return [
        Look(box, fit_canvas(box[2] - box[0], box[3] - box[1], CLOSER * look.scale))
        for look in seen[1:]
        if look.full
        for box in parts(look.box, _largest(look))
    ]


def _mirrored(box: tuple[float, float, float, float], scale: float) -> Look:
    return Look(box, fit_canvas(box[2] - box[0], box[3] - box[1], scale), mirrored=True)


def _largest(seen: Seen) -> float:
    """Longer side of the middle person, picture pixels."""
    boxes: Array = seen.boxes
    return float(np.median((boxes[:, 2:] - boxes[:, :2]).max(axis=1)))


def parts(box: tuple[float, float, float, float], person: float) -> list[tuple[float, float, float, float]]:
    """Two halves of a box along its longer side, which overlap by one and a half persons, so that somebody is whole in one."""
    x1, y1, x2, y2 = (float(v) for v in box)
    if x2 - x1 >= y2 - y1:
        over, middle = min(1.5 * person, (x2 - x1) / 2) / 2, (x1 + x2) / 2
        return [(x1, y1, middle + over, y2), (middle - over, y1, x2, y2)]
    over, middle = min(1.5 * person, (y2 - y1) / 2) / 2, (y1 + y2) / 2
    return [(x1, y1, x2, middle + over), (x1, middle - over, x2, y2)]
