"""Tries at an exercise as events, once each, when it is settled whether they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ..events import Event
from .moment import Moment

if TYPE_CHECKING:
    from ...actions.coach import Coach
    from ...actions.coach.records import Hold, Repetition

__all__ = ["Repetitions"]

SETTLES = 0.7  # seconds after which the end of a try does not change any more


@dataclass
class _Person:
    identity: int
    tries: Sequence[Repetition | Hold]  # the coach's own list
    told: int = 0
    grown: float = 0.0  # when the list was last longer than before
    length: int = 0


class Repetitions:
    """Follows a coach.

    Args:
        coach: is updated by somebody else, and asked after each look.
    """

    def __init__(self, coach: Coach) -> None:
        self._coach = coach
        self._people: dict[int, _Person] = {}  # by the identity of the list, which goes along with its person

    def update(self, moment: Moment) -> list[Event]:
        """The tries that are settled by now."""
        followed = {id(tries): (identity, tries) for identity, tries in self._coach.followed.items()}
        events: list[Event] = []
        for gone in self._people.keys() - followed.keys():  # the coach forgot them: nothing changes any more
            events += self._tell(self._people.pop(gone), moment, everything=True)
        for key, (identity, tries) in followed.items():
            person = self._people.setdefault(key, _Person(identity, tries))
            person.identity = identity
            if len(tries) > person.length:
                person.length, person.grown = len(tries), moment.time
            events += self._tell(person, moment, everything=moment.time - person.grown >= SETTLES)
        return events

    def end(self, moment: Moment, *, finish: bool) -> list[Event]:
        """The stream ends: all tries are told, and with `finish` a hold that goes on is over with it."""
        if finish:
            self._coach.finish()
        events = self.update(moment)
        return events + [event for person in self._people.values() for event in self._tell(person, moment, everything=True)]

    def reset(self) -> None:
        """Forget all."""
        self._people = {}

    def join(self, moment: Moment) -> list[Event]:
        """A new connection, of the time before which this moment is: what was done is told, the rest is forgotten."""
        people, self._people = self._people, {}
        return [event for person in people.values() for event in self._tell(person, moment, everything=True)]

    def _tell(self, person: _Person, moment: Moment, *, everything: bool) -> list[Event]:
        end = len(person.tries) if everything else max(len(person.tries) - 1, person.told)
        fresh, person.told = person.tries[person.told : end], end
        return [self._event(person.identity, one, moment) for one in fresh if not _unfinished(one)]

    def _event(self, identity: int, one: Repetition | Hold, moment: Moment) -> Event:
        data: dict[str, Any] = {k: v for k, v in asdict(one).items() if k not in ("start", "end", "faults") and v is not None}
        data["faults"] = [asdict(fault) for fault in one.faults]
        data["advice"] = one.faults[0].advice if one.faults else ""
        name = self._coach.exercise.name
        return moment.event("repetition", one.end, identity, start=one.start, end=one.end, label=name, data=_rounded(data))


def _unfinished(one: Repetition | Hold) -> bool:
    from ...actions.coach.records import UNFINISHED

    return one.why_not == UNFINISHED


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return round(float(value), 3) if isinstance(value, float) else value
