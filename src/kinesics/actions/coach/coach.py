"""The coach: a live action model that counts an exercise, person by person, and says what to mend."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import UsageError
from ...geometry import iou
from ...types import Action, Array, People, PoseSequence, Skeleton
from .counter import SIZE, Counter
from .follower import Follower
from .placement import nobody
from .reading import exercise as find_exercise
from .records import Hold, Repetition, Session
from .schema import Exercise

__all__ = ["Coach", "coach_clip"]

GONE = 2.0  # seconds after which who is away is forgotten, unless there is something to tell
KEPT = 50  # people who are away and of whom there is something to tell
SAME = 0.3  # overlap of boxes from which a new id is the person whose id was just lost
SPOKEN = 1.5  # seconds that a try that does not count is told
ACROSS = 20.0  # a body wider than this is given in pixels, not in metres


@dataclass
class _Person:
    follower: Follower
    box: Array
    seen: float
    weight: float = 0.0  # seconds times size


class Coach:
    """Counts repetitions, or seconds held, of one exercise.

    It is a live action model: give it to `watch(actions=...)`, or feed it yourself. Everybody is followed by themselves;
    `session` is about the main person.

    Args:
        exercise: a name out of `exercises()`, the path of a TOML file, or an `Exercise`.
        person: id of the only person to look at; None: everybody, and `session` is about who exercises, else the largest.

    Example:
        >>> import kinesics as ks
        >>> coach = ks.Coach("squat")
        >>> for scene in ks.watch("me.mp4", actions=coach):  # doctest: +SKIP
        ...     print([action.label for action in scene.actions])
        >>> coach.session.count
        0
    """

    def __init__(self, exercise: str | Path | Exercise, *, person: int | None = None) -> None:
        self.exercise = find_exercise(exercise)
        self.person = person
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._people: dict[int, _Person] = {}

    def update(self, people: People, time: float) -> list[Action]:
        """Take one more moment.

        Args:
            people: with ids; rows with id -1 are ignored. 3D where `people.world` is given, or points in metres.
            time: seconds, rising.

        Returns:
            what each person does: "squat 3" in the third repetition, "squat ready" and "squat 3 done" between, "squat: not deep
            enough" after a try that does not count; `why` holds the measures and, when a limit is passed, the advice.
        """
        actions = []
        points = _points(people)
        for row, identity in enumerate(people.ids.tolist()):
            if identity < 0 or (self.person is not None and identity != self.person):
                continue
            person = self._person(identity, people, row, time)
            tall = float(people.boxes[row, 3] - people.boxes[row, 1])
            person.weight += min(max(time - person.seen, 0.0), 1.0) * tall
            person.box, person.seen = people.boxes[row], time
            person.follower.update(points[row], people.point_scores[row], time)
            action = _action(self.exercise, identity, person.follower, time)
            if action is not None:
                actions.append(action)
        self._forget(time)
        return actions

    def finish(self) -> Session:
        """The source has ended: close what is open, and give the session."""
        for person in self._people.values():
            person.follower.finish()
        return self.session

    @property
    def session(self) -> Session:
        """Of the main person: the chosen one; else who did most of the exercise; else who was largest for longest."""
        main = self._main()
        if main is None:
            chosen = -1 if self.person is None else self.person
            return Session(self.exercise.name, self.exercise.kind, chosen, (), (), nobody(self.exercise))
        return self._people[main].follower.session(main)

    @property
    def tries(self) -> tuple[Repetition | Hold, ...]:
        """Repetitions and holds of the main person so far; cheaper than a session."""
        main = self._main()
        return () if main is None else tuple(self._people[main].follower.tries)

    @property
    def sessions(self) -> dict[int, Session]:
        """Of everybody, by id."""
        return {identity: person.follower.session(identity) for identity, person in self._people.items()}

    @property
    def followed(self) -> dict[int, list[Repetition] | list[Hold]]:
        """Repetitions and holds so far of everybody, by id: the lists themselves, which go along when somebody's id changes.

        The end of the last one may still settle for a moment, and with it whether it counts.
        """
        return {identity: person.follower.tries for identity, person in self._people.items()}

    def _main(self) -> int | None:
        people = self._people
        return max(people, key=lambda i: (people[i].follower.counted > 0, people[i].weight), default=None)

    def _person(self, identity: int, people: People, row: int, time: float) -> _Person:
        person = self._people.get(identity)
        if person is None:
            person = self._lost(people, row, time) or _Person(self._follower(people.skeleton), people.boxes[row], time)
            self._people[identity] = person
        return person

    def _follower(self, skeleton: Skeleton) -> Follower:
        missing = [joint for joint in self.exercise.joints if not _has(skeleton, joint)]
        if missing:
            raise UsageError(
                f"{self.exercise.name} needs the joints {', '.join(f'left_{m} or right_{m}' for m in missing)}; "
                f"the skeleton {skeleton.name} has none; use a model of the whole body"
            )
        return Follower(self.exercise, skeleton)

    def _lost(self, people: People, row: int, time: float) -> _Person | None:
        """Somebody whose id was lost a moment ago at this very place."""
        here = set(people.ids.tolist())
        for identity, person in self._people.items():
            if identity not in here and time - person.seen <= GONE and person.follower.skeleton == people.skeleton:
                if iou(person.box[None], people.boxes[row][None])[0, 0] > SAME:
                    return self._people.pop(identity)
        return None

    def _forget(self, time: float) -> None:
        away = [i for i, person in self._people.items() if time - person.seen > GONE]
        idle = [i for i in away if not self._people[i].follower.tries]
        rest = sorted(set(away) - set(idle), key=lambda i: -self._people[i].weight)
        if len(self._people) > len(idle):  # the last one is kept, so that a session can tell what was wrong
            for identity in (*idle, *rest[KEPT:]):
                del self._people[identity]
        elif len(idle) > 1:
            for identity in sorted(idle, key=lambda i: -self._people[i].weight)[1:]:
                del self._people[identity]


def coach_clip(clip: PoseSequence, exercise: str | Path | Exercise, *, person: int | None = None) -> Session:
    """Coach a recorded clip.

    Args:
        clip: 2D, or 3D in metres.
        exercise: see `Coach`.
        person: id in the clip; None for the main one.
    """
    coach = Coach(exercise, person=person)
    for t, time in enumerate(clip.times.tolist()):
        rows = np.flatnonzero((clip.scores[t] > 0).any(1))
        points, scores = clip.points[t, rows], clip.scores[t, rows]
        if len(rows):
            low, high = np.nanmin(points[..., :2], axis=1), np.nanmax(points[..., :2], axis=1)
            boxes = np.concatenate([low, high], axis=1)
            coach.update(People(boxes, np.ones(len(rows)), points, scores, clip.skeleton, clip.ids[rows]), time)
    return coach.finish()


def _points(people: People) -> Array:
    """(n, k, 2) pixels, or (n, k, 3) metres."""
    if people.world is not None:
        return people.world
    if people.points.shape[2] == 3 and len(people):
        wide = np.nanmax(np.abs(people.boxes[:, 2:] - people.boxes[:, :2]), initial=0.0)
        if wide > ACROSS:  # pixels with metres of depth: two units that do not go together
            return people.points[..., :2]
    return people.points


def _has(skeleton: Skeleton, joint: str) -> bool:
    return any(name in skeleton.joints for name in (f"left_{joint}", f"right_{joint}", joint))


def _action(exercise: Exercise, identity: int, follower: Follower, time: float) -> Action | None:
    work = follower.work
    label, start = _label(exercise, follower, time)
    if not label:
        return None
    measures = {name.removesuffix(".mean"): round(v, 3) for name, v in follower.values.items() if v == v and name != SIZE}
    why: dict[str, object] = {"phase": work.state, **measures}
    fault = follower.fault() if work.state == "moving" else None
    if fault is not None:
        why |= {"fault": fault.name, "advice": fault.advice}
    return Action(identity, label, min(max(follower.score, 0.0), 1.0), min(start, time), time, None, why)


def _label(exercise: Exercise, follower: Follower, time: float) -> tuple[str, float]:
    """What to call the moment, and since when."""
    work = follower.work
    if not isinstance(work, Counter):
        if work.state != "moving":
            return _failed(exercise, work.holds[-1:], time) or ("", time)
        return f"{exercise.name} {_round(work.seconds)} s".replace(" 0 s", ""), work.began
    if work.state == "moving":
        return f"{exercise.name} {work.count + 1}", work.began
    failed = _failed(exercise, work.repetitions[-1:], time)
    if failed:
        return failed
    if work.state == "ready":
        done = f"{exercise.name} {work.count} done" if work.count else f"{exercise.name} ready"
        return done, work.repetitions[-1].end if work.repetitions else time
    return "", time


def _failed(exercise: Exercise, last: list[Repetition] | list[Hold], time: float) -> tuple[str, float] | None:
    if last and last[-1].why_not and time - last[-1].end <= SPOKEN:
        return f"{exercise.name}: {last[-1].why_not.partition(':')[0]}", last[-1].end
    return None


def _round(seconds: float) -> int:
    """Whole seconds up to five, then fives: a label that changes seldom enough to be read."""
    return int(seconds) if seconds < 5 else int(seconds // 5) * 5
