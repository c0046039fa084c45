"""Teach a teacher while a video plays: events from keys, buttons or a list of marks meet the frames they belong to."""

from __future__ import annotations

import contextlib
import time as clocks
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..actions import ActionTeacher
from ..actions.live import frames
from ..errors import KinesicsError, UsageError
from ..formats import read_sequence
from ..formats.registry import format_of
from ..types import Action, People, PoseSequence, Scene
from ..video import open_source
from .marks import Event
from .recording import Sink, record
from .watching import watch

__all__ = ["answer_in_words", "lesson", "teach", "teach_folder"]

Say = Callable[[str], object]
MANY = 30  # examples from which each is left out in turn only when somebody asks


def teach(
    source: Any,
    teacher: ActionTeacher,
    events: Iterable[Event] | Callable[[], Iterable[Event]] = (),
    *,
    outputs: tuple[str | Path | Sink, ...] = (),
    step: Callable[[Scene], object] | None = None,
    **options: Any,
) -> ActionTeacher:
    """Play a source and let events teach the teacher, who answers meanwhile.

    Args:
        source: as `watch` takes it, a file of poses, or an iterable of Scenes.
        teacher: learns, and answers in the scenes' `actions`.
        events: with times (marks), or a function that gives what happened since it was last asked (keys, a pad).
        outputs: paths or sinks that take every Scene, see `record`.
        step: called with each Scene.
        options: of `lesson` and `watch`: said, save, seconds, pace, pose …

    Returns:
        The teacher. An example that is being shown when the source ends is learned; with the event "quit" it is not.

    Raises:
        SourceError: the source cannot be read.

    Example:
        >>> import kinesics as ks
        >>> from kinesics.pipeline.marks import Mark, marks_to_events
        >>> events = marks_to_events([Mark("wave", 2.0, 3.5)])
        >>> ks.teach("me.mp4", ks.ActionTeacher(), events).save("mine.kin")  # doctest: +SKIP
    """
    record(_stepped(lesson(source, teacher, events, **options), step), *outputs)
    return teacher


def _stepped(scenes: Generator[Scene], step: Callable[[Scene], object] | None) -> Iterator[Scene]:
    with contextlib.closing(scenes):
        for scene in scenes:
            if step is not None:
                step(scene)
            yield scene


def lesson(
    source: Any,
    teacher: ActionTeacher,
    events: Iterable[Event] | Callable[[], Iterable[Event]] = (),
    *,
    said: Say | None = None,
    save: Callable[[], object] | None = None,
    seconds: float | None = None,
    pace: bool = False,
    **options: Any,
) -> Generator[Scene]:
    """The Scenes of a source as they are taught and answered; see `teach`.

    Args:
        source: see `teach`.
        teacher: see `teach`.
        events: see `teach`.
        said: told in words what was learned, and what could not be.
        save: called when the event "save" comes.
        seconds: stop at this time of the source.
        pace: play a recording no faster than life, for people who press keys.
        options: of `watch`.

    Yields:
        each Scene with what the teacher says of it in `actions`.
    """
    room = _Room(teacher, said or (lambda words: None), save)
    ask = events if callable(events) else _Queue(events)
    scenes = _scenes(source, pace, options)
    try:
        for scene in scenes:
            if seconds is not None and scene.time > seconds:
                break
            room.see(scene)
            for event in ask(scene.time) if isinstance(ask, _Queue) else ask():
                room.take(event)
            if room.over:
                break
            yield replace(scene, actions=tuple(teacher.update(scene.people, scene.time)))
        room.end(ask(float("inf")) if isinstance(ask, _Queue) else ())
    finally:
        close = getattr(scenes, "close", None)
        if close:
            close()


def teach_folder(folder: str | Path, teacher: ActionTeacher, said: Say | None = None) -> ActionTeacher:
    """Learn from a folder of clips by label, or with an index.csv; a clip that teaches nothing is told and left out.

    Raises:
        FormatError, UsageError: there are no clips.
    """
    from .datasets import load_clips

    say = said or (lambda words: None)
    for clip, label in zip(*load_clips(folder), strict=True):
        try:
            number = teacher.add(clip, label)
        except KinesicsError as error:
            say(f"left out: {error}")
        else:
            say(learned(teacher, number))
    return teacher


