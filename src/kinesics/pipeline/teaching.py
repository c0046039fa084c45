"""Teach a teacher while a video plays: events from keys, buttons or a list of marks meet the frames they belong to."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..actions import ActionTeacher
from ..errors import FormatError, KinesicsError, UsageError
from ..types import People, Scene
from .watching import watch

__all__ = ["Event", "Mark", "marks_to_events", "parse_mark", "read_marks", "teach", "teach_folder"]

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
            marks.append(Mark(row["label"].strip(), float(row["start"]), float(row["end"]), int(person) if person else None))
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
    for one, other in itertools.pairwise(ordered):
        if other.start < one.end:
            raise UsageError(
                f"the marks of {one.label!r} and {other.label!r} overlap at {other.start} s; one example at a time"
            )
    return [
        event for mark in ordered for event in (Event(mark.start, "begin", mark.label, mark.person), Event(mark.end, "end"))
    ]


def teach(
    source: Any,
    teacher: ActionTeacher,
    events: Iterable[Event] | Callable[[], Iterable[Event]],
    *,
    said: Callable[[str], object] | None = None,
    step: Callable[[Scene], object] | None = None,
    save: Callable[[], object] | None = None,
    **options: Any,
) -> ActionTeacher:
    """Play a source and let events teach the teacher.

    Args:
        source: as `watch` takes it, or an iterable of Scenes.
        teacher: learns, and answers in the scenes' `actions`.
        events: with times, in order (marks), or a function that gives what happened since it was last asked (keys, a pad).
        said: told in words what was learned, and what could not be.
        step: called with each Scene.
        save: called when the event "save" comes.
        options: of `watch`.

    Returns:
        The teacher.

    Raises:
        SourceError: the source cannot be read.
    """
    lesson = _Lesson(teacher, said or (lambda words: None), save)
    ask = events if callable(events) else _Queue(events)
    scenes = watch(source, actions=None, **options) if _is_source(source) else iter(source)
    try:
        for scene in scenes:
            lesson.people = scene.people
            for event in ask(scene.time) if isinstance(ask, _Queue) else ask():
                lesson.take(event)
            if lesson.over:
                break
            actions = teacher.update(scene.people, scene.time)
            if step is not None:
                step(_with_actions(scene, actions))
        for event in ask(float("inf")) if isinstance(ask, _Queue) else ():
            lesson.take(event)
    finally:
        close = getattr(scenes, "close", None)
        if close:
            close()
    return teacher


def teach_folder(folder: str | Path, teacher: ActionTeacher, said: Callable[[str], object] | None = None) -> ActionTeacher:
    """Learn from a folder of clips by label, or with an index.csv; a clip that teaches nothing is told and left out.

    Raises:
        FormatError, UsageError: there are no clips.
    """
    from .datasets import load_clips

    for clip, label in zip(*load_clips(folder), strict=True):
        try:
            number = teacher.add(clip, label)
        except KinesicsError as error:
            (said or (lambda words: None))(f"left out: {error}")
        else:
            (said or (lambda words: None))(learned(teacher, number))
    return teacher


def learned(teacher: ActionTeacher, number: int) -> str:
    """What is known after an example, in words."""
    example = next(e for e in teacher.examples if e.id == number)
    sure = teacher.certainty()
    known = ", ".join(f"{label} {f'{right}/{of} sure' if of > 1 else '1 example'}" for label, (right, of) in sure.items())
    doubts = f" ({'; '.join(example.notes)})" if example.notes else ""
    span = f"{example.end - example.start:.1f} s"
    return f"example {number}: {example.label}, person {example.person}, {span}{doubts}; known: {known}"


class _Queue:
    """Events with times, handed out when their time has come."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = sorted(events, key=lambda event: 0.0 if event.time is None else event.time)

    def __call__(self, time: float) -> Iterator[Event]:
        while self._events and (self._events[0].time or 0.0) <= time:
            yield self._events.pop(0)


class _Lesson:
    """Which person is selected, and what each event does."""

    def __init__(self, teacher: ActionTeacher, said: Callable[[str], object], save: Callable[[], object] | None) -> None:
        self.teacher, self.said, self.save = teacher, said, save
        self.person: int | None = None
        self.people: People | None = None
        self.over = False

    def take(self, event: Event) -> None:
        try:
            getattr(self, f"_{event.does}")(event)
        except KinesicsError as error:  # a key at the wrong moment ends no lesson
            self.said(str(error))

    def _begin(self, event: Event) -> None:
        person = self.person if event.person is None else event.person
        self.teacher.begin(event.label, person)
        self.said(f"{event.label}: show it …")

    def _end(self, event: Event) -> None:
        self.said(learned(self.teacher, self.teacher.end()))

    def _toggle(self, event: Event) -> None:
        showing = self.teacher.recording
        if showing is not None:
            self._end(event)
        if showing != event.label:
            self._begin(event)

    def _undo(self, event: Event) -> None:
        done = self.teacher.undo()
        self.said(f"taken back; {len(self.teacher.examples)} examples are left" if done else "there is nothing to take back")

    def _next(self, event: Event) -> None:
        self._select(1)

    def _previous(self, event: Event) -> None:
        self._select(-1)

    def _select(self, step: int) -> None:
        ids = sorted(int(i) for i in (self.people.ids if self.people is not None else ()) if i >= 0)
        if not ids:
            self.said("nobody is there to select")
            return
        at = ids.index(self.person) + step if self.person in ids else (0 if step > 0 else -1)
        self.person = ids[at % len(ids)]
        self.said(f"person {self.person} is selected, of {', '.join(map(str, ids))}")

    def _save(self, event: Event) -> None:
        if self.save is not None:
            self.save()

    def _quit(self, event: Event) -> None:
        self.over = True


def _is_source(source: Any) -> bool:
    return isinstance(source, str | int | Path) or hasattr(source, "frames")


def _with_actions(scene: Scene, actions: list[Any]) -> Scene:
    from dataclasses import replace

    return replace(scene, actions=tuple(actions))
