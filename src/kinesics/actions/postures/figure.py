"""One person in one moment: the joints that matter, in plain numbers (tuples are faster than arrays for so few)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .parts import Pair, Parts

__all__ = ["Completed", "Figure", "Point", "apart", "level", "read_figure"]

Point = tuple[float, float, float]  # x right, y down, z away (0 in pictures)
Two = tuple[Point | None, Point | None]  # left, right

HELD = 0.3  # seconds for which a shoulder or hip that is lost stands where it stood from the other
SURE = 0.2  # score from which a joint is believed; MoveNet's own examples draw joints from 0.2 to 0.3 on


@dataclass(slots=True)
class Figure:
    """Joints of one person; None where not seen. `flat`: z is not known."""

    head: Point | None
    neck: Point | None
    hips: Point | None
    shoulders: Two
    elbows: Two
    wrists: Two
    hip: Two
    knees: Two
    ankles: Two
    flat: bool


def apart(a: Point, b: Point) -> float:
    """How far apart two joints are."""
    return math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2)


def level(a: Point, b: Point) -> float:
    """How far apart they are on the level."""
    return math.hypot(a[0] - b[0], a[2] - b[2])


def _middle(points: Sequence[Point]) -> Point:
    n = len(points)
    return (sum(p[0] for p in points) / n, sum(p[1] for p in points) / n, sum(p[2] for p in points) / n)


def read_figure(points: Sequence[Sequence[float]], scores: Sequence[float], parts: Parts, flat: bool) -> Figure:
    """The joints of one row of people.

    Args:
        points: k rows of 2 or 3 numbers.
        scores: k numbers, 0 to 1.
        parts: of this skeleton.
        flat: leave out the third coordinate.
    """

    def one(index: int) -> Point | None:
        if index < 0 or not scores[index] >= SURE:
            return None
        at = points[index]
        z = 0.0 if flat else at[2]
        return (at[0], at[1], z) if math.isfinite(at[0] + at[1] + z) else None

    def two(pair: Pair) -> Two:
        return one(pair[0]), one(pair[1])

    shoulders, hip = two(parts.shoulders), two(parts.hips)
    head = [p for p in map(one, parts.head) if p]
    return Figure(
        head=_middle(head) if head else None,
        neck=_between(shoulders) or one(parts.neck),
        hips=_between(hip) or one(parts.pelvis),
        shoulders=shoulders,
        elbows=two(parts.elbows),
        wrists=two(parts.wrists),
        hip=hip,
        knees=two(parts.knees),
        ankles=two(parts.ankles),
        flat=flat,
    )


def _between(pair: Two) -> Point | None:
    a, b = pair
    return _middle((a, b)) if a and b else a or b


class Completed:
    """Shoulders and hips of one person, where one of a pair is lost for a moment: half a trunk has another middle."""

    __slots__ = ("_apart",)

    def __init__(self) -> None:
        self._apart: dict[str, tuple[float, Point]] = {}  # seconds, from the left one to the right one

    def update(self, figure: Figure, time: float) -> None:
        """Put what is missing into the figure of a moment."""
        figure.shoulders = self._pair("shoulders", figure.shoulders, time)
        figure.hip = self._pair("hip", figure.hip, time)
        figure.neck = _between(figure.shoulders) or figure.neck
        figure.hips = _between(figure.hip) or figure.hips

    def _pair(self, name: str, pair: Two, time: float) -> Two:
        left, right = pair
        known = self._apart.get(name)
        if left and right:
            self._apart[name] = time, (right[0] - left[0], right[1] - left[1], right[2] - left[2])
        elif known and time - known[0] <= HELD:
            x, y, z = known[1]
            if left:
                return left, (left[0] + x, left[1] + y, left[2] + z)
            if right:
                return (right[0] - x, right[1] - y, right[2] - z), right
        return pair
