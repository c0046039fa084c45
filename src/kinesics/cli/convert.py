"""`kinesics convert IN OUT`: poses from one format to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .output import Json, Output, Quiet


def command(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A file, or a folder of OpenPose files.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Its ending picks the format.")],
    read_as: Annotated[str | None, typer.Option("--from", metavar="FORMAT", help="If the ending does not say it.")] = None,
    write_as: Annotated[
        str | None, typer.Option("--to", metavar="FORMAT", help="jsonl, parquet, csv, coco, openpose, mot, pose.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Translate between pose formats. In Python: kinesics.convert()."""
    from ..formats import convert

    done = convert(source, target, read_as=read_as, write_as=write_as)
    out = Output(as_json, quiet=quiet)
    for note in done.notes:
        out.say(note)
    if done.loses:
        out.say(f"{done.format} has no place for: {done.loses}")
    values = {"out": target, "format": done.format, "scenes": done.scenes, "people": done.people, "notes": done.notes}
    out.result(values, f"{target}: {done.scenes} frames, {done.people} people")
