"""What the last second says: travel, falls, how steady the hips are. Bounded memory, the same work each frame."""

from __future__ import annotations

import math
from collections import deque

from .figure import Figure, Point
from .gait import Gait
from .stature import Stature

__all__ = ["Motion"]

EVERY = 0.028  # seconds between kept moments, so that memory does not grow with the frame rate
MEMORY = 1.1  # seconds
WINDOW = 0.65  # seconds over which speed is a straight line through the moments (least squares)
NEARER = 0.6  # seconds without which no change of size is told
LEAST = 0.3  # seconds without which no speed is told

Sample = tuple[float, ...]  # seconds, hips x y z, feet x y z, heights of head and hips, logarithm of the size


class Motion:
    """One person's last second."""

    def __init__(self) -> None:
        self._past: deque[Sample] = deque(maxlen=int(MEMORY / EVERY) + 2)
        self._gait = Gait()
        self._ground = math.nan

    def update(self, figure: Figure, stature: Stature, time: float) -> dict[str, float]:
        """Take one more moment; measures in body lengths and seconds."""
        found: dict[str, float] = {}
        unit = stature.height
        if not unit or not figure.hips:
            return found
        self._remember(figure, figure.hips, unit, time)
        self._speeds(unit, figure.flat, time, found)
        self._fell(unit, time, found)
        self._gait.update(figure, unit, time, found)
        return found

    def _remember(self, figure: Figure, hips: Point, unit: float, time: float) -> None:
        ankles = [p for p in figure.ankles if p]
        if len(ankles) == 2:
            a, b = ankles
            feet = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2)
        else:
            feet = (math.nan, math.nan, math.nan)
        if ankles:
            self._ground = max(p[1] for p in ankles)
        head = (figure.head or figure.neck or hips)[1]
        sample = (time, *hips, *feet, self._ground - head, self._ground - hips[1], math.log(unit))
        if self._past and time - self._past[-1][0] < EVERY * 0.75:
            return
        self._past.append(sample)
        while self._past and time - self._past[0][0] > MEMORY:
            self._past.popleft()

    def _speeds(self, unit: float, flat: bool, time: float, found: dict[str, float]) -> None:
        """Travel: what hips and feet do alike, so that neither kicks nor bows count; and how fast the hips rise or sink."""
        rows = [row for row in self._past if time - row[0] <= WINDOW]
        if len(rows) < 3 or rows[-1][0] - rows[0][0] < LEAST:
            return
        self._nearer(time, found)
        weights = _weights(rows)
        found["hips up or down a second"] = abs(_slope(rows, weights, 2)) / unit
        feet = [row for row in rows if row[4] == row[4]]
        if len(feet) < 3 or feet[-1][0] - feet[0][0] < LEAST:
            return
        others = weights if len(feet) == len(rows) else _weights(feet)
        way = [0.0 if flat and i == 3 else _alike(_slope(rows, weights, i), _slope(feet, others, i + 3)) for i in (1, 2, 3)]
        down = 0.0 if not flat else min(0.5 * abs(way[1]), 0.15 * unit)  # who comes nearer goes down the picture
        found["travel a second"] = (math.hypot(way[0], way[2]) + down) / unit

    def _nearer(self, time: float, found: dict[str, float]) -> None:
        """How fast the size in the picture changes, in shares a second: who comes nearer grows."""
        rows = list(self._past)
        if rows[-1][0] - rows[0][0] >= NEARER:
            found["size change a second"] = abs(_slope(rows, _weights(rows), 9))

    def _fell(self, unit: float, time: float, found: dict[str, float]) -> None:
        now = self._past[-1]
        if now[7] != now[7]:
            return
        rows = [row for row in self._past if time - row[0] <= 1.0 and row[7] == row[7]]
        found["head height"] = now[7] / unit
        found["head was"] = max(row[7] for row in rows) / unit
        found["head fell"] = found["head was"] - found["head height"]
        found["hips fell"] = (max(row[8] for row in rows) - now[8]) / unit


def _weights(rows: list[Sample]) -> list[float]:
    """What each moment weighs in the slope of the line through all (least squares)."""
    middle = sum([row[0] for row in rows]) / len(rows)
    late = [row[0] - middle for row in rows]
    spread = sum([t * t for t in late])
    return [t / spread for t in late]


def _slope(rows: list[Sample], weights: list[float], i: int) -> float:
    return sum([weight * row[i] for weight, row in zip(weights, rows, strict=True)])


def _alike(a: float, b: float) -> float:
    """The smaller of two speeds of one sign, else 0."""
    return 0.0 if a * b <= 0 else math.copysign(min(abs(a), abs(b)), a)
