"""`kinesics convert IN OUT`: poses from one format to another, or to a film of lines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .output import Json, Output, Quiet


def command(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A file, or a folder of OpenPose files.")],
    target: Annotated[
        str,
        typer.Argument(metavar="OUT", help="Its ending picks the format; .mp4 .webm .gif .apng or f_%04d.png draws the poses."),
    ],
    read_as: Annotated[str | None, typer.Option("--from", metavar="FORMAT", help="If the ending does not say it.")] = None,
    write_as: Annotated[
        str | None, typer.Option("--to", metavar="FORMAT", help="jsonl, parquet, csv, coco, mediapipe, openpose, mot, pose.")
    ] = None,
    fps: Annotated[float | None, typer.Option("--fps", help="Frames a second, if IN has no times.")] = None,
    size: Annotated[
        str | None, typer.Option("--size", metavar="WxH", help="Of the picture in pixels, if IN does not say.")
    ] = None,
    units: Annotated[
        str | None, typer.Option("--units", help="Of landmark JSON: normalised, pixels or metres; else told from the numbers.")
    ] = None,
    whole_body: Annotated[bool, typer.Option("--whole-body", help="Write the 133 joints of the whole body.")] = False,
    alpha: Annotated[bool, typer.Option("--alpha", help="A film without anything behind the poses.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Translate between pose formats, or draw poses. In Python: kinesics.convert()."""
    from ..errors import UsageError
    from ..formats import convert
    from ..pipeline.pose_film import FILMS, film_poses, whole_bodies

    given = {"fps": fps, "size": _pair(size), "units": units}
    options: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if write_as is None and target.lower().endswith(FILMS):
        done = film_poses(source, target, read_as=read_as, alpha=alpha, **options)
    elif alpha:
        raise UsageError(f"{target}: --alpha is for films ({' '.join(FILMS)})")
    else:
        change = whole_bodies if whole_body else None
        done = convert(source, target, read_as=read_as, write_as=write_as, change=change, **options)
    out = Output(as_json, quiet=quiet)
    for note in done.notes:
        out.say(note)
    if done.loses:
        out.say(f"{done.format} has no place for: {done.loses}")
    values = {"out": target, "format": done.format, "scenes": done.scenes, "people": done.people, "notes": done.notes}
    out.result(values, f"{target}: {done.scenes} frames, {done.people} people")


def _pair(text: str | None) -> tuple[int, int] | None:
    """Width and height from 640x480."""
    from ..errors import UsageError

    if text is None:
        return None
    sides = text.lower().split("x")
    if len(sides) != 2 or not all(side.isdecimal() and 0 < int(side) < 100_000 for side in sides):
        raise UsageError(f"--size: expected width x height such as 640x480, got {text!r}")
    return int(sides[0]), int(sides[1])
