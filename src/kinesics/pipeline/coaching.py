"""A video to a coach's session, to its picture, and an example to an exercise: what `kinesics coach` does."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

from ..actions.coach import Coach, Exercise, Fault, Hold, Repetition, Session, coach_clip, exercise_from_example
from ..actions.coach.records import UNFINISHED
from ..draw.session import Row, session_picture
from ..errors import UsageError
from ..formats import read_sequence
from ..formats.registry import format_of
from ..types import Array, PoseSequence, Scene
from ..video import Source, open_source
from .recording import Sink, record
from .watching import watch

__all__ = ["best_tier", "coach", "draw_session", "example"]

SHARES = 3.0  # limits up to here are shares of a length, those above degrees

Step = Callable[[Scene, Source, Coach], object]


def best_tier() -> str:
    """The most accurate tier whose nets are installed."""
    from ..weights import verify

    rows = verify("accurate")
    return "accurate" if rows and all(row["state"] == "ok" for row in rows.values()) else "balanced"


def coach(
    exercise: str | Path | Exercise,
    source: str | int | Path | PoseSequence,
    *,
    person: int | None = None,
    seconds: float | None = None,
    live: bool | None = None,
    pose: Any = None,
    outputs: tuple[str | Path | Sink, ...] = (),
    step: Step | None = None,
    **options: Any,
) -> Session:
    """Coach the main person of a video, or of a clip of joints.

    Args:
        exercise: a name out of `kinesics.exercises()`, the path of a TOML file, or an `Exercise`.
        source: a video, camera or stream as `watch` takes it; a file of poses; or a `PoseSequence`.
        person: id of the person to look at; None for the main one.
        seconds: stop at this time of the source.
        live: see `watch`.
        pose: see `watch`; None: the best tier installed for a recording, "balanced" for a live source.
        outputs: paths or sinks that take every Scene, see `record`.
        step: called with each Scene, the open source and the coach.
        options: handed to `watch`.

    Returns:
        the session, complete.

    Raises:
        UsageError: no exercise has this name.
        FormatError: the exercise's file is wrong.
        SourceError: the source cannot be read.

    Example:
        >>> import kinesics as ks
        >>> ks.coach("squat", "me.mp4").count  # doctest: +SKIP
        12
    """
    model = Coach(exercise, person=person)
    clip = _clip(source)
    if clip is not None:
        return coach_clip(clip if seconds is None else clip[clip.times <= seconds], model.exercise, person=person)
    assert not isinstance(source, PoseSequence)
    with open_source(source, live=live) as opened:
        tier = pose or ("balanced" if opened.live else best_tier())
        scenes = watch(opened, pose=tier, actions=model, live=live, **options)
        steps = _until(scenes, seconds, (lambda scene: step(scene, opened, model)) if step else None)
        record(steps, *outputs)
    return model.finish()


def _clip(source: str | int | Path | PoseSequence) -> PoseSequence | None:
    """Poses that need no video: a clip, or a file of poses."""
    if isinstance(source, PoseSequence) or isinstance(source, int) or not Path(source).is_file():
        return source if isinstance(source, PoseSequence) else None
    try:
        format_of(source)
    except UsageError:
        return None
    return read_sequence(source)


def _until(scenes: Generator[Scene], seconds: float | None, step: Callable[[Scene], object] | None) -> Iterator[Scene]:
    try:
        for scene in scenes:
            if seconds is not None and scene.time > seconds:
                break
            if step is not None:
                step(scene)
            yield scene
    finally:
        scenes.close()


def example(source: str | int | Path | PoseSequence, name: str, *, person: int | None = None, pose: Any = None) -> str:
    """Write down an exercise that somebody shows.

    Args:
        source: see `coach`; a start pose, then one repetition or more; or a posture, held.
        name: of the exercise.
        person: id; None for who is seen most.
        pose: see `coach`.

    Returns:
        TOML text.

    Raises:
        SourceError: the source cannot be read.
        UsageError: the example shows nobody well enough, or is too short.
    """
    clip = _clip(source)
    if clip is None:
        assert not isinstance(source, PoseSequence)
        scenes = list(watch(source, pose=pose or best_tier(), live=False))
        if not scenes:
            raise UsageError(f"{source}: an example needs pictures, and there is none")
        clip = PoseSequence.from_people([s.people for s in scenes], [s.time for s in scenes], scenes[0].size)
    return exercise_from_example(clip, name, person=person)


def draw_session(session: Session, path: str | Path | None = None, *, width: int = 1600) -> Array:
    """Draw a session on one page: the angle over time, each try, tempo, range, and what to mend.

    Args:
        session: of a coach.
        path: written there too, .png or .jpg.
        width: pixels.

    Returns:
        (h, width, 3) uint8 RGB.
    """
    advice = session.advice()
    notes = [("camera", problem) for problem in session.camera.problems[:2]]
    return session_picture(
        session.exercise,
        summary=in_words(session),
        curve=session.curve,
        measure=session.measure,
        unit=session.unit,
        levels=session.levels,
        rows=[_row(one, session.unit) for one in session.tries],
        notes=[*([("next", advice)] if advice else []), *notes],
        width=width,
        path=path,
    )


def in_words(session: Session) -> str:
    """The outcome of a session in one line."""
    if session.kind == "hold":
        held = [hold for hold in session.holds if hold.counted]
        longest = max((hold.seconds for hold in held), default=0.0)
        return f"held {session.seconds:.1f} s" + (
            f" in {len(held)} holds, the longest {longest:.1f} s" if len(held) > 1 else ""
        )
    open_ = sum(rep.why_not == UNFINISHED for rep in session.repetitions)
    missed = len(session.repetitions) - session.count - open_
    counted = f"{session.count} {'repetition' if session.count == 1 else 'repetitions'}"
    return counted + (f", {missed} not counted" if missed else "") + (f", {open_} not finished" if open_ else "")


def _row(one: Repetition | Hold, unit: str) -> Row:
    good = None if one.why_not == UNFINISHED else one.counted
    words = one.why_not or "; ".join(_fault_words(fault) for fault in one.faults)
    when = f"{one.start:.1f} – {one.end:.1f} s"
    if isinstance(one, Hold):
        middle = (one.start + one.end) / 2
        return Row(one.number, one.start, middle, one.end, good, (when, "", ""), (one.seconds,), words)
    low, high = (f"{value:.0f}{unit}" if unit else f"{value:.2f}" for value in one.range)
    even = "" if one.symmetry is None else f"{one.symmetry:.0%}"
    tempo = (one.tempo.down, one.tempo.hold, one.tempo.up) if one.tempo else ()
    return Row(one.number, one.start, one.bottom, one.end, good, (when, f"{low} – {high}", even), tempo, words)


def _fault_words(fault: Fault) -> str:
    number, bound = (f"{v:.0f}°" if abs(fault.limit) > SHARES else f"{v:.2f}" for v in (fault.value, fault.limit))
    return f"{fault.name} ({number}, limit {bound})"
