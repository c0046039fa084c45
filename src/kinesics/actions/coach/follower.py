"""One person, followed through one exercise: joints to measures to phases."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...types import Array, Skeleton
from .body import BONES, SEEN, SLOWER, Body, Stature
from .counter import SIZE, Counter
from .faults import now
from .holding import Holder
from .measures import Measure, read
from .placement import Placement
from .records import Camera, Hold, Repetition, Session
from .schema import Exercise, Limit
from .signal import Finer, LowPass

__all__ = ["Follower"]

LEARN = 0.3  # seconds, time constant of what the start pose teaches
STAY = 1.0  # seconds, time constant of the place of a hold: who walks is always away from it
WHOLE = 0.7  # bones in the start pose are at least this long against each other
STRAIGHT = 0.8  # seconds in what looks like the start pose, after which sizes are learned anew
LOST = 0.25  # seconds for which a joint that is not seen is taken to be where it was
RECALL = 1.0  # seconds away from it after which sizes are forgotten, by whom no try was begun
CURVE = 12_000  # points of the curve that are kept


class Follower:
    """Takes one person's joints moment by moment.

    Attributes:
        work: the `Counter` or `Holder`.
        placement: what the joints say about the camera.
        values: the newest measures, by name.
        score: how sure the joints of the main measure are, 0 to 1.
    """

    def __init__(self, exercise: Exercise, skeleton: Skeleton) -> None:
        self.exercise, self.skeleton = exercise, skeleton
        self.work: Counter | Holder = Counter(exercise) if exercise.phases else Holder(exercise)
        self.placement = Placement(exercise)
        self.values: dict[str, float] = {}
        self.score = 0.0
        self._names = (*exercise.needed(), SIZE)
        self._stature = Stature()
        self._finer, self._calm = Finer(), LowPass()
        self._time = -math.inf
        self._plain: float | None = None  # looks like the start pose since, whatever the sizes say
        self._joints: tuple[Array, Array, Array] | None = None  # last seen: where, how surely, when
        self._looked = -math.inf  # when it last looked like the start pose
        self._curve: list[tuple[float, float]] = []
        self._every = 0.0
        joints = {joint for phase in exercise.phases for joint in self._measure(phase.measure).joints}
        self._bones = tuple(b for b in BONES if set(b.split("-")) <= joints)

    def update(self, points: Array, scores: Array, time: float) -> None:
        """One more moment: (k, 2 or 3) joints, (k,) scores, seconds. A time that does not rise is ignored."""
        gap = time - self._time
        if gap <= 0:
            return
        self._time = time
        body = Body(*self._bridged(points, scores, time), self.skeleton, self._stature)
        if self.exercise.phases:
            self._learn(body, time, min(gap, 1.0))
        else:
            self._stature.stand(body, -math.expm1(-gap / STAY))
        start = self.work.state == "ready" and bool(self.exercise.phases)
        self.placement.step(body, time, start)
        readings = [read(self._measure(name), name.partition(".")[2], body) for name in self._names[:-1]]
        readings.append(((body.size() if body.flat else 0.0) or math.nan, 1.0))
        self.score = readings[self._names.index(self.exercise.main)][1]
        for moment, values in self._finer.push(time, np.array([value for value, _ in readings])):
            self._step(moment, values)

    def finish(self) -> None:
        """The source ends."""
        for moment, values in self._finer.flush():
            self._step(moment, values)
        self.work.finish(self.placement.view)

    def session(self, person: int) -> Session:
        """All that is known by now."""
        measure = self._measure(self.exercise.main)
        return Session(
            exercise=self.exercise.name,
            kind=self.exercise.kind,
            person=person,
            repetitions=tuple(self.work.repetitions) if isinstance(self.work, Counter) else (),
            holds=tuple(self.work.holds) if isinstance(self.work, Holder) else (),
            camera=self._camera(),
            measure=self.exercise.main.removesuffix(".mean"),
            unit=measure.unit,
            levels=self._levels(),
            curve=tuple(self._curve),
        )

    def _camera(self) -> Camera:
        """A view that shows the exercise badly matters where nothing could be counted."""
        camera = self.placement.camera()
        return camera if self.counted else replace(camera, fine=not camera.problems)

    @property
    def tries(self) -> list[Repetition] | list[Hold]:
        """Repetitions or holds so far, counted or not."""
        return self.work.repetitions if isinstance(self.work, Counter) else self.work.holds

    @property
    def counted(self) -> int:
        """How many of them count."""
        return sum(one.counted for one in self.tries)

    def fault(self) -> Limit | None:
        """The limit that is passed right now, if any."""
        return now(self.exercise, (self._time, self.values), self.placement.view) if self.values else None

    def _bridged(self, points: Array, scores: Array, time: float) -> tuple[Array, Array]:
        """Joints that are lost for a moment stay where they were, so that one side is not taken for both."""
        if self._joints is None:
            self._joints = points.astype(float), scores.astype(float), np.full(len(scores), -math.inf)
        at, sure, when = self._joints
        seen = scores >= SEEN
        at[seen], sure[seen], when[seen] = points[seen], scores[seen], time
        held = ~seen & (time - when <= LOST)
        return np.where(held[:, None], at, points), np.where(held, sure, scores)

    def _measure(self, name: str) -> Measure:
        return self.exercise.measures[name.partition(".")[0]]

    def _levels(self) -> tuple[tuple[str, float], ...]:
        main = self.exercise.main
        if self.exercise.phases:
            return tuple((phase.name, phase.enter) for phase in self.exercise.phases if phase.measure == main)
        bounds = [limit.condition for limit in self.exercise.limits if limit.spoils and limit.condition.measure == main]
        return tuple((word, v) for c in bounds for word, v in (("at least", c.low), ("at most", c.high)) if math.isfinite(v))

    def _step(self, time: float, values: Array) -> None:
        named: Mapping[str, float] = dict(zip(self._names, self._calm.push(time, values).tolist(), strict=True))
        self.values = dict(named)
        self.work.step(time, self.values, self.placement.view)
        if not self._curve or time - self._curve[-1][0] >= self._every:
            self._curve.append((time, self.values[self.exercise.main]))
        if len(self._curve) > CURVE:
            self._curve = self._curve[::2]
            self._every = 1.5 * (self._curve[-1][0] - self._curve[0][0]) / len(self._curve)

    def _learn(self, body: Body, time: float, gap: float) -> None:
        """Sizes and place from the start pose, which is told without them: its angle as seen, its bones whole."""
        share = -math.expm1(-gap / LEARN)
        first = self.exercise.phases[0]
        bare = body.bare()
        value, score = read(self._measure(first.measure), first.measure.partition(".")[2], bare)
        looks = score > 0 and first.inside(value) and body.whole(self._bones, WHOLE)
        self._looked = time if looks else self._looked
        self._plain = (time if self._plain is None else self._plain) if looks else None
        if self.work.state == "moving":
            looks = looks and self._stature.alike(body, self._bones)
            self._plain = self._plain if looks else None
            if self._plain is not None and time - max(self._plain, self.work.began) >= STRAIGHT:
                self._stature.learn(body)
            return
        if looks and self._stature.bones:
            self._stature.follow(body, share if self._stature.alike(body, self._bones) else share / SLOWER)
        elif looks:
            self._stature.learn(body)
        elif self.work.state == "away" and time - self._looked > RECALL:
            self._stature.forget()
        self._stature.stand(body, share)
