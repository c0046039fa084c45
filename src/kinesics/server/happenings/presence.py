"""Who came and who went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..events import Event
from .moment import ODDS, Moment

__all__ = ["AGAIN", "GONE", "STAYS", "Presence"]

STAYS = 0.5  # seconds somebody is there before it is told
GONE = 1.5  # seconds without somebody after which they have left
AGAIN = 5.0  # seconds from the last sight before a new connection within which people may be those of before


@dataclass
class _Person:
    first: float
    last: float
    told: bool = False  # that they are there, or it is known without


class Presence:
    """People by their ids: there or not.

    Attributes:
        there: ids of those who are known to be there.
        carried: ids of those of whom it is known from before the last join.
    """

    def __init__(self) -> None:
        self._people: dict[int, _Person] = {}
        self._before = 0  # how many were there before the join and have not been seen again
        self._until = float("-inf")
        self.there: set[int] = set()
        self.carried: set[int] = set()

    def join(self, last: float) -> None:
        """A new connection: ids mean nothing any more. Whoever is seen soon after may be who was there at the `last` sight."""
        self._before, self._until = len(self.there), last + AGAIN
        self._people, self.there, self.carried = {}, set(), set()

    def update(self, ids: Iterable[int], moment: Moment) -> tuple[list[Event], list[Event]]:
        """Who appeared, and who left: events."""
        time, here = moment.time, {identity for identity in ids if identity >= 0}
        for identity in here:
            person = self._people.setdefault(identity, _Person(time, time))
            person.last = time
        come = [
            self._come(i, p, moment) for i, p in sorted(self._people.items()) if not p.told and time - p.first >= STAYS - ODDS
        ]
        gone = [self._leave(i, p, moment) for i, p in sorted(self._people.items()) if i not in here and self._over(p, time)]
        return [event for event in come if event], [event for event in gone if event]

    def end(self, moment: Moment) -> list[Event]:
        """Everybody is gone with the stream."""
        return [event for i, p in sorted(self._people.items()) if (event := self._leave(i, p, moment, cut=True))]

    def _over(self, person: _Person, time: float) -> bool:
        return time - person.last >= (GONE if person.told else STAYS) - ODDS

    def _come(self, identity: int, person: _Person, moment: Moment) -> Event | None:
        if person.last < moment.time:  # not seen now: a glimpse is nobody
            return None
        person.told = True
        self.there.add(identity)
        if self._before > 0 and person.first <= self._until:
            self._before -= 1
            self.carried.add(identity)
            return None
        return moment.event("appeared", person.first, identity, start=person.first)

    def _leave(self, identity: int, person: _Person, moment: Moment, cut: bool = False) -> Event | None:
        del self._people[identity]
        if not person.told:
            return None
        data = {"carried": True} if identity in self.carried else {}
        self.there.discard(identity)
        self.carried.discard(identity)
        data |= {"cut": True} if cut else {}
        return moment.event("left", person.last, identity, start=person.first, end=person.last, data=data)
