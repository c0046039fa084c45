"""What happens to one frame that is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..budget import Budget, Clock
from ..pose import GapFiller, Look, Smoother, pose_model
from ..pose.planner import Plan, Planner, look_cost
from ..tracks import Tracker
from ..types import Action, Frame, People, Scene, skeleton
from .second_pass import Read, SecondPass

LEAST = 0.3  # people without an id are worth showing from this score on


class Chain:
    """Pose, tracks, second pass, smoothing and actions of one video, in that order; with all that lasts between frames."""

    def __init__(
        self,
        pose: Any,
        tracker: Any,
        actions: Any,
        planner: Planner,
        budget: float | Budget | None,
        *,
        smooth: bool,
        fill: bool,
        clock: Clock,
        second: SecondPass | None = None,
    ) -> None:
        self.model: Any = pose_model(pose)
        self.planner, self.second, self.actions = planner, second, actions
        self.tracker = Tracker() if tracker is None else tracker
        self.budget = budget if isinstance(budget, Budget) else Budget(float("inf") if budget is None else budget, clock=clock)
        self.smooth = smooth
        self.filters: list[Any] = [*([GapFiller()] if fill else []), *([Smoother()] if smooth else [])]
        self.epoch: int | None = None
        self.last: People | None = None

    def reset(self) -> None:
        """Forget everybody: a new epoch begins."""
        for part in (self.tracker, self.planner, self.second, self.actions, *self.filters):
            if part is not None:
                part.reset()
        self.last = None

    def look(self, frame: Frame) -> Scene:
        """Take one frame through all stages."""
        if frame.epoch != self.epoch:
            if self.epoch is None:
                self._probe()
            self.reset()
            self.epoch = frame.epoch
        self.budget.begin()
        timing: dict[str, float] = {}
        expected = self.tracker.expected(frame.time)
        people, plan, chosen = self._timed(timing, "pose", self._find, frame, expected)
        people = self._timed(timing, "tracks", self.tracker.update, people, frame.time, frame)
        if self.smooth and hasattr(self.tracker, "settled"):
            people = self._timed(timing, "tracks", self.tracker.settled, people)
        people = people[(people.ids >= 0) | (people.score >= LEAST)]
        if plan is not None and plan.left_out and self.last is not None:
            people = _carry(people, self.last, expected, plan)
        read = Read(people)
        if self.second is not None:
            read = self._timed(timing, "second", self.second.update, frame, people, self.budget)
        people = read.people
        for part in self.filters:
            people = self._timed(timing, "filter", part.update, people, frame.time)
        actions: list[Action] = []
        if self.actions is not None:
            actions = self._timed(timing, "actions", self.actions.update, seventeen(people), frame.time)
        self.last = seventeen(people)
        timing["total"] = self.budget.end()
        skipped = () if plan is None else ("pose",) * bool(len(expected) and not plan.looks) + ("people",) * bool(plan.left_out)
        return Scene(
            frame.index,
            frame.time,
            frame.size,
            people,
            actions=tuple(actions),
            faces=read.faces,
            timing=timing,
            chosen={**chosen, **read.chosen},
            skipped=(*skipped, *read.skipped),
            epoch=frame.epoch,
            corrupt=frame.corrupt,
            frame=frame,
        )

    def _timed(self, timing: dict[str, float], stage: str, work: Callable[..., Any], *given: Any) -> Any:
        start = self.budget.clock()
        result = work(*given)
        timing[stage] = timing.get(stage, 0.0) + self.budget.clock() - start
        return result

    def _find(self, frame: Frame, expected: People) -> tuple[People, Plan | None, dict[str, Any]]:
        """Look where the planner says; a model that cannot be told where to look sees the whole picture."""
        if not hasattr(self.model, "look"):
            return self.model(frame.image), None, {}
        plan = self.planner.plan(frame.size, expected, frame.time, self.budget.afford("pixels"))
        if not plan.looks:
            return self.model.look(frame, []), plan, {"looks": 0, "pixels": 0}
        pixels = sum(look_cost(look) for look in plan.looks)
        with self.budget.spend("pixels", pixels):
            people = self.model.look(frame, plan.looks)
        return people, plan, {"looks": len(plan.looks), "pixels": round(pixels)}

    def _probe(self) -> None:
        """Learn what a pixel of canvas costs on this machine, if it matters."""
        if self.budget.limit < float("inf") and hasattr(self.model, "look"):
            blank, look = np.zeros((160, 160, 3), np.uint8), Look((0, 0, 160, 160), (160, 160))
            self.budget.probe("pixels", look_cost(look), lambda: self.model.look(blank, [look]))


def seventeen(people: People) -> People:
    """Whole bodies as the 17 joints of `coco17` with which they begin; others as they are."""
    if people.skeleton.name != "wholebody133":
        return people
    points, scores = people.points[:, :17], people.point_scores[:, :17]
    return People(people.boxes, people.score, points, scores, skeleton("coco17"), people.ids)


def _carry(people: People, last: People, expected: People, plan: Plan) -> People:
    """Add those whom no look showed, as they were, moved to where they are expected, at half their scores."""
    shown = set(expected.ids[plan.known].tolist()) | set(people.ids.tolist())
    there = {identity: row for row, identity in enumerate(expected.ids.tolist())}
    rows = [row for row, identity in enumerate(last.ids.tolist()) if identity in there and identity not in shown]
    if not rows:
        return people
    old, boxes = last[rows], expected.boxes[[there[identity] for identity in last.ids[rows].tolist()]]
    shift = (boxes - old.boxes).reshape(-1, 2, 2).mean(1)
    points = old.points.copy()
    points[..., :2] += shift[:, None]
    return People(
        np.concatenate([people.boxes, boxes]),
        np.concatenate([people.score, old.score / 2]),
        np.concatenate([people.points, points]),
        np.concatenate([people.point_scores, old.point_scores / 2]),
        people.skeleton,
        np.concatenate([people.ids, old.ids]),
    )
