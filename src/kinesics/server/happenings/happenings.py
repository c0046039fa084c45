"""Scenes of one stream to events: who came and went, what they began and ended, what counted, who fell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...types import Action, Scene
from ..events import Event
from .doings import Doings
from .falls import FALLING, Falls
from .moment import Moment
from .presence import Presence
from .repetitions import Repetitions

if TYPE_CHECKING:
    from ...actions.coach import Coach

__all__ = ["Happenings"]


class Happenings:
    """Tells what happened, look by look; has no clock and no chance of its own.

    At a new epoch nothing is told: ids begin anew, and who is seen within 5 s of the last sight is taken to be one of those who
    were there, as long as they are not more than before. What began before the join and ends after it says `carried`.

    Args:
        stream: its id.
        coach: that is among the stream's actions; its tries are told.
    """

    def __init__(self, stream: str, coach: Coach | None = None) -> None:
        self._stream, self._coach = stream, coach
        self._repetitions = None if coach is None else Repetitions(coach)
        self.reset()

    def follow(self, coach: Coach | None) -> None:
        """Another coach, or none, is among the stream's actions from now on."""
        self._coach = coach
        self._repetitions = None if coach is None else Repetitions(coach)

    def reset(self) -> None:
        """Forget everybody; nothing is told."""
        self._presence, self._doings, self._falls = Presence(), Doings(), Falls()
        self._last: Moment | None = None
        if self._repetitions is not None:
            self._repetitions.reset()

    def summary(self) -> dict[str, Any]:
        """How things stand: `people`, how many are there, and `action`, what began last and goes on ("" for nothing)."""
        return {"people": len(self._presence.there), "action": self._doings.newest()}

    def update(self, scene: Scene, now: float) -> list[Event]:
        """Take one look; one that is not later than the last changes nothing.

        Args:
            scene: what was seen.
            now: seconds since 1970, of the machine's clock.
        """
        moment, last = Moment(self._stream, scene.epoch, scene.time, now), self._last
        events: list[Event] = []
        if last is not None and scene.epoch != last.epoch:
            events += self._join(last, moment)
        elif last is not None and scene.time <= last.time:
            return []
        self._last = moment
        here = {identity for identity in scene.people.ids.tolist() if identity >= 0}
        come, gone = self._presence.update(here, moment)
        left = {event.person for event in gone}
        events += come
        events += self._doings.update(self._counting(scene), here, self._presence.there, self._presence.carried, moment)
        events += self._falls.update([a for a in scene.actions if a.person in self._presence.there], moment)
        if self._repetitions is not None:
            events += self._repetitions.update(moment)
        return events + self._leave(left, moment) + gone

    def end(self, now: float, *, finish: bool = True) -> list[Event]:
        """The stream has ended: what is open ends with its last look, and says that it was `cut`.

        Args:
            now: seconds since 1970.
            finish: let the coach close a hold that goes on; not while somebody else still updates it.
        """
        if self._last is None:
            return []
        moment = replace(self._last, now=min(now, self._last.now))
        events = [] if self._repetitions is None else self._repetitions.end(moment, finish=finish)
        events += self._doings.end(moment) + self._presence.end(moment)
        self.reset()
        return events

    def _join(self, last: Moment, moment: Moment) -> list[Event]:
        """What was done before the join is told, and nothing of the join itself."""
        self._presence.join(last.time if last.time <= moment.time else moment.time)
        self._doings.join()
        self._falls.join()
        return [] if self._repetitions is None else self._repetitions.join(last)

    def _leave(self, ids: Collection[int], moment: Moment) -> list[Event]:
        if not ids:
            return []
        self._falls.leave(ids)
        return self._doings.leave(ids, moment)

    def _counting(self, scene: Scene) -> list[Action]:
        """Actions that begin and end: neither what has no name, nor falls, nor what a coach says of a repetition."""
        return [a for a in scene.actions if a.label not in ("", "unknown", FALLING) and not self._coached(a)]

    def _coached(self, action: Action) -> bool:
        if self._coach is None or not action.label.startswith(self._coach.exercise.name):
            return False
        return "phase" in action.why
