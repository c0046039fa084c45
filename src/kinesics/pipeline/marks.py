"""When somebody shows what: marks in a video, and the events they become."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ..actions.examples import checked_label
from ..errors import FormatError, UsageError

__all__ = ["Event", "Mark", "marks_to_events", "parse_mark", "read_marks"]

DOES = ("begin", "end", "toggle", "undo", "next", "previous", "save", "quit")


@dataclass(frozen=True)
class Event:
    """Something that the teaching person did.

    Attributes:
        time: seconds of the video at which it counts; None: now.
        does: one of `DOES`; "toggle" begins an example, or ends it if it is being shown.
        label: for "begin" and "toggle".
        person: whose; None for the selected person.
    """

    time: float | None
    does: str
    label: str = ""
    person: int | None = None

    def __post_init__(self) -> None:
        if self.does not in DOES:
            raise UsageError(f"an event: expected one of {', '.join(DOES)}, got {self.does!r}")


@dataclass(frozen=True)
class Mark:
    """From `start` to `end` seconds a person (None: the largest) shows the action `label`."""

    label: str
    start: float
    end: float
    person: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", checked_label(self.label))
        if not (0 <= self.start < self.end < float("inf")):
            raise UsageError(
                f"a mark of {self.label!r}: expected a start before its end, in seconds, got {self.start} to {self.end}"
            )


def parse_mark(text: str) -> Mark:
    """`wave@2.0-3.5` or, of person 3, `wave@2.0-3.5#3`.

    Raises:
        UsageError: it is written in another way.
    """
    found = re.fullmatch(r"(.+)@(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)(?:#(\d+))?", text.strip())
    if not found:
        raise UsageError(f"a mark: expected label@start-end or label@start-end#person, such as wave@2.0-3.5, got {text!r}")
    label, start, end, person = found.groups()
    return Mark(label, float(start), float(end), None if person is None else int(person))


def read_marks(path: str | Path) -> list[Mark]:
    """Marks of a table with the columns start, end, label and, if wanted, person.

    Raises:
        FormatError: no such file, columns that are missing, or a row that is no mark.
    """
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or "no text"
        raise FormatError(f"{path}: cannot be read as a table of marks: {why}") from error
    marks = []
    for number, row in enumerate(rows, 2):
        try:
            person = (row.get("person") or "").strip()
            marks.append(Mark(row["label"], float(row["start"]), float(row["end"]), int(person) if person else None))
        except UsageError as error:
            raise FormatError(f"{path}, line {number}: {error}") from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FormatError(f"{path}, line {number}: expected start,end,label[,person], got {list(row.values())}") from error
    if not marks:
        raise FormatError(f"{path}: expected rows of start,end,label[,person], found none")
    return marks


def marks_to_events(marks: Iterable[Mark]) -> list[Event]:
    """The marks as events in the order of time.

    Raises:
        UsageError: two marks overlap: one example is shown at a time.
    """
    ordered = sorted(marks, key=lambda mark: mark.start)
    for one, other in pairwise(ordered):
        if other.start < one.end:
            raise UsageError(
                f"the marks of {one.label!r} and {other.label!r} overlap at {other.start} s; one example at a time"
            )
    return [
        event for mark in ordered for event in (Event(mark.start, "begin", mark.label, mark.person), Event(mark.end, "end"))
    ]
