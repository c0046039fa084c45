"""`kinesics teach`: actions from a few examples, while a camera runs or a video plays. In Python: kinesics.teach()."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import JobError, UsageError
from .output import Json, Output, Progress, ProgressOption, Quiet

if TYPE_CHECKING:
    from ..actions import ActionTeacher
    from ..pipeline.marks import Event
    from ..types import Scene


def command(
    source: Annotated[str | None, typer.Argument(metavar="[SRC]", help="Camera number, video or URL to teach from.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="MODEL.kin", help="Where it is kept; what is there is taught on.")
    ] = None,
    labels: Annotated[
        str | None, typer.Option("--labels", metavar="A[,B]", help="Keys 1, 2 … begin and end an example of these.")
    ] = None,
    mark: Annotated[
        list[str] | None,
        typer.Option("--mark", metavar="LABEL@S-E[#ID]", help="Without hands: seconds of SRC, like wave@2-3.5."),
    ] = None,
    marks: Annotated[
        Path | None, typer.Option("--marks", metavar="FILE.csv", help="The same from a table: start,end,label[,person].")
    ] = None,
    examples: Annotated[
        Path | None, typer.Option("--examples", metavar="DIR", help="Also learn from a folder of clips by label.")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="N|LABEL", help="Forget an example, or all of a label, first.")
    ] = None,
    show_list: Annotated[bool, typer.Option("--list", help="Name the examples that MODEL.kin holds.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, also where MODEL.kin is there.")] = False,
    pad: Annotated[Path | None, typer.Option("--pad", metavar="DEVICE", help="A game pad, like /dev/input/js0.")] = None,
    film: Annotated[Path | None, typer.Option("--film", metavar="FILE.mp4", help="What was seen and answered, drawn.")] = None,
    embedding: Annotated[
        str | None, typer.Option("--embedding", metavar="WHAT", help="plain, or a model of kinesics train (.kin).")
    ] = None,
    pose: Annotated[str | None, typer.Option("--pose", help="What finds people: fast, balanced, accurate.")] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", min=0, help="Stop at this time of SRC.")] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Teach actions by showing them: press 1, show it, press 1. Ctrl-C ends and keeps what was learned.

    Keys: 1 to 9 begin and end an example, u takes the last step back, n and p select a person, s saves, q ends. On a game pad
    the first buttons are the labels, held while the action is shown; the next are undo, select, save, quit.
    In Python: kinesics.teach().
    """
    output = Output(as_json, progress, quiet)
    if out is None:
        raise UsageError("expected a place for the model, such as -o mine.kin")
    teacher = _teacher(out, embedding, fresh)
    if show_list:
        output.result(_values(teacher, out), _words(teacher, out))
        return
    names = [name.strip() for name in (labels or "").split(",") if name.strip()]
    events = _marked(mark or [], marks)
    _check(source, names, events, examples, remove or [], pad)
    _forget(teacher, remove or [])
    if remove and not teacher.examples and source is None and examples is None:
        raise UsageError(f"{out}: no example would be left; delete the file if that is what you want")
    before = {example.id for example in teacher.examples}
    with _kept(teacher, out, output) as keep:
        if examples is not None:
            from ..pipeline.teaching import teach_folder

            teach_folder(examples, teacher, output.say)
        if source is not None:
            options: dict[str, Any] = {"film": film, "seconds": seconds, "save": keep}
            _play(source, teacher, output, names, events, pad, **options, **({} if pose is None else {"pose": pose}))
    if (events or examples) and not {example.id for example in teacher.examples} - before:
        raise JobError(f"{out}: nothing new was learned; see above why")
    output.result(_values(teacher, out), _words(teacher, out))


def _teacher(out: Path, embedding: str | None, fresh: bool) -> ActionTeacher:
    from ..actions import ActionTeacher
    from ..actions.embeddings import opened
    from ..pipeline.training import check_place

    check_place(out)  # neither is found out after an hour of teaching
    if embedding not in (None, "plain"):
        opened(embedding)
    if fresh or not out.exists():
        return ActionTeacher(embedding)
    return ActionTeacher.load(out, embedding=embedding)


def _marked(mark: list[str], marks: Path | None) -> list[Event]:
    from ..pipeline.marks import marks_to_events, parse_mark, read_marks

    return marks_to_events([*(parse_mark(text) for text in mark), *(read_marks(marks) if marks is not None else [])])


