"""An exercise as data: what is measured, which phases a repetition goes through, which limits a body should keep.

The TOML files in `exercises/` are written in these terms; `docs/coach.md` explains each key. `reading.py` turns a file into an
`Exercise` and says what is wrong with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from .measures import Measure

__all__ = ["Condition", "Exercise", "Limit", "Phase"]

STEP = 0.8  # leg lengths that feet may travel in an exercise that goes on by a step


@dataclass(frozen=True)
class Condition:
    """A measure within bounds.

    Attributes:
        measure: name in the exercise's table, with an optional way to join both sides: "knee", "knee.min" …
        low, high: bounds, minus and plus infinity where there are none.
        why: what to say when it is not so.
    """

    measure: str
    low: float
    high: float
    why: str = ""

    def excess(self, value: float) -> float:
        """How far a value is beyond the bounds; 0 or less when it is within, NaN for NaN."""
        return max(self.low - value, value - self.high)


@dataclass(frozen=True)
class Phase:
    """A part of a repetition: entered at one value, left at another (hysteresis in angle), after a time (hysteresis in time).

    Attributes:
        name: such as "standing".
        measure: see `Condition`.
        above: entered from below when True.
        enter, leave: values; between them nothing changes.
        hold: seconds that a value has to last.
        short: what to say when a try ends without this phase, such as "not deep enough".
    """

    name: str
    measure: str
    above: bool
    enter: float
    leave: float
    hold: float
    short: str

    def inside(self, value: float) -> bool:
        """Whether a value enters the phase."""
        return value >= self.enter if self.above else value <= self.enter

    def outside(self, value: float) -> bool:
        """Whether a value leaves the phase."""
        return value < self.leave if self.above else value > self.leave


@dataclass(frozen=True)
class Limit:
    """What a good performance keeps to.

    Attributes:
        name: of the fault when it is passed.
        condition: the measure and its bounds.
        during: name of a phase, or "" for the whole movement.
        views: from which it can be judged.
        severity: 1 worth knowing, 2 mend it, 3 may hurt.
        seconds: that it has to be passed for.
        spoils: a repetition or a second with this fault does not count.
        advice: in plain words.
    """

    name: str
    condition: Condition
    during: str
    views: frozenset[str]
    severity: int
    seconds: float
    spoils: bool
    advice: str


@dataclass(frozen=True)
class Exercise:
    """See the module.

    Attributes:
        name: as people say it.
        kind: "repetitions" or "hold".
        about: one line.
        view: from where it is best seen: "side", "front" or "any".
        joints: that have to be seen, without side: "knee" stands for either knee.
        camera: what to tell who stands wrong.
        measures: by name.
        position: what has to be so all the while for this to be the exercise at all.
        phases: the first is where a repetition starts and ends; empty for holds.
        limits: see `Limit`.
        ready: seconds that the first phase is held before counting begins; for holds, before the clock starts.
        least, most: seconds that a repetition may take; for holds `least` is the shortest that counts.
    """

    name: str
    kind: str
    about: str
    view: str
    joints: tuple[str, ...]
    camera: str
    measures: dict[str, Measure]
    position: tuple[Condition, ...]
    phases: tuple[Phase, ...]
    limits: tuple[Limit, ...]
    ready: float
    least: float
    most: float

    @property
    def main(self) -> str:
        """The measure that shows the exercise best: of the second phase, or of the first limit that holds keep."""
        if self.phases:
            return self.phases[1].measure
        return next(limit.condition.measure for limit in self.limits if limit.spoils)

    @property
    def goes(self) -> bool:
        """Whether a repetition may end a step from where it began."""
        return any(one.measure.startswith("travel") and one.high > STEP for one in self.position)

    def needed(self) -> tuple[str, ...]:
        """All measures with their joins that have to be computed."""
        names = (
            [c.measure for c in self.position] + [p.measure for p in self.phases] + [x.condition.measure for x in self.limits]
        )
        main = self.main.split(".")[0]
        sides = [f"{main}.left", f"{main}.right"] if self.measures[main].sided else []
        return tuple(dict.fromkeys([*names, *sides]))
