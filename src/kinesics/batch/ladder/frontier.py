"""The tries that no other beats, and the few among them that make a ladder."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["COARSEST", "GAIN", "choose_steps", "find_frontier"]

COARSEST = 36  # crf; what is coarser serves the curves, nobody wants to see it
APART = 1.5  # times the rate at least between two steps; tries lie about twice apart, so steps are 1.5 to 2.5
GAIN = {"vmaf": 2.0, "ssim": 0.003}  # likeness that a step must add


def find_frontier(rates: Sequence[float], likeness: Sequence[float]) -> list[int]:
    """Numbers of the tries that are Pareto optimal, by rising rate: each is better than every one that is not dearer."""
    found: list[int] = []
    for i in sorted(range(len(rates)), key=lambda i: (rates[i], -likeness[i], i)):
        if not found or likeness[i] > likeness[found[-1]]:
            found.append(i)
    return found


def choose_steps(
    frontier: Sequence[int],
    rates: Sequence[float],
    likeness: Sequence[float],
    crfs: Sequence[int],
    *,
    knee: int | None,
    gain: float,
) -> list[int]:
    """Numbers of the tries that make the ladder, by rising rate.

    It begins at the knee and goes up and down along the frontier; a step has at least 1.5 times the rate of the one below and
    adds at least `gain`. Tries coarser than crf 36 are no steps while there are others.

    Args:
        frontier: of `find_frontier`.
        rates: bits a second of all tries.
        likeness: of all tries.
        crfs: of all tries.
        knee: of the frontier; its best where None.
        gain: see `GAIN`.
    """
    able = [i for i in frontier if crfs[i] <= COARSEST] or list(frontier)
    if not able:
        return []
    aim = able[-1] if knee is None else knee
    begin = min(range(len(able)), key=lambda k: abs(math.log(rates[able[k]] / rates[aim])))
    steps = [able[begin]]
    for i in able[begin + 1 :]:
        if rates[i] >= APART * rates[steps[-1]] and likeness[i] >= likeness[steps[-1]] + gain:
            steps.append(i)
    for i in reversed(able[:begin]):
        if rates[i] * APART <= rates[steps[0]] and likeness[i] + gain <= likeness[steps[0]]:
            steps.insert(0, i)
    return steps