def _check(source: Any, names: list[str], events: list[Event], examples: Any, remove: list[str], pad: Any) -> None:
    from ..actions.examples import checked_label

    for name in names:
        checked_label(name)
    if source is None and not (examples or remove):
        raise UsageError("expected something to learn from: a camera or a video, or --examples DIR")
    if source is None and (names or events or pad):
        raise UsageError(
            "labels, marks and a pad belong to a camera or a video; name it, such as: kinesics teach 0 -o mine.kin"
        )
    if source is not None and not (names or events):
        raise UsageError("expected what is shown: --labels wave,clap for keys, or marks such as --mark wave@2.0-3.5")
    if names and not (pad or events or sys.stdin.isatty()):
        raise UsageError("--labels needs keys and this is no terminal; use marks, such as --mark wave@2.0-3.5, or --pad")
    if len(names) > 9 and not pad:
        raise UsageError(f"--labels: expected at most 9, one a key, got {len(names)}; teach the others another time")


def _forget(teacher: ActionTeacher, remove: list[str]) -> None:
    for what in remove:
        if what.isdecimal() and what not in teacher.classes_:
            teacher.remove(int(what))
        else:
            teacher.forget(what)


@contextmanager
def _kept(teacher: ActionTeacher, out: Path, output: Output) -> Iterator[Callable[[], None]]:
    """Whatever ends it, what was learned is saved; gives what saves it meanwhile."""

    def keep() -> None:
        teacher.save(out)
        output.say(f"saved: {out}, {_count(len(teacher.examples), 'example')}")

    try:
        yield keep
    except KeyboardInterrupt:  # the usual way to end a camera
        teacher.cancel()
        if not teacher.examples:
            raise
    finally:
        if teacher.examples:
            teacher.save(out)
    if not teacher.examples:
        raise JobError("nothing was learned, so nothing is saved" + (f"; {out} is as it was" if out.exists() else ""))


def _play(
    source: str, teacher: ActionTeacher, output: Output, names: list[str], events: list[Event], pad: Path | None, **options: Any
) -> None:
    """Teach from a source: with marks, else with hands."""
    from ..pipeline.teaching import teach
    from .keys import raw_keys
    from .pad import open_pad

    film = options.pop("film")
    with ExitStack() as stack:
        bar = stack.enter_context(output.steps(None, source))
        hands: Any = events
        if not events:
            keyed, number = stack.enter_context(raw_keys()), stack.enter_context(open_pad(pad))
            hands = _hands(keyed, number, names)
            output.say(", ".join(f"{k} {name}" for k, name in enumerate(names, 1)) + "; u undo, n/p person, s save, q quit")
            options["pace"] = True  # for people who press keys
        step = _teller(output, lambda scene: bar(scene.index + 1, people=len(scene.people)))
        teach(source, teacher, hands, said=output.say, step=step, outputs=() if film is None else (film,), **options)


def _hands(keyed: bool, pad: int | None, names: list[str]) -> Callable[[], Iterable[Event]]:
    """What was done on keyboard and pad since it was last asked."""
    from .keys import key_events, pressed
    from .pad import pad_events, read_pad

    def ask() -> Iterable[Event]:
        by_key = key_events(pressed(), names) if keyed else []
        return by_key if pad is None else [*by_key, *pad_events(read_pad(pad), names)]

    return ask


def _teller(output: Output, moved: Callable[[Scene], None]) -> Callable[[Scene], None]:
    """Says each answer when the action is over, once."""
    from ..pipeline.teaching import answer_in_words

    told: dict[int, float] = {}  # person -> end of what was told last

    def step(scene: Scene) -> None:
        moved(scene)
        for action in scene.actions:
            if action.progress == 1.0 and action.end < scene.time and action.start >= told.get(action.person, -1.0):
                told[action.person] = action.end
                output.say(answer_in_words(action))

    return step


def _values(teacher: ActionTeacher, out: Path) -> dict[str, Any]:
    rows = [
        {"id": e.id, "label": e.label, "seconds": round(e.end - e.start, 2), "notes": list(e.notes)} for e in teacher.examples
    ]
    sure = {label: {"examples": of, "sure": right} for label, (right, of) in teacher.certainty().items()}
    return {"model": str(out), "classes": sure, "examples": rows}


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _words(teacher: ActionTeacher, out: Path) -> str:
    lines = [f"{out}: {_count(len(teacher.examples), 'example')} of {_count(len(teacher.classes_), 'action')}"]
    for example in teacher.examples:
        lasts = f"{example.end - example.start:.1f} s"
        lines.append("  ".join([f"{example.id:3}", lasts, example.label, *example.notes]))
    return "\n".join([*lines, f"use it: kinesics run SRC --actions {out}"])
