"""Falls, out of the postures that are told: one event a fall."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ...types import Action
from ..events import Event
from .moment import ODDS, Moment

__all__ = ["FALLING", "Falls"]

FALLING, LYING, UPRIGHT = "falling", "lying", ("standing", "walking", "running")
SOON = 2.0  # seconds within which lying makes sure of a fall that was seen for a moment only
UP = 1.0  # seconds upright after which one can fall again


@dataclass
class _Person:
    falling: Action | None = None  # told in one look so far
    seen: float = 0.0
    down: bool = False
    up: float | None = None  # upright since


class Falls:
    """Who fell, person by person; of nobody twice who has not stood up between."""

    def __init__(self) -> None:
        self._people: dict[int, _Person] = {}

    def join(self) -> None:
        """A new connection: nothing is known of anybody."""
        self._people = {}

    def leave(self, ids: Collection[int]) -> None:
        """These are gone."""
        self._people = {i: person for i, person in self._people.items() if i not in ids}

    def update(self, actions: Iterable[Action], moment: Moment) -> list[Event]:
        """Take the postures of now."""
        events = []
        for action in actions:
            if action.person < 0 or action.label not in (FALLING, LYING, *UPRIGHT):
                continue
            person = self._people.setdefault(action.person, _Person())
            fall = self._fall(person, action, moment.time)
            if fall is not None:
                events.append(moment.of_action("fall", fall.start, fall, fall.start, None))
        return events

    def _fall(self, person: _Person, action: Action, time: float) -> Action | None:
        """The fall that is sure now."""
        if action.label in UPRIGHT:
            person.up = time if person.up is None else person.up
            if time - person.up >= UP - ODDS:
                person.down, person.falling = False, None
            return None
        person.up = None
        if person.down:
            return None
        before = person.falling if person.falling is not None and time - person.seen <= SOON else None
        if action.label == FALLING:
            person.falling, person.seen = action, time
        if before is None:
            return None
        person.down, person.falling = True, None
        return before
