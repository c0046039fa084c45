"""`kinesics coach`: repetitions and holds, why one did not count, and what to mend. In Python: kinesics.coach()."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import SinkError, UsageError
from .output import Bar, Json, Output, Progress, ProgressOption, Quiet

if TYPE_CHECKING:
    from ..actions.coach import Coach, Hold, Repetition, Session
    from ..types import Scene
    from ..video import Source

SETTLED = 1.0  # seconds after its end that a try is said: its end is known better by then


def command(
    exercise: Annotated[
        str | None, typer.Argument(metavar="EXERCISE", help="A name, a .toml file, `list`, or `record`.")
    ] = None,
    source: Annotated[str | None, typer.Argument(metavar="SRC", help="Video, camera number, URL, or a file of poses.")] = None,
    person: Annotated[int | None, typer.Option(min=0, help="Id of the person to look at.", metavar="ID")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for the film, the table and the page; of `record`: the .toml.")
    ] = None,
    pose: Annotated[str | None, typer.Option("--pose", help="fast, balanced, accurate …; the best that is installed.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="Stop at this time of the source.")] = None,
    live: Annotated[bool | None, typer.Option(help="Newest frame wins (live), or every frame counts.")] = None,
    name: Annotated[str | None, typer.Option(help="Of the exercise that `record` writes.")] = None,
    show_list: Annotated[bool, typer.Option("--list", help="Name the exercises.")] = False,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Count an exercise, say why a repetition did not count, and what to mend; or record one from an example."""
    output = Output(as_json, progress, quiet)
    if show_list or (exercise == "list" and source is None):
        _list(output)
    elif exercise is None or source is None:
        raise UsageError(
            "expected an exercise and a source, such as: kinesics coach squat me.mp4 (--list names the exercises; "
            "`kinesics coach record me.mp4 -o mine.toml` writes one)"
        )
    elif exercise == "record":
        _record(output, source, out, name, person, pose)
    else:
        _coach(output, exercise, source, out, person=person, pose=pose, seconds=seconds, live=live)


def _list(output: Output) -> None:
    from .. import exercises

    table = exercises()
    wide = max(len(name) for name in table)
    output.result({"exercises": table}, "\n".join(f"{name:{wide}}  {about}" for name, about in table.items()))


def _record(output: Output, source: str, out: Path | None, name: str | None, person: int | None, pose: str | None) -> None:
    from ..pipeline.coaching import example

    target = out or Path(re.sub(r"[^\w-]+", "_", Path(source).stem).strip("_") + ".toml")
    if target.suffix != ".toml":
        raise UsageError(f"{target}: an exercise is written to a .toml file; name it so with -o")
    text = example(source, name or target.stem.replace("_", " "), person=person, pose=pose)
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SinkError(f"{target}: cannot be written ({error.strerror or error}); choose another place") from error
    output.result({"exercise": str(target)}, f"written to {target}; try: kinesics coach {target} {source}")


def _coach(output: Output, exercise: str, source: str, out: Path | None, **options: Any) -> None:
    from ..actions.coach import exercise as find
    from ..bench.provenance import provenance
    from ..pipeline.coaching import coach, draw_session, in_words
    from ..pipeline.recording import make_folder

    chosen = find(exercise)
    stem = re.sub(r"[^\w.-]+", "_", f"{Path(source).stem}.{chosen.name}").strip("._")[:100]
    files = {} if out is None else {"video": out / f"{stem}.mp4", "people": out / f"{stem}.jsonl"}
    told = _Told(output)
    with output.steps(None, source) as bar:
        try:
            session = coach(chosen, source, outputs=tuple(files.values()), step=told.step(bar), **options)
        except KeyboardInterrupt:  # the usual way to end a camera
            if told.model is None:
                raise
            session = told.model.finish()
            output.say("ended early: this is what was seen so far")
    if told.model is not None:
        told.say(told.model)
    if out is not None:
        make_folder(out)
        files["session"] = out / f"{stem}.png"
        draw_session(session, files["session"])
    for problem in session.camera.problems:
        output.say(f"camera: {problem}")
    values = {**session.summary(), "outputs": {kind: path for kind, path in files.items() if path.exists()}}
    used = provenance(("movenet_multipose", "movenet_thunder") if not output.quiet or output.as_json else ())
    output.result({**values, **used}, "\n".join([f"{session.exercise}: {in_words(session)}", *_tail(session, files)]))


def _tail(session: Session, files: dict[str, Path]) -> list[str]:
    advice = session.advice()
    places = [str(path) for path in files.values() if path.exists()]
    lines = [advice] if advice and advice not in session.camera.problems else []
    return [*lines, *([f"written to {', '.join(places)}"] if places else [])]


class _Told:
    """Moves the bar, says each try as soon as its end has settled, and knows the coach when the source is interrupted."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._lines = 0
        self.model: Coach | None = None

    def step(self, bar: Bar) -> Callable[[Scene, Source, Coach], None]:
        """What `coach` calls with each Scene."""

        def one(scene: Scene, opened: Source, model: Coach) -> None:
            self.model = model
            bar(scene.index + 1, of=opened.frames)
            self.say(model, scene.time - SETTLED)

        return one

    def say(self, model: Coach, until: float = math.inf) -> None:
        """Say the tries that ended by then."""
        for one in model.tries[self._lines :]:
            if one.end > until:
                return
            self._output.say(in_line(one))
            self._lines += 1


def in_line(one: Repetition | Hold) -> str:
    """A repetition or a hold in one line."""
    from ..actions.coach import Hold

    held = f", held {one.seconds:.1f} s" if isinstance(one, Hold) else ""
    reach = "" if isinstance(one, Hold) else f", {one.range[0]:.0f} to {one.range[1]:.0f}"
    verdict = f"not counted: {one.why_not}" if one.why_not else "counted"
    faults = "".join(f"; {fault.name}" for fault in one.faults) if one.counted else ""
    return f"{one.number:3}  {one.start:7.2f} – {one.end:.2f} s{held}{reach}  {verdict}{faults}"
