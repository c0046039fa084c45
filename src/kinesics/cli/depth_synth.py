"""`kinesics depth synth`: a sample set of made depth pictures. In Python: kinesics.depth.synthesize()."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import UsageError
from .output import Json, Output, Progress, ProgressOption, Quiet


def synth(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="A new or empty folder.")],
    count: Annotated[int | None, typer.Option(help="How many views.")] = None,
    size: Annotated[str | None, typer.Option(metavar="WxH", help="Pixels of a picture; 320x240 if not given.")] = None,
    people: Annotated[int | None, typer.Option(help="In each view.")] = None,
    sensor: Annotated[str | None, typer.Option(help="none, kinect1, tof, phone or mixed.")] = None,
    yaw: Annotated[str | None, typer.Option(help="round, front, mixed, or degrees turned from facing the camera.")] = None,
    top: Annotated[float | None, typer.Option(help="Share of views from above, 0 to 1.")] = None,
    focal: Annotated[float | None, typer.Option(help="Focal length in pixels, the same in all views.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another one: other people, poses and cameras.")] = None,
    scenery: Annotated[bool | None, typer.Option("--scenery", help="In a room with furniture.")] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Write made depth pictures with parts and joints, and a contact sheet. In Python: kinesics.depth.synthesize()."""
    from ..depth.synth import synthesize
    from ..draw.depth_sheet import depth_sheet

    given: dict[str, Any] = {
        "count": count, "size": None if size is None else _size(size), "people": people, "sensor": sensor,
        "yaw": None if yaw is None else _yaw(yaw), "top": top, "focal": focal, "seed": seed, "scenery": scenery,
    }  # fmt: skip
    options = {name: value for name, value in given.items() if value is not None}
    say = Output(as_json, progress, quiet)
    with say.steps(count, "views") as bar:
        values = synthesize(out, picture=depth_sheet, progress=bar, **options)
    say.result(values, f"{values['count']} views of {values['people']} people in {out}; look at {out / 'contact.png'}")


def _size(words: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", words)
    if not found:
        raise UsageError(f"--size: expected WIDTHxHEIGHT like 320x240, got {words}")
    return int(found[1]), int(found[2])


def _yaw(words: str) -> str | float:
    try:
        return float(words)
    except ValueError:
        return words
