"""Something that happened, as it is stored, sent and exported."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["KINDS", "Event"]

KINDS = {
    "appeared": "somebody came into view",
    "left": "somebody is no longer there",
    "began": "an action began",
    "ended": "an action is over",
    "repetition": "a repetition or hold of an exercise; `label` is the exercise, `data` says whether it counts and why not",
    "fall": "somebody fell, or lies on the floor",
    "stream": "a stream connected, was lost, stalled, ended or failed; `label` says which",
}


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event.

    Attributes:
        time: seconds since 1970, UTC, of the machine's clock.
        stream: id of the stream.
        kind: one of `KINDS`.
        person: id in the stream, -1 for none.
        label: of the action, exercise or state.
        score: 0 to 1, None where nothing is scored.
        epoch: of the stream; ids of people mean nothing across epochs.
        start, end: seconds of the stream.
        data: evidence, plain values.
        id: rises with each event stored; 0 before it is.
    """

    time: float
    stream: str
    kind: str
    person: int = -1
    label: str = ""
    score: float | None = None
    epoch: int = 0
    start: float | None = None
    end: float | None = None
    data: dict[str, Any] = msgspec.field(default_factory=dict)
    id: int = 0
