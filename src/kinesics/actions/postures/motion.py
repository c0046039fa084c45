"""What the last second says: travel, steps, falls, how steady the hips are. Bounded memory, the same work each frame."""

from __future__ import annotations

import math
from collections import deque

from .figure import Figure, Point, apart
from .stature import Stature
from .swings import Swings

__all__ = ["Motion"]

EVERY = 0.028  # seconds between kept moments, so that memory does not grow with the frame rate
MEMORY = 1.1  # seconds
WINDOW = 0.65  # seconds over which speed is a straight line through the moments (least squares)
LEAST = 0.3  # seconds without which no speed is told

_STILL: Point = (0.0, 0.0, 0.0)

Sample = tuple[float, ...]  # seconds, hips x y z, feet x y z, heights of head and hips, how far one ankle is above the other


class Motion:
    """One person's last second."""

    def __init__(self) -> None:
        self._past: deque[Sample] = deque(maxlen=int(MEMORY / EVERY) + 2)
        self._steps = [Swings(least, 0.2, 0.95) for least in (0.10, 0.06, 0.10)]  # feet apart: x, y, z
        self._before: tuple[float, Point, Point] | None = None  # seconds, and both feet as seen from the hips
        self._ways: tuple[Point, Point] = _STILL, _STILL  # how each went on from one moment to the next
        self._ground = math.nan

    def update(self, figure: Figure, stature: Stature, time: float) -> dict[str, float]:
        """Take one more moment; measures in body lengths and seconds."""
        found: dict[str, float] = {}
        unit = stature.height
        if not unit or not figure.hips:
            return found
        self._stepped(figure, unit, time)
        self._remember(figure, figure.hips, time)
        self._speeds(unit, time, found)
        self._fell(unit, time, found)
        half, rate = max((swing.row(time, 2.2) for swing in self._steps), key=lambda row: row[0])
        found["steps in a row"], found["steps a second"] = float(half), rate
        return found

    def _remember(self, figure: Figure, hips: Point, time: float) -> None:
        ankles = [p for p in figure.ankles if p]
        if len(ankles) == 2:
            a, b = ankles
            feet = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2, abs(a[1] - b[1]))
        else:
            feet = (math.nan, math.nan, math.nan, 0.0)
        if ankles:
            self._ground = max(p[1] for p in ankles)
        head = (figure.head or figure.neck or hips)[1]
        sample = (time, *hips, *feet[:3], self._ground - head, self._ground - hips[1], feet[3])
        if self._past and time - self._past[-1][0] < EVERY * 0.75:
            return
        self._past.append(sample)
        while self._past and time - self._past[0][0] > MEMORY:
            self._past.popleft()

    def _speeds(self, unit: float, time: float, found: dict[str, float]) -> None:
        """Travel: what hips and feet do alike, so that neither kicks nor bows count; and how fast the hips rise or sink."""
        rows = [row for row in self._past if time - row[0] <= WINDOW]
        if len(rows) < 3 or rows[-1][0] - rows[0][0] < LEAST:
            return
        found["hips up or down a second"] = abs(_slope(rows, 2)) / unit
        feet = [row for row in rows if row[4] == row[4]]
        if len(feet) < 3 or feet[-1][0] - feet[0][0] < LEAST:
            return
        way = [_alike(_slope(rows, i), _slope(feet, i + 3)) for i in (1, 2, 3)]
        found["foot lifted"] = sorted(row[9] for row in rows)[-2] / unit  # the last but one, against a joint that jumps
        found["travel a second"] = math.sqrt(way[0] ** 2 + way[1] ** 2 + way[2] ** 2) / unit

    def _fell(self, unit: float, time: float, found: dict[str, float]) -> None:
        now = self._past[-1]
        if now[7] != now[7]:
            return
        rows = [row for row in self._past if time - row[0] <= 1.0 and row[7] == row[7]]
        found["head height"] = now[7] / unit
        found["head was"] = max(row[7] for row in rows) / unit
        found["head fell"] = found["head was"] - found["head height"]
        found["hips fell"] = (max(row[8] for row in rows) - now[8]) / unit

    def _stepped(self, figure: Figure, unit: float, time: float) -> None:
        """Follow how far the feet are apart, and undo the pose net's mixing up of left and right."""
        left, right = figure.ankles
        hips = figure.hips
        if not left or not right or not hips:
            return
        a: Point = (left[0] - hips[0], left[1] - hips[1], left[2] - hips[2])
        b: Point = (right[0] - hips[0], right[1] - hips[1], right[2] - hips[2])
        if self._before and time - self._before[0] < 0.35:
            p, q = (_onward(foot, way) for foot, way in zip(self._before[1:], self._ways, strict=True))
            same, crossed = apart(a, p) + apart(b, q), apart(a, q) + apart(b, p)
            if crossed < 0.6 * same and same > 0.04 * unit:
                a, b = b, a
            self._ways = _way(self._before[1], a), _way(self._before[2], b)
        else:
            self._ways = _STILL, _STILL
        self._before = time, a, b
        for swing, i in zip(self._steps, (0, 1, 2), strict=True):
            if i < 2 or not figure.flat:
                swing.push((a[i] - b[i]) / unit, time)


def _way(a: Point, b: Point) -> Point:
    return (b[0] - a[0], b[1] - a[1], b[2] - a[2])


def _onward(foot: Point, way: Point) -> Point:
    return (foot[0] + way[0], foot[1] + way[1], foot[2] + way[2])


def _slope(rows: list[Sample], i: int) -> float:
    n = len(rows)
    t = sum(row[0] for row in rows) / n
    x = sum(row[i] for row in rows) / n
    return sum((row[0] - t) * (row[i] - x) for row in rows) / sum((row[0] - t) ** 2 for row in rows)


def _alike(a: float, b: float) -> float:
    """The smaller of two speeds of one sign, else 0."""
    return 0.0 if a * b <= 0 else math.copysign(min(abs(a), abs(b)), a)