def learned(teacher: ActionTeacher, number: int) -> str:
    """What is known after an example, in words; of many examples only this one."""
    example = next(e for e in teacher.examples if e.id == number)
    doubts = f" ({'; '.join(example.notes)})" if example.notes else ""
    words = f"example {number}: {example.label}, person {example.person}, {example.end - example.start:.1f} s{doubts}"
    if len(teacher.examples) > MANY:
        return words
    sure = teacher.certainty()
    known = ", ".join(f"{label} {f'{right}/{of} sure' if of > 1 else '1 example'}" for label, (right, of) in sure.items())
    return f"{words}; known: {known}"


def answer_in_words(action: Action) -> str:
    """An answer and its reason, on one line."""
    words = f"{action.start:7.2f} – {action.end:.2f} s  person {action.person}  {action.label} {action.score:.0%}"
    near = action.why.get("nearest")
    return words if near is None else f"{words}  (nearest: example {near['example']}, {near['label']})"


def _scenes(source: Any, pace: bool, options: dict[str, Any]) -> Iterator[Scene]:
    """The people of whatever is meant, frame by frame."""
    if not isinstance(source, str | int | Path) and not hasattr(source, "frames"):
        return iter(source)
    poses = None if hasattr(source, "frames") else _poses(source)
    if poses is not None:
        scenes: Iterator[Scene] = _stored(poses)
    else:
        source = open_source(source) if isinstance(source, str | int | Path) else source
        pace = pace and not source.live
        scenes = watch(source, actions=None, **options)
    return _paced(scenes) if pace else scenes


def _poses(source: str | int | Path) -> PoseSequence | None:
    """The clip in a file of poses; None for all else."""
    if isinstance(source, int) or not Path(source).is_file():
        return None
    try:
        format_of(source)
    except UsageError:
        return None
    return read_sequence(source)


def _stored(clip: PoseSequence) -> Iterator[Scene]:
    """The moments of a file of poses."""
    for index, (people, time) in enumerate(frames(clip)):
        yield Scene(index, time, clip.size or (1, 1), people)


def _paced(scenes: Iterator[Scene]) -> Generator[Scene]:
    """Each scene not before its time."""
    began = clocks.perf_counter()
    try:
        for scene in scenes:
            clocks.sleep(max(0.0, scene.time - (clocks.perf_counter() - began)))
            yield scene
    finally:
        close = getattr(scenes, "close", None)
        if close:
            close()


class _Queue:
    """Events with times, handed out when their time has come."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = sorted(events, key=lambda event: 0.0 if event.time is None else event.time)

    def __call__(self, time: float) -> Iterator[Event]:
        while self._events and (self._events[0].time or 0.0) <= time:
            yield self._events.pop(0)


class _Room:
    """Which person is selected, and what each event does."""

    def __init__(self, teacher: ActionTeacher, said: Say, save: Callable[[], object] | None) -> None:
        self.teacher, self.said, self.save = teacher, said, save
        self.person: int | None = None
        self.people: People | None = None
        self.epoch = 0
        self.over = False

    def see(self, scene: Scene) -> None:
        """Who is there now; after a break in the source they are others."""
        if scene.epoch != self.epoch and self.people is not None:
            if self.teacher.recording is not None:
                self.said(f"the source was lost; what was shown of {self.teacher.recording} is not kept")
            self.teacher.reset()
            self.person = None
        self.people, self.epoch = scene.people, scene.epoch

    def take(self, event: Event) -> None:
        try:
            getattr(self, f"_{event.does}")(event)
        except KinesicsError as error:  # a key at the wrong moment ends no lesson
            self.said(str(error))

    def end(self, events: Iterable[Event]) -> None:
        """The source is over, or the person who teaches has gone."""
        for event in events:
            self.take(event)
        showing = self.teacher.recording
        if showing is not None and self.over:
            self.teacher.cancel()
            self.said(f"{showing}: what was being shown is not kept")
        elif showing is not None:
            self.take(Event(None, "end"))

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
