"""Counting repetitions: from the start pose through all phases and back, with reasons for every try that does not count."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace

import numpy as np

from .faults import Sample, find_faults
from .measures import spoken
from .placement import PIXELS, SMALL
from .records import UNFINISHED, Repetition
from .schema import Condition, Exercise, Phase
from .shape import Shape, settled_end, shape_of
from .signal import Trigger

__all__ = ["Counter"]

ATTEMPT = 0.5  # share of the way to the next phase that makes a movement a try
RETURN = 0.5  # share of the way back that makes going down again a new try
BEFORE = 1.5  # seconds before a try that are kept to see when it began
AFTER = 0.6  # seconds after a try in which its end may settle
ASTRAY = 0.4  # seconds out of position that end a try
SIZE = "size"  # of the standing body, as told by the bone that looks longest; in the units of the joints
SAME = 0.12  # share by which a body looks larger or smaller only when it came nearer or went away
BESIDE = 0.25  # seconds before and after a try in which its size is taken
UNSEEN = 1.0  # seconds without the main measure that end a try
FAST = "too fast"
HIDDEN = 0.5  # seconds without it that excuse a phase that was not seen


def _triggers(exercise: Exercise) -> list[Trigger]:
    """The start pose may be touched for a moment only: going down again at once is how many people train."""
    return [Trigger(exercise.phases[0], 0.0), *(Trigger(phase) for phase in exercise.phases[1:])]


class Counter:
    """Counts one person's repetitions of one exercise.

    Attributes:
        state: "away", "ready" (in the start pose) or "moving".
        repetitions: so far, counted or not.
        began: when the try that goes on began.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.state = "away"
        self.repetitions: list[Repetition] = []
        self.began = math.nan
        self._triggers = _triggers(exercise)
        self._samples: deque[Sample] = deque()
        self._reached = 1  # phases of this try, the start included
        self._astray: tuple[float, Condition] | None = None
        self._placed = math.inf  # in position since
        self._seen = -math.inf  # main measure last seen
        self._hidden = 0.0  # longest gap of this try
        self._settling: float | None = None
        self._back: Sample | None = None  # the farthest way back since the last phase

    @property
    def count(self) -> int:
        """How many count."""
        return sum(rep.counted for rep in self.repetitions)

    def step(self, time: float, values: dict[str, float], view: str) -> None:
        """One more moment: the values of all measures, NaN where they cannot be measured."""
        sample = time, values
        main = values[self.exercise.main]
        unseen = time - self._seen
        if unseen > UNSEEN and self.state != "away":
            if self.state == "moving":
                self._close(self._seen, view, self._words_unseen(unseen))
            self._leave()
        if not math.isnan(main):
            self._hidden = max(self._hidden, unseen if self.state == "moving" else 0.0)
            self._seen = time
        self._samples.append(sample)
        for trigger in self._triggers:
            trigger.step(time, values[trigger.phase.measure])
        self._settle(time)
        self._check_position(time, values)
        getattr(self, f"_{self.state}")(time, sample, view)
        if self.state != "moving":
            oldest = time - BEFORE if self._settling is None else min(time - BEFORE, self.repetitions[-1].bottom)
            while self._samples[0][0] < oldest:
                self._samples.popleft()

    def finish(self, view: str) -> None:
        """The source ends: a try that goes on is told as not finished."""
        if self.state == "moving" and self._samples:
            self._close(self._samples[-1][0], view, UNFINISHED)
            self.state = "away"

    # states

    def _away(self, time: float, sample: Sample, view: str) -> None:
        start = self._triggers[0]
        if start.on and self._astray is None and time - max(start.since, self._placed) >= self.exercise.ready:
            self.state = "ready"

    def _ready(self, time: float, sample: Sample, view: str) -> None:
        if self._astray and time - self._astray[0] > ASTRAY:
            self.state = "away"
        elif not self._triggers[0].on:
            self._begin(self._triggers[0].until)

    def _moving(self, time: float, sample: Sample, view: str) -> None:
        while self._reached < len(self._triggers) and self._passed(self._reached):
            self._reached += 1
            self._back = None
        if self._triggers[0].on:
            self._close(self._triggers[0].since, view)
            self.state = "ready"
        elif self._astray and time - self._astray[0] > ASTRAY:
            if self._reached == len(self._triggers):
                self._close(self._astray[0], view, self._astray[1].why or "the position was lost")
            self._leave()
        elif time - self.began > self.exercise.most:
            self._close(time, view, f"not back after {self.exercise.most:.0f} s")
            self._leave()
        elif self._reached == len(self._triggers):
            self._watch_back(sample, view)

    def _begin(self, time: float) -> None:
        self.state, self.began, self._reached, self._hidden, self._back = "moving", time, 1, 0.0, None
        self._settling = None

    def _leave(self) -> None:
        self.state = "away"
        self._triggers = _triggers(self.exercise)

    def _passed(self, index: int) -> bool:
        return self._triggers[index].since >= self.began

    def _check_position(self, time: float, values: dict[str, float]) -> None:
        broken = next((c for c in self.exercise.position if c.excess(values[c.measure]) > 0), None)
        if broken is None:
            self._astray = None
            self._placed = min(self._placed, time)
        else:
            self._astray = self._astray or (time, broken)
            self._placed = math.inf

    def _watch_back(self, sample: Sample, view: str) -> None:
        """Going down again without having been back at the start makes a try that does not count, and a new one."""
        start, turn = self._triggers[0].phase, self._triggers[-1]
        value = sample[1][start.measure]
        if start.measure != turn.phase.measure or math.isnan(value) or turn.on:
            way = self._share_back(self._back[1][start.measure]) if self._back else 0.0
            if turn.on and self._back and way >= RETURN and turn.since > self._back[0]:
                again, best = self._back[0], self._back[1][start.measure]
                words = f"{start.short}: {self._spoken(start, best)} of {self._spoken(start, start.enter)} needed"
                self._close(again, view, words)
                self._begin(again)
                self._reached = len(self._triggers)
            return
        if self._back is None or (value > self._back[1][start.measure]) == start.above:
            self._back = sample

    def _share_back(self, value: float) -> float:
        start, turn = self.exercise.phases[0], self.exercise.phases[-1]
        return (value - turn.enter) / (start.enter - turn.enter)

    # what a try was

    def _close(self, end: float, view: str, why: str = "") -> None:
        after = self.repetitions[-1].end if self.repetitions else -math.inf
        samples = [sample for sample in self._samples if min(after, self.began) <= sample[0] <= end + 1e-9]
        shape = shape_of(self.exercise, samples, self.began, end)
        missing = self.exercise.phases[self._reached] if self._reached < len(self._triggers) else None
        if shape is None or (missing is not None and self._way(missing, shape) < ATTEMPT):
            return
        rep = self._repetition(shape, samples, view)
        if missing is not None and self._hidden > HIDDEN:
            why = self._words_unseen(self._hidden)
        elif missing is not None and not why:
            best = shape.farthest(missing)
            needed = "for a moment only" if missing.inside(best) else f"of {self._spoken(missing, missing.enter)} needed"
            why = f"{missing.short}: {self._spoken(missing, best)} {needed}"
        self.repetitions.append(self._judged(rep, why))
        self._settling = end if self._triggers[0].on else None

    def _repetition(self, shape: Shape, samples: list[Sample], view: str) -> Repetition:
        inside = [sample for sample in samples if sample[0] >= shape.start]
        return Repetition(
            number=len(self.repetitions) + 1,
            start=shape.start,
            bottom=shape.bottom,
            end=shape.end,
            counted=False,
            range=shape.range,
            tempo=shape.tempo,
            symmetry=shape.symmetry(view),
            faults=find_faults(self.exercise, inside, view, [phase.name for phase in self.exercise.phases[self._reached :]]),
        )

    def _judged(self, rep: Repetition, why: str) -> Repetition:
        small = self._small(rep)
        if not why and small:
            why = f"too small to judge: {small:.0f} pixels tall, {SMALL} needed"
        if not why and not self._stayed(rep):
            why = "nearer or farther than before"
        if not why and rep.seconds < self.exercise.least:
            why = f"{FAST}: {rep.seconds:.1f} s of {self.exercise.least:.1f} s needed"
        if not why:
            spoiling = {limit.name: limit.advice for limit in self.exercise.limits if limit.spoils}
            why = next((f"{fault.name}: {fault.advice}" for fault in rep.faults if fault.name in spoiling), "")
        return replace(rep, counted=not why, why_not=why)

    def _way(self, phase: Phase, shape: Shape) -> float:
        """Share of the way from the start to a phase that was gone."""
        first = self.exercise.phases[0]
        origin = first.enter if first.measure == phase.measure else shape.before(phase.measure)
        return (shape.farthest(phase) - origin) / (phase.enter - origin) if phase.enter != origin else 0.0

    def _settle(self, time: float) -> None:
        """The end of the last try is known better when it is clear where the body came to rest."""
        if self._settling is None:
            return
        if time - self._settling > AFTER or self.state == "moving":
            self._settling = None
            return
        last = self.repetitions[-1]
        end = settled_end(self.exercise, list(self._samples), last.bottom)
        if end is not None and last.tempo is not None:
            tempo = replace(last.tempo, up=max(end - last.end + last.tempo.up, 0.0))
            why = "" if last.why_not.startswith(FAST) else last.why_not
            self.repetitions[-1] = self._judged(replace(last, end=end, tempo=tempo), why)

    def _small(self, rep: Repetition) -> float:
        """The height in pixels of a body that is too small in the picture; 0 for others, and for other units."""
        seen = [v[SIZE] for t, v in self._samples if t >= rep.start - BESIDE and not math.isnan(v[SIZE])]
        tall = float(np.median(seen)) if seen else 0.0
        return tall if PIXELS < tall < SMALL else 0.0

    def _stayed(self, rep: Repetition) -> bool:
        """Whether the body is as large after a try as before it; who walks to or from the camera is not."""
        seen = [(t, v[SIZE]) for t, v in self._samples if not math.isnan(v[SIZE])]
        before = [size for t, size in seen if rep.start - BESIDE <= t <= rep.start]
        after = [size for t, size in seen if rep.end <= t <= rep.end + BESIDE]
        if self.exercise.goes or not before or not after:
            return True
        return abs(float(np.median(after) / np.median(before)) - 1) <= SAME

    def _words_unseen(self, seconds: float) -> str:
        *most, last = (f"{joint}s" for joint in self.exercise.measures[self.exercise.main.split(".")[0]].joints)
        return f"{', '.join(most)}{' and ' if most else ''}{last} not seen for {seconds:.1f} s"

    def _spoken(self, phase: Phase, value: float) -> str:
        return spoken(self.exercise.measures[phase.measure.split(".")[0]], value)
