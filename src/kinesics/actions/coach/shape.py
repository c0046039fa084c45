"""The shape of one try: when the body began to move, turned and was back; how far, how fast, how evenly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...types import Array
from .faults import Sample
from .records import Tempo
from .schema import Exercise, Phase

__all__ = ["Shape", "settled_end", "shape_of"]

BAND = 0.1  # share of the way: a body that is within it of the turn counts as there
LEAVES, GOES = 0.1, 0.3  # shares of the way that are found well; the line through both tells when the body left or was back
# of the time between both, before and after: half a cosine has gone 1 % and 5 %; eyes see a body leave its rest at once,
# and call it back before it is quite still
BEGINS, ENDS = 0.85, 0.4
TURN = 0.12  # share of the way: the bottom is the middle of the time spent within it of the extreme
SEEN = 0.7  # share of the moments in which a side has to be seen for its range to count
QUIET = 0.2  # share of the values before a movement that are farther from it than rest: noise
MOST = 0.25  # seconds that it may tell; more is a body that settles slowly
FEW = 15.0  # degrees (or hundredths) of range below which symmetry says nothing


@dataclass(frozen=True)
class Shape:
    """One try, measured.

    Attributes:
        start, bottom, end: seconds.
        range: lowest and highest value of the main measure.
        tempo: seconds down, at the turn, up.
    """

    exercise: Exercise
    samples: Sequence[Sample]
    start: float
    bottom: float
    end: float
    range: tuple[float, float]
    tempo: Tempo

    def farthest(self, phase: Phase) -> float:
        """The value of a phase's measure that came nearest to entering it, or went farthest beyond."""
        values = _values(self.samples, phase.measure)
        return float(np.nanmax(values) if phase.above else np.nanmin(values)) if np.isfinite(values).any() else math.nan

    def before(self, measure: str) -> float:
        """The value of a measure as the try began."""
        values = _values(self.samples, measure)
        known = values[np.isfinite(values)]
        return float(known[0]) if len(known) else math.nan

    def symmetry(self, view: str) -> float | None:
        """How evenly both sides moved, 0 to 1; None from the side, where one hides the other, or without sides."""
        main = self.exercise.main.split(".")[0]
        if view == "side" or not self.exercise.measures[main].sided:
            return None
        left, right = (_values(self.samples, f"{main}.{side}") for side in ("left", "right"))
        if min(np.isfinite(left).mean(), np.isfinite(right).mean()) < SEEN:
            return None
        a, b = (float(np.nanmax(side) - np.nanmin(side)) for side in (left, right))
        few = FEW if self.exercise.measures[main].unit else FEW / 100
        return 1 - abs(a - b) / max(a, b) if max(a, b) >= few else None


def _values(samples: Sequence[Sample], measure: str) -> Array:
    return np.array([values[measure] for _, values in samples])


def _outward(exercise: Exercise) -> float:
    """+1 where the main measure rises on the way to the turn, -1 where it falls."""
    return 1.0 if exercise.phases[1].above else -1.0


def shape_of(exercise: Exercise, samples: Sequence[Sample], began: float, end: float) -> Shape | None:
    """Measure a try that crossed out of the start pose at `began` and back into it at `end`.

    Args:
        exercise: names the main measure.
        samples: in order, from before the try on.
        began: seconds.
        end: seconds.

    Returns:
        None where the main measure was never seen.
    """
    times = np.array([time for time, _ in samples])
    depth = _outward(exercise) * _values(samples, exercise.main)
    fine = np.isfinite(depth)
    times, depth = times[fine], depth[fine]
    moving = (times >= began) & (times <= end)
    if not moving.any():
        return None
    first, last = int(moving.argmax()), int(len(moving) - 1 - moving[::-1].argmax())
    deepest = first + int(depth[first : last + 1].argmax())
    most = float(depth[deepest])
    rest = float(np.quantile(depth[: first + 1], QUIET))
    way = most - rest
    start = _rested(times[: deepest + 1][::-1], depth[: deepest + 1][::-1], rest, way)
    near = _span(times, depth, deepest, most - TURN * way)
    turn = _span(times, depth, deepest, most - BAND * way)
    start = min(start, began)
    end = max(end, turn[1])
    values = _outward(exercise) * np.array([most, float(depth[first : last + 1].min()), rest])
    tempo = Tempo(max(turn[0] - start, 0.0), turn[1] - turn[0], max(end - turn[1], 0.0))
    inside = [sample for sample in samples if start <= sample[0] <= end]
    bottom = float(np.clip((near[0] + near[1]) / 2, start, end))
    return Shape(exercise, inside, start, bottom, end, (float(values.min()), float(values.max())), tempo)


def settled_end(exercise: Exercise, samples: Sequence[Sample], bottom: float) -> float | None:
    """When the body was back, judged by where it has come to rest."""
    pairs = [(time, _outward(exercise) * values[exercise.main]) for time, values in samples if time >= bottom]
    times, depth = np.array([pair for pair in pairs if not math.isnan(pair[1])]).reshape(-1, 2).T
    if len(times) < 2:
        return None
    least, most = float(np.quantile(depth, QUIET / 2)), float(depth.max())
    return _rested(times, depth, least, most - least)


def _rested(times: Array, depth: Array, rest: float, way: float) -> float:
    """When a movement that is seen from its turn on came to rest; for when it began, times run backwards."""
    far, near = (_crossed(times, depth, rest + share * way) for share in (GOES, LEAVES))
    if times[-1] >= times[0]:
        return min(near + min(ENDS * (near - far), MOST), float(times[-1]))
    return max(near - min(BEGINS * (far - near), MOST), float(times[-1]))


def _crossed(times: Array, depth: Array, level: float) -> float:
    """When depth, which starts above the level, first gets down to it; times may run backwards."""
    below = np.flatnonzero(depth <= level)
    if not len(below):
        return float(times[-1])
    i = int(below[0])
    if i == 0:
        return float(times[0])
    share = (depth[i - 1] - level) / max(depth[i - 1] - depth[i], 1e-12)
    return float(times[i - 1] + share * (times[i] - times[i - 1]))


def _span(times: Array, depth: Array, at: int, level: float) -> tuple[float, float]:
    """The time round index `at` in which depth stays at or above the level."""
    return _crossed(times[: at + 1][::-1], depth[: at + 1][::-1], level), _crossed(times[at:], depth[at:], level)
