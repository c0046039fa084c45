"""`kinesics coach`: repetitions and holds, why one did not count, and what to mend. In Python: kinesics.coach()."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import SinkError, UsageError
from .output import Bar, Json, Output, Progress, ProgressOption, Quiet


def command(
    exercise: Annotated[
        str | None, typer.Argument(metavar="EXERCISE", help="A name (see --list), a .toml file, or `record`.")
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
    if show_list:
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
    from ..pipeline.recording import _make_folder

    chosen = find(exercise)
    stem = re.sub(r"[^\w.-]+", "_", f"{Path(source).stem}.{chosen.name}").strip("._")[:100]
    files = {} if out is None else {"video": out / f"{stem}.mp4", "people": out / f"{stem}.jsonl"}
    with output.steps(None, source) as bar:
        session = coach(chosen, source, outputs=tuple(files.values()), step=_teller(output, bar), **options)
    if out is not None:
        _make_folder(out)
        files["session"] = out / f"{stem}.png"
        draw_session(session, files["session"])
    for problem in session.camera.problems:
        output.say(f"camera: {problem}")
    values = {**session.summary(), "outputs": {kind: path for kind, path in files.items() if path.exists()}}
    used = provenance(("movenet_multipose", "movenet_thunder") if not output.quiet or output.as_json else ())
    output.result({**values, **used}, "\n".join([f"{session.exercise}: {in_words(session)}", *_tail(session, files)]))


def _tail(session: Any, files: dict[str, Path]) -> list[str]:
    advice = session.advice()
    places = [str(path) for path in files.values() if path.exists()]
    return [*([advice] if advice else []), *([f"written to {', '.join(places)}"] if places else [])]


def _teller(output: Output, bar: Bar) -> Callable[[Any, Any, Any], None]:
    """What moves the bar, and says each try as soon as it is over."""
    told = 0

    def step(scene: Any, opened: Any, model: Any) -> None:
        nonlocal told
        tries = model.tries
        bar(scene.index + 1, of=opened.frames)
        for one in tries[told:]:
            output.say(in_line(one))
        told = max(told, len(tries))

    return step


def in_line(one: Any) -> str:
    """A repetition or a hold in one line."""
    held = f", held {one.seconds:.1f} s" if hasattr(one, "seconds") and not hasattr(one, "bottom") else ""
    reach = f", {one.range[0]:.0f} to {one.range[1]:.0f}" if hasattr(one, "range") else ""
    verdict = f"not counted: {one.why_not}" if one.why_not else "counted"
    faults = "".join(f"; {fault.name}" for fault in one.faults) if one.counted else ""
    return f"{one.number:3}  {one.start:7.2f} – {one.end:.2f} s{held}{reach}  {verdict}{faults}"
