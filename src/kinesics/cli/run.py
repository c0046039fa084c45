"""`kinesics run`: the people of a video, folder, camera or stream. In Python: kinesics.pipeline.run()."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import JobError, SourceError
from .output import Bar, Json, Output, Progress, ProgressOption, Quiet

Pose = Annotated[str, typer.Option("--pose", help="fast, balanced, accurate, a registered model, or a net of yours (.onnx).")]

Actions = Annotated[
    str | None,
    typer.Option(
        "--actions",
        metavar="WHAT",
        help="postures (the default), none, coach:EXERCISE, the file of a model (.kin), or several with commas.",
    ),
]
DecideAt = Annotated[
    float | None,
    typer.Option("--decide-at", metavar="RISK", help="Name an action once the chance of being wrong is below this, like 0.05."),
]


def command(
    source: Annotated[str, typer.Argument(metavar="SRC", help="File, folder, glob, camera number, rtsp/http URL, or -.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.")] = Path("kinesics-out"),
    save: Annotated[
        str | None,
        typer.Option(
            help="What to write: mp4,webm,jsonl,parquet,csv,coco,openpose,mot,pose,timeline,sheet. "
            "If not given mp4,jsonl,timeline, or jsonl with --no-pixels."
        ),
    ] = None,
    pose: Pose = "balanced",
    actions: Actions = None,
    decide_at: DecideAt = None,
    budget: Annotated[float | None, typer.Option(help="Milliseconds a frame may take.", metavar="MS")] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="Stop at this time of the source.")] = None,
    live: Annotated[bool | None, typer.Option(help="Newest frame wins (live), or every frame counts.")] = None,
    whole_body: Annotated[bool, typer.Option("--whole-body", help="Hands, face and three dimensions too: 133 joints.")] = False,
    masks: Annotated[bool, typer.Option("--masks", help="Everybody's outline.")] = False,
    faces: Annotated[bool, typer.Option("--faces", help="Faces: where they look, whether they are covered.")] = False,
    known: Annotated[
        str | None, typer.Option("--known", metavar="DIR", help="Recognise these faces: a folder of pictures by name.")
    ] = None,
    filter: Annotated[
        str | None,
        typer.Option("--filter", metavar="NAME", help="Put this on each face: glasses, moustache … or a PNG of yours."),
    ] = None,
    redact: Annotated[str | None, typer.Option("--redact", metavar="WHAT", help="Cover face, person or background.")] = None,
    how: Annotated[str | None, typer.Option("--how", help="Cover by blur, pixelate, solid or skeleton.")] = None,
    no_pixels: Annotated[
        bool, typer.Option("--no-pixels", help="Nothing that could be a picture leaves: what is known of people only.")
    ] = False,
    smooth: Annotated[bool, typer.Option(help="Filter the joints over time.")] = True,
    fill: Annotated[bool, typer.Option(help="Keep joints that are lost for a moment.")] = True,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Follow the people of SRC: joints, ids, what they do, an annotated film, tables, a timeline."""
    from ..pipeline import run
    from ..video import clips

    output = Output(as_json, progress, quiet)
    done: list[dict[str, Any]] = []
    failed = 0
    todo = clips(source)
    for clip in todo:
        twin = any(Path(str(clip)).stem == Path(str(other)).stem for other in todo if other is not clip)
        try:
            with output.steps(None, str(clip)) as bar:
                result = run(
                    clip,
                    out / Path(str(clip)).resolve().parent.name if twin else out,
                    save=None if save is None else [kind.strip() for kind in save.split(",") if kind.strip()],
                    seconds=seconds,
                    live=live,
                    step=stepper(bar),
                    pose=pose,
                    budget=None if budget is None else budget / 1000,
                    smooth=smooth,
                    fill=fill,
                    decide_at=decide_at,
                    whole_body=whole_body,
                    masks=masks,
                    faces=faces,
                    known=known,
                    filter=filter,
                    redact=redact,
                    how=how,
                    no_pixels=no_pixels,
                    **({} if actions is None else {"actions": actions}),
                )
        except SourceError as error:  # one bad clip of many does not stop the others
            if len(todo) == 1:
                raise
            failed += 1
            output.say(f"kinesics: {error}")
        else:
            done.append(result)
            for note in result["notes"]:
                output.say(f"{clip}: {note}")
    words = "\n".join(summary(result) for result in done)
    output.result(done[0] if len(todo) == 1 else {"clips": done, "failed": failed}, words)
    if failed:
        raise JobError(f"{failed} of {len(todo)} clips could not be read; the others are done")


def stepper(bar: Bar) -> Callable[[Any, Any], None]:
    """What moves the bar as scenes go by."""

    def step(scene: Any, opened: Any) -> None:
        bar(scene.index + 1, of=opened.frames, people=len(scene.people))

    return step


def summary(result: Mapping[str, Any]) -> str:
    """What was seen and where it is written, in a few lines for people."""
    number = result["people"]
    name = Path(str(result["source"])).name
    lines = [
        f"{name}: {result['frames']} frames, {result['seconds']:.1f} s, {number} {'person' if number == 1 else 'people'}, "
        f"{result['fps']:.1f} frames/s" + ("" if result["status"] == "ok" else f" ({result['status']})")
    ]
    return "\n".join([*lines, *(f"  {path}" for path in result["outputs"].values())])
