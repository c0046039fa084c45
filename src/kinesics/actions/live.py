"""Actions live: people of one frame after the other in, what each of them does out, at constant cost a frame.

A fitted model's `stepper()` gathers the evidence (continual inference: no window is computed twice), `Segmenter` finds start
and end, and each person has their own of both. Late frames are ignored, short gaps bridged, and who was away for long is new.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np

from ..errors import NotFittedError, UsageError
from ..types import Action, Array, People, PoseSequence, Skeleton
from .anticipation import NextActions
from .energy import Energy
from .habits import Ways, plausible, witnessed
from .joints import joint_map
from .segments import NONE, Rules, Segmenter, Span

__all__ = ["LiveActions", "Stepper", "label_clip"]

GAP = 0.5  # seconds without somebody that are bridged
GONE = 2.0  # seconds after which somebody is forgotten
LINGERS = 0.5  # seconds that an action which is over is still told, so that it can be read
SURE = 0.6  # probability from which an action is named at least: live, most of what people do is none of the classes
FAR = 1.3  # times as far from what was learned as its own clips are from each other: farther is something else
SEEN = 0.6  # share of the model's joints that must be seen, on average
SHOWN = 4  # joints that must be seen


class Stepper(Protocol):
    """One person (or pair) over time, at constant cost a moment."""

    def push(self, points: Array, scores: Array, time: float) -> None:
        """Take one more moment: (n, k, d), (n, k), seconds."""
        ...

    def proba(self, since: float | None = None) -> Array:
        """(c,) probabilities of what was done from `since` to now; None: from the start."""
        ...


class LiveActions:
    """A live action model around a fitted model.

    Args:
        model: fitted, with `classes_`, `skeleton_` and `stepper()`. Where it has them these are used: `unknown_` (probability,
            of all or each class, below which it does not know), `durations_` ((c, 2) seconds an action lasts, median and
            spread) and `habits_` (how people move while they do it, `learn_habits`).
        decide_at: name an action as soon as the probability of being wrong is at most this, 0 to 1; None: when it lasts.
        sequences: of labels observed before, from which the next action is anticipated beside what is observed live.

    Raises:
        NotFittedError: the model has not learned yet.
        UsageError: it is no such model, or `decide_at` is no risk; in `update`: the model's joints are not among the people's.
    """

    def __init__(self, model: Any, *, decide_at: float | None = None, sequences: Iterable[Sequence[str]] = ()) -> None:
        if not hasattr(model, "stepper"):
            raise UsageError(f"expected a fitted action model with stepper(), got {type(model).__name__}")
        if decide_at is not None and not 0 < decide_at < 1:
            raise UsageError(f"decide_at: expected a risk above 0 and below 1, such as 0.05, got {decide_at}")
        if not len(getattr(model, "classes_", ())):
            raise NotFittedError(f"{type(model).__name__} has not learned yet; fit it, or load one that has")
        if getattr(getattr(model, "layout_", None), "people", 1) > 1:
            raise UsageError("this model tells what two people do together; live, everyone is looked at alone: train on one")
        self.model, self.decide_at, self.sequences = model, decide_at, [list(s) for s in sequences]
        self._people: dict[int, _Person] = {}

    def reset(self) -> None:
        """Forget everybody."""
        self._people = {}

    def update(self, people: People, time: float) -> list[Action]:
        """Take one frame.

        Args:
            people: who is there; rows without an id are ignored.
            time: seconds. A frame that is not later than a person's last one is ignored; when time falls by more than two
                seconds, another source has begun, and everybody is new.

        Returns:
            For each person what they do now, if anything, after what they finished within the last half second. `why` names the
            two likeliest classes (`scores`), seconds of evidence (`seconds`), body lengths a second (`energy`) and, where
            it is known, what is likely to come (`next`); of a teacher also the nearest example (`nearest`).
        """
        if not math.isfinite(time):
            raise UsageError(f"expected a time in seconds, got {time}")
        self._people = {i: p for i, p in self._people.items() if abs(time - p.last) <= GONE}
        actions: list[Action] = []
        done: set[int] = set()
        for row, identity in enumerate(people.ids.tolist()):
            if identity < 0 or identity in done:
                continue
            done.add(identity)
            person = self._people.get(identity)
            if person is None or person.lost(time):
                person = self._people[identity] = _Person(self, people.skeleton, None if person is None else person.next)
            actions += person.take(identity, people.points[row : row + 1], people.point_scores[row : row + 1], time)
        return actions


class _Person:
    """What is kept of one person."""

    def __init__(self, live: LiveActions, body: Skeleton, then: NextActions | None) -> None:
        model = live.model
        self.classes: tuple[str, ...] = tuple(model.classes_)
        self.typical = durations(model)[:, 0]
        self.stepper: Stepper = model.stepper()
        same = body.joints == model.skeleton_.joints
        self.joints = None if same else joint_map(body, model.skeleton_)
        own = getattr(self.stepper, "energy", None)  # who measures it anyway need not do it twice
        measured = Energy(model.skeleton_)
        self.energy: Callable[[Array, Array, float], float] = measured.update if own is None else lambda *_: float(own())
        self.segmenter = Segmenter(rules(model, live.decide_at))
        self.habits: Array | None = getattr(model, "habits_", None)
        self.ways = Ways(model.skeleton_)
        self.near: Callable[[float], Array] | None = getattr(self.stepper, "near", None)
        self.grace = float(getattr(model, "grace_", 1.0))
        self.next = then or NextActions(self.classes, live.sequences)
        self.last = -math.inf
        self.usual = 0.0  # seconds between two moments
        self.over: list[Action] = []
        self.told: list[Action] = []
        self._ahead: tuple[str, tuple[str, float] | None] = ("", None)
        self._behind: tuple[Array | None, dict[str, Any]] = (None, {})

    def lost(self, time: float) -> bool:
        """Whether the gap is too long to be bridged; at few frames a second it may be longer."""
        return time - self.last > max(GAP, 3 * self.usual)

    def take(self, identity: int, points: Array, scores: Array, time: float) -> list[Action]:
        if time <= self.last:
            return self.told
        self.usual = min(time - self.last, GAP) if self.last > -math.inf else 0.0
        if np.count_nonzero(scores) < SHOWN:
            return []
        self.last = time
        if self.joints is not None:
            points, scores = self.joints.apply(points, scores)
        self.stepper.push(points, scores, time)
        energy = self.energy(points, scores, time)
        self.ways.push(points, scores, time)
        self.dims = points.shape[-1]
        over, now = self.segmenter.step(time, energy, self._believe)
        self.over = [a for a in self.over if time - a.end <= LINGERS] if now is None else []
        if over is not None:
            self.over.append(self._action(identity, over, energy, over=True))
            if over.label != NONE:
                self.next.add(self.classes[over.label])
        self.told = [*self.over, *([self._action(identity, now, energy)] if now is not None else [])]
        return self.told

    def _believe(self, since: float) -> Array:
        """(c,) what was done since, nothing of it what people never move like."""
        proba = self.stepper.proba(since)
        seen = self.ways.seen(since)
        if seen[0] < SEEN:
            return np.zeros_like(proba)
        if self.habits is None:
            return proba
        possible = plausible(self.ways.since(since), self.habits, self.dims, grace=self.grace) & witnessed(seen, self.habits)
        if self.near is not None and possible.any():
            possible &= self.near(since) <= FAR
        return np.where(possible, proba, 0.0)

    def _action(self, identity: int, span: Span, energy: float, over: bool = False) -> Action:
        label = "unknown" if span.label == NONE else self.classes[span.label]
        best = np.argsort(-span.fits, kind="stable")[:2].tolist()
        why: dict[str, Any] = {
            "scores": {self.classes[i]: round(float(span.fits[i]), 3) for i in best},
            "seconds": round(span.end - span.since, 2),
            "energy": round(energy, 2),
            **self._reason(span),
        }
        if not over and span.label != NONE:
            if self._ahead[0] != label:
                self._ahead = label, self.next.after(label)
            if self._ahead[1] is not None:
                why["next"] = {"label": self._ahead[1][0], "probability": round(self._ahead[1][1], 3)}
        score = min(max(span.score, 0.0), 1.0)
        return Action(identity, label, score, span.start, span.end, self._progress(span, over), why)

    def _reason(self, span: Span) -> dict[str, Any]:
        """What the model itself says for it, asked anew at each judgement."""
        if self._behind[0] is not span.fits:
            ask = getattr(self.stepper, "why", None)
            self._behind = span.fits, dict(ask(span.since)) if ask else {}
        return self._behind[1]

    def _progress(self, span: Span, over: bool) -> float | None:
        if over:
            return 1.0
        lasts = self.typical[span.label] if span.label != NONE else np.nan
        return float(min((span.end - span.start) / lasts, 1.0)) if lasts > 0 else None


def durations(model: Any) -> Array:
    """(c, 2) median and spread of the seconds each class lasts, NaN where the model does not know."""
    known = getattr(model, "durations_", None)
    return np.full((len(model.classes_), 2), np.nan) if known is None else np.asarray(known, float).reshape(-1, 2)


def rules(model: Any, decide_at: float | None) -> Rules:
    """What this model's answers need to become names."""
    median, spread = durations(model).T
    known = np.isfinite(median) & (median > 0)
    usual = float(np.median(median[known])) if known.any() else 2.0
    spread = np.where(np.isfinite(spread), spread, median / 3)
    longest = np.where(known, 1.3 * median + 2 * spread, 3 * usual)
    shortest = np.where(known, np.maximum(0.6 * median, median - 2 * spread), 0.6)
    lasts = np.where(known, 0.85 * median, 0.85 * usual)
    threshold = getattr(model, "unknown_", None)
    needed = np.zeros(len(median)) if threshold is None else np.broadcast_to(threshold, median.shape).astype(float)
    if decide_at is not None:
        needed = np.maximum(needed, 1 - decide_at)
    elif not getattr(model, "rejects_", False):
        needed = np.maximum(needed, SURE)
    return Rules(np.clip(needed, 0.05, 0.999), decide_at is not None, shortest, longest, lasts, usual, float(longest.max()))


