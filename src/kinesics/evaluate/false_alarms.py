"""How often a live action model names something that nobody does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..types import Action, Scene

__all__ = ["EXPECTED", "FalseAlarms", "false_alarms"]

# What people on idle and walking clips truly do, whatever a data set calls it. "unknown" says that nothing is named.
EXPECTED = ("unknown", "walk", "walking", "stand", "standing", "idle", "still", "none", "nothing")
PAUSE = 1.0  # seconds: the same label for the same person within this is the same alarm going on


@dataclass
class FalseAlarms:
    """Counts alarms as scenes go by: a named action is one alarm, however many frames it lasts.

    Args:
        expected: labels that are no alarm.

    Attributes:
        alarms: (person, label, start, end) in seconds.
        seconds: of video.
        person_seconds: the sum over people of how long each was in view.
    """

    expected: Sequence[str] = EXPECTED
    alarms: list[tuple[int, str, float, float]] = field(default_factory=list)
    seconds: float = 0.0
    person_seconds: float = 0.0
    _open: dict[tuple[int, str], int] = field(default_factory=dict)
    _last: tuple[int, float] | None = None

    def add(self, scene: Scene) -> None:
        """Take one more scene of the clip."""
        if self._last is not None and self._last[0] == scene.epoch and scene.time > self._last[1]:
            step = scene.time - self._last[1]
            self.seconds += step
            self.person_seconds += step * int((scene.people.ids >= 0).sum())
        self._last = scene.epoch, scene.time
        for action in scene.actions:
            if action.label.lower() not in self.expected:
                self._count(action, scene.time)

    def _count(self, action: Action, now: float) -> None:
        key = action.person, action.label
        at = self._open.get(key)
        if at is not None and now - self.alarms[at][3] <= PAUSE:
            self.alarms[at] = (*self.alarms[at][:3], now)
        else:
            self._open[key] = len(self.alarms)
            self.alarms.append((*key, now, now))

    def end(self) -> None:
        """The clip is over: the next scene is of another one, with people of its own."""
        self._open.clear()
        self._last = None

    def numbers(self) -> dict[str, float]:
        """false_alarms, false_alarms_per_hour (of video), false_alarms_per_person_hour, hours, person_hours."""
        hours, person_hours = self.seconds / 3600, self.person_seconds / 3600
        return {
            "false_alarms": len(self.alarms),
            "false_alarms_per_hour": len(self.alarms) / hours if hours else float("nan"),
            "false_alarms_per_person_hour": len(self.alarms) / person_hours if person_hours else float("nan"),
            "hours": hours,
            "person_hours": person_hours,
        }


def false_alarms(scenes: Iterable[Scene], expected: Sequence[str] = EXPECTED) -> dict[str, float]:
    """Count what is named on a clip on which nothing of it happens, see `FalseAlarms`."""
    counter = FalseAlarms(expected)
    for scene in scenes:
        counter.add(scene)
    return counter.numbers()
