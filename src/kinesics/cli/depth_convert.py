"""`kinesics depth convert IN OUT`: depth pictures, and trees, from one kind of file to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .output import Json, Output, Progress, ProgressOption, Quiet


def convert(
    sources: Annotated[
        list[str], typer.Argument(metavar="IN...", help="Pictures (folder, .npz, recording); or trees (.json, .rdt, .kin).")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Folder or .npz; for trees .kin, .json or .rdt.")],
    kind: Annotated[str | None, typer.Option("--to", metavar="KIND", help="Of pictures: png, npz, exr or glimpse.")] = None,
    units: Annotated[str | None, typer.Option("--units", help="m, mm, or metres a step; found out if not given.")] = None,
    fps: Annotated[float | None, typer.Option("--fps", help="Pictures a second of what has no times.")] = None,
    camera: Annotated[Path | None, typer.Option("--camera", metavar="FILE", help="A camera.json that goes first.")] = None,
    height: Annotated[
        int | None, typer.Option("--height", min=1, help="Rows of the pictures that glimpse trees learned from.")
    ] = None,
    people: Annotated[
        int | None, typer.Option("--people", min=0, help="Made people that a model from glimpse trees learns its joints on.")
    ] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Depth pictures into another container, or trees of glimpse into a model and back.

    In Python: kinesics.depth.convert_depth().
    """
    from ..depth import convert_depth
    from ..depth.camera_file import read_camera

    out = Output(as_json, progress, quiet)
    taken: dict[str, Any] = {} if camera is None else {"camera": read_camera(camera)[0]}
    if people is not None:
        taken["people"] = people
    with out.steps(None, "done") as bar:
        done = convert_depth(sources, target, kind=kind, units=units, fps=fps, height=height, step=bar, **taken)
    for note in done.notes:
        out.say(note)
    counted = {"pictures": done.pictures} if done.pictures else {"trees": done.trees}
    words = "\n".join(f"{file}: {done.kind}, {number} {what}" for file in done.files for what, number in counted.items())
    out.result({"out": done.files, "kind": done.kind, **counted, "notes": done.notes}, words)