def label_clip(model: Any, clip: PoseSequence, *, decide_at: float | None = None) -> list[Action]:
    """What the people of a clip do, from start to end, as `LiveActions` would have said at the last moment.

    Args:
        model: fitted, or a live action model (which is reset before and after).
        clip: with ids.
        decide_at: see `LiveActions`.

    Returns:
        Actions by start, "unknown" included.
    """
    live = model if hasattr(model, "update") else LiveActions(model, decide_at=decide_at)
    live.reset()
    one_at_a_time = isinstance(live, LiveActions)  # then a later name for the same stretch replaces the earlier
    last: dict[tuple[int, float, str], Action] = {}
    for people, time in frames(clip):
        for action in live.update(people, time):
            last[action.person, action.start, "" if one_at_a_time else action.label] = action
    live.reset()
    return sorted(last.values(), key=lambda a: (a.start, a.person))


def frames(clip: PoseSequence) -> Iterable[tuple[People, float]]:
    """A clip's moments as people; who has no joint at a moment is not there."""
    for points, scores, time in zip(clip.points, clip.scores, clip.times.tolist(), strict=True):
        rows = np.flatnonzero((scores > 0).any(1))
        seen = np.isfinite(points[rows])
        low = np.where(seen, points[rows], np.inf).min(1)[:, :2]
        high = np.where(seen, points[rows], -np.inf).max(1)[:, :2]
        boxes, certain = np.concatenate([low, high], 1), scores[rows].mean(1)
        yield People(boxes, certain, points[rows], scores[rows], clip.skeleton, clip.ids[rows]), time
