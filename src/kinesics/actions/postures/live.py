"""Postures of everybody in view, frame by frame."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...types import Action, People
from .figure import Completed, Figure, apart, read_figure
from .hands import Hands
from .measures import measure
from .motion import Motion
from .parts import Parts, parts_of
from .rules import Rules, load_rules
from .settling import Settled
from .stature import Stature

__all__ = ["Postures"]

UNKNOWN, NOTHING, AHEAD = "unknown", "", "weight ahead of feet"
HELD = 0.5  # seconds for which it is remembered where the weight was
METRES = (
    4.0  # a trunk shorter than this in a skeleton with depth is in metres, longer in pixels (whose depth is of no use here)
)


class Postures:
    """Names what people do without any training, from the geometry of their joints.

    For each person one body posture (standing, sitting, crouching, lying, walking, running, falling, or "unknown" where one
    camera cannot tell), and a gesture beside it while there is one (hand raised, waving). The rules with their thresholds stand
    in `postures.toml`; `Action.why` shows the measures that decided. Works on 2D joints in any unit and on 3D joints in metres
    (y down), of any skeleton whose joints' names tell shoulders and hips; rates of frames may vary.

    A live action model: constant cost a frame, bounded memory, one person's answer independent of the others'.

    Example:
        >>> from kinesics.testing import walking_people
        >>> postures = Postures()
        >>> for people, time in walking_people(1, 3.0, joints=True, drop=0):
        ...     actions = postures.update(people, time)
        >>> actions[0].label
        'walking'
    """

    def __init__(self) -> None:
        self._rules = load_rules()
        self._people: dict[int, _Person] = {}

    def reset(self) -> None:
        """Forget everybody."""
        self._people = {}

    def update(self, people: People, time: float) -> list[Action]:
        """Take one frame.

        Args:
            people: who is there; rows without an id are ignored.
            time: seconds. A frame that is not later than a person's last one changes nothing.

        Returns:
            one Action a person for the body and one more while there is a gesture, in the order of rows.
        """
        found: list[Action] = []
        if len(people) and len(people.skeleton):
            parts = parts_of(people.skeleton)
            rows = people.points if people.world is None else people.world
            for row, identity in enumerate(people.ids.tolist()):
                if identity >= 0:
                    person = self._people.get(identity)
                    if person is None or time - person.time > self._rules.gone:
                        person = self._people[identity] = _Person(self._rules)
                    points, scores = rows[row].tolist(), people.point_scores[row].tolist()
                    found += person.update(identity, points, scores, parts, time)
        self._people = {i: person for i, person in self._people.items() if time - person.time <= self._rules.gone}
        return found


class _Person:
    """One person over time."""

    def __init__(self, rules: Rules) -> None:
        self.time = -math.inf
        self._rules = rules
        self._trunk, self._stature, self._motion, self._hands = Completed(), Stature(), Motion(), Hands()
        self._body = Settled(rules.body, UNKNOWN, 0.4, rules.smooth, rules.lead, rules.least)
        self._gesture = Settled(rules.gesture, NOTHING, 0.25, rules.smooth, rules.lead, rules.least)
        self._ahead = -math.inf, 0.0  # seconds, weight ahead of feet
        self._last: list[Action] = []

    def update(
        self, identity: int, points: Sequence[Sequence[float]], scores: Sequence[float], parts: Parts, time: float
    ) -> list[Action]:
        """Take one more moment."""
        if not time > self.time:
            return self._last
        self.time = time
        figure = read_figure(points, scores, parts, flat=len(points[0]) == 2)
        if not figure.flat and figure.neck and figure.hips and apart(figure.neck, figure.hips) > METRES:
            figure = read_figure(points, scores, parts, flat=True)
        self._trunk.update(figure, time)
        self._stature.update(figure, time)
        small = figure.flat and 3.0 < self._stature.height < self._rules.tall
        measures = {} if small else self._balanced(measure(figure, self._stature), time)
        measures |= {} if small else self._motion.update(figure, self._stature, time)
        hands = [] if small else self._hands.update(figure, self._stature.height, time)
        self._last = [self._posture(identity, figure, parts, measures, small, time), *self._waving(identity, hands, time)]
        return self._last

    def _balanced(self, measures: dict[str, float], time: float) -> dict[str, float]:
        """Where the weight is, remembered for a moment: it takes four joints of the legs to tell, and a side view."""
        ahead = measures.get(AHEAD)
        if ahead is not None:
            self._ahead = time, ahead
        elif measures and time - self._ahead[0] <= HELD:
            measures = {name: value for name, value in measures.items() if not name.endswith(", front view")}
            measures[AHEAD] = self._ahead[1]
        return measures

    def _posture(
        self, identity: int, figure: Figure, parts: Parts, measures: dict[str, float], small: bool, time: float
    ) -> Action:
        scores = {rule.label: rule.score(measures) for rule in self._rules.body}
        label, score = self._body.update(scores, time)
        if label == UNKNOWN:
            why: dict[str, float | str] = {"reason": _doubt(figure, parts, measures, small)}
            why |= {"nearest": max(scores, key=lambda name: scores[name])} if max(scores.values()) > 0.05 else {}
        else:
            why = dict(next(rule for rule in self._rules.body if rule.label == label).evidence(measures))
        return Action(identity, label, min(max(score, 0.0), 1.0), self._body.start, time, None, why)

    def _waving(self, identity: int, hands: list[dict[str, float]], time: float) -> list[Action]:
        scores = {rule.label: max((rule.score(hand) for hand in hands), default=0.0) for rule in self._rules.gesture}
        label, score = self._gesture.update(scores, time)
        if label == NOTHING:
            return []
        rule = next(rule for rule in self._rules.gesture if rule.label == label)
        best = max(hands, key=rule.score, default={})
        return [Action(identity, label, min(max(score, 0.0), 1.0), self._gesture.start, time, None, rule.evidence(best))]


def _doubt(figure: Figure, parts: Parts, measures: dict[str, float], small: bool) -> str:
    """Why nothing can be said."""
    if parts.missing:
        return f"this skeleton has no {parts.missing}"
    if small:
        return "too small"
    if not figure.neck or not figure.hips:
        return "trunk not seen"
    if "leg extension" not in measures:
        return "legs not seen"
    if measures.get("shoulders against trunk", 0.0) > 1.25:
        return "seen from above, or bent towards the camera"
    return "between postures"
