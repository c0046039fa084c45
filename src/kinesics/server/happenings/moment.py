"""A moment of a stream, and events that are told in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ...formats.encode import plain
from ...types import Action
from ..events import Event

__all__ = ["ODDS", "Moment", "evidence"]

ODDS = 1e-6  # seconds by which times that are meant to be the same may differ


@dataclass(frozen=True)
class Moment:
    """One look at the stream.

    Attributes:
        stream: its id.
        epoch: of the frame.
        time: seconds of the stream.
        now: seconds since 1970.
    """

    stream: str
    epoch: int
    time: float
    now: float

    def event(self, kind: str, at: float, person: int = -1, *, start: float, end: float | None = None, **more: Any) -> Event:
        """Something that happened at a time of the stream, not later than now; times to the millisecond."""
        more |= {"start": round(start, 3), "end": None if end is None else round(end, 3)}
        return Event(round(self.now - (self.time - at), 3), self.stream, kind, person, epoch=self.epoch, **more)

    def of_action(self, kind: str, at: float, action: Action, start: float, end: float | None, **more: Any) -> Event:
        """Something that is told of an action."""
        told = {"label": action.label, "score": round(action.score, 3), "data": evidence(action.why) | more}
        return self.event(kind, at, action.person, start=start, end=end, **told)


def evidence(why: Mapping[str, Any]) -> dict[str, Any]:
    """Named evidence as plain values; what is none is left out."""
    found = {}
    for name, value in why.items():
        try:
            found[str(name)] = msgspec.to_builtins(value, enc_hook=plain)
        except (TypeError, ValueError, RecursionError):
            continue
    return found
