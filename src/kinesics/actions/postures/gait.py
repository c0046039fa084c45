"""Feet that pass each other: the steps of walking and running, also on the spot, towards the camera, or followed by it."""

from __future__ import annotations

import math
from collections import deque

from .figure import Figure, Point, apart
from .swings import Swings

__all__ = ["Gait"]

EVERY = 0.11  # seconds between the places that are compared: farther apart than the pose net's jitter, closer than steps
WINDOW = 0.7  # seconds: a step and a half of quick walking
SMOOTH = 0.06  # seconds of the low pass before
_STILL: Point = (0.0, 0.0, 0.0)


class Gait:
    """How one person's feet move against each other, left from right, so that squats and jumps with both do not count."""

    def __init__(self) -> None:
        self._steps = [Swings(least, 0.2, 0.95) for least in (0.10, 0.06, 0.10)]  # feet apart: x, y, z
        self._before: tuple[float, Point, Point] | None = None  # seconds, and both feet as seen from the hips
        self._ways: tuple[Point, Point] = _STILL, _STILL  # how each went on from one moment to the next
        self._apart: Point | None = None  # smoothed, in body lengths
        self._past: deque[tuple[float, Point]] = deque(maxlen=10)

    def update(self, figure: Figure, unit: float, time: float, found: dict[str, float]) -> None:
        """Take one more moment; adds measures in body lengths and seconds."""
        self._follow(figure, unit, time)
        half, rate = max((swing.row(time, 2.2) for swing in self._steps), key=lambda row: row[0])
        found["steps in a row"], found["steps a second"] = float(half), rate
        rows = [row for row in self._past if time - row[0] <= WINDOW]
        if len(rows) < 3 or rows[-1][0] - rows[0][0] < 0.3:
            return
        way = sum(apart(a[1], b[1]) for a, b in zip(rows, list(rows)[1:], strict=False))
        found["feet a second"] = way / (rows[-1][0] - rows[0][0])
        spans = [(max(row[1][i] for row in rows), -min(row[1][i] for row in rows)) for i in (0, 1, 2)]
        found["stride"] = max(min(span) for span in spans)
        found["foot lifted"] = min(spans[1])

    def _follow(self, figure: Figure, unit: float, time: float) -> None:
        left, right = figure.ankles
        hips = figure.hips
        if not left or not right or not hips:
            return
        a, b = self._told_apart(_way(hips, left), _way(hips, right), unit, time)
        between: Point = ((a[0] - b[0]) / unit, (a[1] - b[1]) / unit, (a[2] - b[2]) / unit)
        gap = time - self._before[0] if self._before else math.inf
        self._before = time, a, b
        if self._apart is None or gap > 0.5:
            self._apart = between
            self._past.clear()
        share = -math.expm1(-gap / SMOOTH)
        x, y, z = self._apart
        self._apart = (x + share * (between[0] - x), y + share * (between[1] - y), z + share * (between[2] - z))
        if not self._past or time - self._past[-1][0] >= EVERY - 0.02:
            self._past.append((time, self._apart))
        for swing, value in zip(self._steps[: 2 if figure.flat else 3], between, strict=False):
            swing.push(value, time)

    def _told_apart(self, a: Point, b: Point, unit: float, time: float) -> tuple[Point, Point]:
        """Left and right foot, though the pose net mixes them up now and then: each goes on as it went."""
        if not self._before or time - self._before[0] >= 0.35:
            self._ways = _STILL, _STILL
            return a, b
        p, q = (_onward(foot, way) for foot, way in zip(self._before[1:], self._ways, strict=True))
        same, crossed = apart(a, p) + apart(b, q), apart(a, q) + apart(b, p)
        if crossed < 0.6 * same and same > 0.04 * unit:
            a, b = b, a
        self._ways = _way(self._before[1], a), _way(self._before[2], b)
        return a, b


def _way(a: Point, b: Point) -> Point:
    return (b[0] - a[0], b[1] - a[1], b[2] - a[2])


def _onward(foot: Point, way: Point) -> Point:
    return (foot[0] + way[0], foot[1] + way[1], foot[2] + way[2])
