"""What a coach has seen: repetitions, holds, faults, and what to say about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["UNFINISHED", "Camera", "Fault", "Hold", "Repetition", "Session", "Tempo"]

UNFINISHED = "the recording ends before it is finished"  # no fault of who exercises


@dataclass(frozen=True)
class Fault:
    """A limit that was passed.

    Attributes:
        name: of the limit, such as "leaning forward".
        measure: what was measured, such as "trunk".
        value: the worst of it, degrees or shares.
        limit: what was allowed.
        severity: 1 worth knowing, 2 mend it, 3 may hurt.
        time: seconds, of the worst moment.
        advice: in plain words.
    """

    name: str
    measure: str
    value: float
    limit: float
    severity: int
    time: float
    advice: str


@dataclass(frozen=True)
class Tempo:
    """Seconds from the start to the turn, at the turn, and back."""

    down: float
    hold: float
    up: float


@dataclass(frozen=True)
class Repetition:
    """One try at the exercise.

    Attributes:
        number: counts all tries from 1, counted or not.
        start, bottom, end: seconds, interpolated between frames: the body begins to move, is farthest, is back.
        counted: whether it counts.
        range: lowest and highest value of the exercise's main measure.
        tempo: None where it did not come back.
        symmetry: 1 when left and right move as far, 0 when one does not move; None where only one is seen.
        faults: limits that were passed, the worst first.
        why_not: why it does not count, in words; "" when it counts.
    """

    number: int
    start: float
    bottom: float
    end: float
    counted: bool
    range: tuple[float, float]
    tempo: Tempo | None = None
    symmetry: float | None = None
    faults: tuple[Fault, ...] = ()
    why_not: str = ""

    @property
    def seconds(self) -> float:
        """From start to end."""
        return self.end - self.start


@dataclass(frozen=True)
class Hold:
    """One stay in a posture.

    Attributes:
        number: counts all from 1, counted or not.
        start, end: seconds.
        seconds: within the limits, of those.
        counted: whether it lasted long enough within the limits.
        faults: limits that were passed, the worst first.
        why_not: why it does not count, in words; "" when it counts.
    """

    number: int
    start: float
    end: float
    seconds: float
    counted: bool
    faults: tuple[Fault, ...] = ()
    why_not: str = ""


@dataclass(frozen=True)
class Camera:
    """What the joints say of the camera's place.

    Attributes:
        fine: nothing keeps the exercise from being judged.
        view: "side", "oblique", "front", "3d", or "unknown".
        problems: what to mend, in plain words, the worst first.
    """

    fine: bool
    view: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Session:
    """All that a coach has to say about one person.

    Attributes:
        exercise: its name.
        kind: "repetitions" or "hold".
        person: id, -1 when nobody was there.
        repetitions, holds: in order.
        camera: see `Camera`.
        measure: name of the main measure that `curve` shows.
        unit: "°" or "".
        levels: thresholds on the main measure by the name of their phase or limit.
        curve: (seconds, value) of the main measure, thinned on long sessions.
    """

    exercise: str
    kind: str
    person: int
    repetitions: tuple[Repetition, ...]
    holds: tuple[Hold, ...]
    camera: Camera
    measure: str = ""
    unit: str = "°"
    levels: tuple[tuple[str, float], ...] = ()
    curve: Sequence[tuple[float, float]] = field(default=(), repr=False)

    @property
    def count(self) -> int:
        """How many repetitions count."""
        return sum(rep.counted for rep in self.repetitions)

    @property
    def tries(self) -> tuple[Repetition | Hold, ...]:
        """Repetitions and holds, counted or not."""
        return (*self.repetitions, *self.holds)

    @property
    def seconds(self) -> float:
        """Held within the limits, all counted holds together."""
        return sum(hold.seconds for hold in self.holds if hold.counted)

    @property
    def faults(self) -> tuple[tuple[Fault, int], ...]:
        """Each fault once, as its worst case, with how often it came; the one to mend first stands first."""
        tries = self.tries
        times = Counter(fault.name for one in tries for fault in one.faults)
        worst: dict[str, Fault] = {}
        for fault in (fault for one in tries for fault in one.faults):
            known = worst.get(fault.name)
            if known is None or abs(fault.value - fault.limit) > abs(known.value - known.limit):
                worst[fault.name] = fault
        ranked = sorted(worst.values(), key=lambda fault: (-fault.severity * times[fault.name], -fault.severity, fault.name))
        return tuple((fault, times[fault.name]) for fault in ranked)

    def advice(self) -> str:
        """One sentence on what to mend first; "" when there is nothing to mend or nothing was seen."""
        if self.camera.problems and not self.camera.fine and not any(one.counted for one in self.tries):
            return self.camera.problems[0]
        tries = [one for one in self.tries if one.why_not != UNFINISHED]
        failed = [one.why_not for one in tries if one.why_not]
        faults = self.faults
        if failed and len(failed) * 2 >= len(tries) and not (faults and faults[0][0].severity == 3):
            return f"{len(failed)} of {len(tries)} did not count: {failed[-1]}"
        if faults:
            fault, times = faults[0]
            return f"{fault.advice} ({fault.name}, {times} of {len(tries)})"
        return f"one did not count: {failed[-1]}" if failed else ""

    def summary(self) -> dict[str, Any]:
        """The session as plain values for JSON, without the curve."""
        return {
            "exercise": self.exercise,
            "kind": self.kind,
            "person": self.person,
            "repetitions": self.count,
            "not_counted": sum(not rep.counted for rep in self.repetitions),
            "seconds_held": round(self.seconds, 2),
            "times": [[round(t, 2) for t in (r.start, r.bottom, r.end)] for r in self.repetitions if r.counted],
            "tries": [_rounded(asdict(one)) for one in self.tries],
            "faults": [{**_rounded(asdict(fault)), "times": times} for fault, times in self.faults],
            "camera": asdict(self.camera),
            "advice": self.advice(),
        }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return round(value, 3) if isinstance(value, float) else value
