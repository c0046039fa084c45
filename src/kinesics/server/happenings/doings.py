"""Actions as events: began, ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ...types import Action
from ..events import Event
from .moment import ODDS, Moment

__all__ = ["FLICKER", "Doings"]

FLICKER = 0.3  # seconds for which a label is told at least to be an action, and without it the action is over

_Key = tuple[int, str]


@dataclass
class _Doing:
    action: Action  # as it was last told
    best: Action  # as it was told when it was surest
    start: float
    since: float  # first told
    last: float  # last told
    told: bool = False
    carried: bool = False


class Doings:
    """What everybody does, by person and label."""

    def __init__(self) -> None:
        self._open: dict[_Key, _Doing] = {}
        self._over: dict[_Key, float] = {}  # when the last of this kind ended
        self._before: Counter[str] = Counter()  # labels that went on before the join

    def join(self) -> None:
        """A new connection: what goes on may go on."""
        self._before = Counter(label for (_, label), doing in self._open.items() if doing.told)
        self._open, self._over = {}, {}

    def newest(self) -> str:
        """The label that began last and goes on, "" for none."""
        told = [doing for doing in self._open.values() if doing.told]
        return max(told, key=lambda doing: doing.start).action.label if told else ""

    def update(
        self, actions: Iterable[Action], here: Collection[int], there: Collection[int], carried: Collection[int], moment: Moment
    ) -> list[Event]:
        """Take what is told now.

        Args:
            actions: those that count.
            here: ids of those who are seen now; of others it is not known what they do.
            there: ids of those who are known to be there; of others nothing is told yet.
            carried: ids of those who were there before the join.
            moment: now.
        """
        events: list[Event] = []
        for action in sorted(actions, key=lambda a: (a.person, a.label, a.start)):
            events += self._take(action, moment)
        for key, doing in list(self._open.items()):
            person = key[0]
            if doing.last >= moment.time:
                if not doing.told and moment.time - doing.since >= FLICKER - ODDS and (person < 0 or person in there):
                    events += self._begin(doing, person in carried, moment)
            elif moment.time - doing.last >= FLICKER - ODDS and (person < 0 or person in here or not doing.told):
                events += self._close(key, moment)
        return events

    def leave(self, ids: Collection[int], moment: Moment, cut: bool = False) -> list[Event]:
        """These are gone, and their actions over."""
        self._over = {key: end for key, end in self._over.items() if key[0] not in ids}
        return [event for key in list(self._open) if key[0] in ids for event in self._close(key, moment, cut)]

    def end(self, moment: Moment) -> list[Event]:
        """All is over."""
        return self.leave({person for person, _ in self._open}, moment, cut=True)

    def _take(self, action: Action, moment: Moment) -> list[Event]:
        key, events = (action.person, action.label), list[Event]()
        doing = self._open.get(key)
        if doing is not None and _earlier(action, doing):
            return []
        if doing is not None and _another(action, doing):
            events = self._close(key, moment)
            doing = None
        if doing is None:
            start = min(max(action.start, self._over.get(key, action.start)), moment.time)
            doing = self._open[key] = _Doing(action, action, start, moment.time, moment.time)
        doing.action, doing.last = action, moment.time
        doing.best = max(doing.best, action, key=lambda one: one.score)
        return events

    def _begin(self, doing: _Doing, carried: bool, moment: Moment) -> list[Event]:
        doing.told = True
        label = doing.action.label
        if carried and self._before[label] > 0:
            self._before[label] -= 1
            doing.carried = True
            return []
        return [moment.of_action("began", doing.start, doing.action, doing.start, None)]

    def _close(self, key: _Key, moment: Moment, cut: bool = False) -> list[Event]:
        doing = self._open.pop(key)
        if not doing.told:
            return []
        end = max(min(doing.action.end, moment.time), doing.start)
        self._over[key] = end
        more = ({"carried": True} if doing.carried else {}) | ({"cut": True} if cut else {})
        return [moment.of_action("ended", end, doing.best, doing.start, end, **more)]


def _earlier(action: Action, doing: _Doing) -> bool:
    """Whether this is one that was over before, and still told."""
    return action.start < doing.start - ODDS and action.end <= doing.start + ODDS


def _another(action: Action, doing: _Doing) -> bool:
    """Whether this is a new one of the same name: the old one was over, or is long ago."""
    old = doing.action
    if action.start <= old.start + ODDS or action.start < old.end - ODDS:
        return False
    return old.end < doing.last - ODDS or action.start - old.end >= FLICKER - ODDS
