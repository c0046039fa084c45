"""What is told of what people do in one stream: postures, taught actions, an exercise; each can be exchanged while it runs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import KinesicsError, UsageError

if TYPE_CHECKING:
    from ...actions.coach import Coach
    from ...actions.recording import Recording
    from ...types import Action, People, PoseSequence

__all__ = ["Acting"]

REMEMBERED = 2.0  # seconds that are shown to a model which comes new, so that it can answer at once
ORDER = ("postures", "taught", "coach")


class Acting:
    """A live action model of several, safe to be changed from other threads between two frames.

    Args:
        note: takes a line when a model fails and is left out from then on.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._busy = threading.Lock()
        self._models: dict[str, Any] = {}
        self._past: deque[tuple[People, float]] = deque()
        self._recording: Recording | None = None
        self._torn = False

    def update(self, people: People, time: float) -> list[Action]:
        """Take one frame."""
        with self._busy:
            self._past.append((people, time))
            while time - self._past[0][1] > REMEMBERED:
                self._past.popleft()
            if self._recording is not None:
                self._recording.take(people, time)
            return [action for name in ORDER for action in self._one(name, people, time)]

    def _one(self, name: str, people: People, time: float) -> list[Action]:
        model = self._models.get(name)
        if model is None:
            return []
        try:
            actions: list[Action] = model.update(people, time)
        except KinesicsError as error:
            del self._models[name]
            self._note(f"{name}: {error}")
            return []
        return actions

    def reset(self) -> None:
        """Forget everybody: a new epoch begins."""
        with self._busy:
            if self._past and self._recording is not None:
                self._torn, self._recording = True, None
            self._past.clear()
            for model in self._models.values():
                model.reset()

    # ------------------------------------------------------------------------------------------------------------ exchange
    def put(self, name: str, model: Any | None, *, remembers: bool = False) -> None:
        """From the next frame on this model is asked, or none.

        Args:
            name: "postures", "taught" or "coach".
            model: with `update` and `reset`.
            remembers: show it the last two seconds first.
        """
        if model is None:
            with self._busy:
                self._models.pop(name, None)
            return
        with self._busy:
            past = list(self._past) if remembers else []
        for people, time in past:  # meanwhile frames go on with the old one
            model.update(people, time)
        with self._busy:
            for people, time in self._past if remembers else ():
                if not past or time > past[-1][1]:
                    model.update(people, time)
            self._models[name] = model

    # ------------------------------------------------------------------------------------------------------------ teaching
    def begin(self, label: str, person: int | None) -> None:
        """From the next frame on, the person shows this action.

        Raises:
            UsageError: one is being shown already, or the label cannot be one.
        """
        from ...actions.examples import checked_label
        from ...actions.recording import Recording

        with self._busy:
            if self._recording is not None:
                raise UsageError(f"an example of {self._recording.label!r} is being shown; end or cancel it first")
            self._recording, self._torn = Recording(checked_label(label), person), False

    def end(self) -> tuple[str, PoseSequence]:
        """The label and what was shown.

        Raises:
            UsageError: nothing was begun, nobody was seen since, or the stream began anew meanwhile.
        """
        with self._busy:
            recording, self._recording = self._recording, None
            torn, self._torn = self._torn, False
        if torn:
            raise UsageError("the stream began anew while the example was shown; show it once more")
        if recording is None:
            raise UsageError("no example is being shown; begin one first")
        return recording.label, recording.clip()

    def cancel(self) -> None:
        """Forget what is being shown, if anything."""
        with self._busy:
            self._recording, self._torn = None, False

    # ------------------------------------------------------------------------------------------------------------ coaching
    @property
    def coach(self) -> Coach | None:
        """Who counts an exercise, if one is counted."""
        return self._models.get("coach")

    def session(self) -> dict[str, Any]:
        """The exercise so far, as `Session.summary` has it.

        Raises:
            UsageError: no exercise is counted.
        """
        with self._busy:
            return self._counting().session.summary()

    def start_anew(self) -> None:
        """Count the exercise from 0 again.

        Raises:
            UsageError: no exercise is counted.
        """
        with self._busy:
            self._counting().reset()

    def _counting(self) -> Coach:
        if self.coach is None:
            raise UsageError("no exercise is counted in this stream; choose one first")
        return self.coach
