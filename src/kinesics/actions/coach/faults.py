"""Which limits a movement passed, and how far."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from .records import Fault
from .schema import Exercise, Limit

__all__ = ["Sample", "find_faults", "now"]

NEAR = 0.2  # share of the range: a phase is judged where the movement is this near to its end

Sample = tuple[float, Mapping[str, float]]  # seconds, values by measure


def find_faults(exercise: Exercise, samples: Sequence[Sample], view: str, missed: Sequence[str] = ()) -> tuple[Fault, ...]:
    """Faults of one repetition or hold, the worst first.

    Args:
        exercise: has the limits.
        samples: of the movement, in order.
        view: from which it is seen; limits that cannot be judged from there are left out.
        missed: phases that were not reached, in which nothing can be wrong.
    """
    found = []
    for limit in exercise.limits:
        if view in limit.views and limit.during not in missed:
            fault = _longest(limit, _during(exercise, limit, samples))
            if fault is not None:
                found.append(fault)
    return tuple(sorted(found, key=lambda fault: (-fault.severity, fault.name)))


def now(exercise: Exercise, sample: Sample, view: str) -> Limit | None:
    """The worst limit that is passed at one moment, of those that hold throughout."""
    passed = [
        limit
        for limit in exercise.limits
        if view in limit.views and not limit.during and limit.condition.excess(sample[1][limit.condition.measure]) > 0
    ]
    return max(passed, key=lambda limit: limit.severity, default=None)


def _during(exercise: Exercise, limit: Limit, samples: Sequence[Sample]) -> Sequence[Sample]:
    phase = next((phase for phase in exercise.phases if phase.name == limit.during), None)
    if phase is None:
        return samples
    values = [sample[1][phase.measure] for sample in samples]
    known = [value for value in values if not math.isnan(value)] or [0.0]
    near = NEAR * (max(known) - min(known))
    level = max(known) - near if phase.above else min(known) + near
    return [s for s, v in zip(samples, values, strict=True) if (v >= level if phase.above else v <= level)]


def _longest(limit: Limit, samples: Sequence[Sample]) -> Fault | None:
    """A fault if the limit is passed for long enough without a break, with its worst value."""
    worst: tuple[float, float, float] | None = None  # excess, time, value
    run: tuple[float, float, float] | None = None
    since = math.nan
    for time, values in samples:
        value = values[limit.condition.measure]
        excess = limit.condition.excess(value)
        if not excess > 0:
            run, since = None, math.nan
            continue
        since = time if run is None else since
        run = max(run, (excess, time, value)) if run else (excess, time, value)
        if time - since >= limit.seconds - 1e-9:
            worst = max(worst, run) if worst else run
    if worst is None:
        return None
    _, time, value = worst
    bound = limit.condition.low if value < limit.condition.low else limit.condition.high
    return Fault(limit.name, limit.condition.measure, value, bound, limit.severity, time, limit.advice)
