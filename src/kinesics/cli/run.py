"""`kinesics run`: the people of a video, folder, camera or stream. In Python: kinesics.pipeline.run()."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from .output import Json, Output, Progress, ProgressOption, Quiet

Pose = Annotated[str, typer.Option("--pose", help="fast, balanced, accurate, or a registered model.")]


def command(
    source: Annotated[str, typer.Argument(metavar="SRC", help="File, folder, glob, camera number, rtsp/http URL, or -.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.")] = Path("kinesics-out"),
    save: Annotated[
        str, typer.Option(help="What to write: mp4,webm,jsonl,parquet,csv,coco,openpose,mot,timeline,sheet.")
    ] = "mp4,jsonl,timeline",
    pose: Pose = "balanced",
    budget: Annotated[float | None, typer.Option(help="Milliseconds a frame may take.", metavar="MS")] = None,
    seconds: Annotated[float | None, typer.Option(help="Stop at this time of the source.")] = None,
    live: Annotated[bool | None, typer.Option(help="Newest frame wins (live), or every frame counts.")] = None,
    smooth: Annotated[bool, typer.Option(help="Filter the joints over time.")] = True,
    fill: Annotated[bool, typer.Option(help="Keep joints that are lost for a moment.")] = True,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Follow the people of SRC: joints, ids, an annotated film, tables, a timeline."""
    from ..pipeline import run

    output = Output(as_json, progress, quiet)
    with output.steps(None, source) as bar:
        result = run(
            int(source) if source.isdigit() else source,
            out,
            save=[kind.strip() for kind in save.split(",") if kind.strip()],
            seconds=seconds,
            live=live,
            step=lambda scene, opened: bar(scene.index + 1, of=opened.frames, people=len(scene.people)),
            pose=pose,
            budget=None if budget is None else budget / 1000,
            smooth=smooth,
            fill=fill,
        )
    for note in result["notes"]:
        output.say(f"{source}: {note}")
    output.result(result, summary(result))


def summary(result: Mapping[str, Any]) -> str:
    """What was seen and where it is written, in a few lines for people."""
    number = result["people"]
    lines = [
        f"{result['frames']} frames, {result['seconds']:.1f} s, {number} {'person' if number == 1 else 'people'}, "
        f"{result['fps']:.1f} frames/s" + ("" if result["status"] == "ok" else f" ({result['status']})")
    ]
    return "\n".join([*lines, *(f"  {path}" for path in result["outputs"].values())])
