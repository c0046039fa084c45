"""`kinesics depth track SRC`: the people of a depth recording or camera. In Python: kinesics.track_depth()."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .output import Json, Output, Progress, ProgressOption, Quiet


def track(
    source: Annotated[
        str, typer.Argument(metavar="SRC", help="Folder of 16-bit PNG or EXR, .npz, recording of glimpse, or scheme://camera.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.")] = Path("kinesics-depth"),
    save: Annotated[
        str, typer.Option(help="What to write: jsonl,csv,parquet,npz,png,sides,timeline,mp4,rrd (for Rerun).")
    ] = "jsonl,png",
    model: Annotated[Path | None, typer.Option("--model", metavar="MODEL.kin", help="The one that ships if not given.")] = None,
    skeleton: Annotated[str | None, typer.Option("--skeleton", help="kinect20, glimpse14, itop15 or coco17.")] = None,
    decoder: Annotated[str | None, typer.Option("--decoder", help="fit, votes or parts.")] = None,
    people: Annotated[int | None, typer.Option("--people", min=1, help="At most so many, the surest.")] = None,
    background: Annotated[str | None, typer.Option("--background", help="auto, learn (begins empty) or none.")] = None,
    predict: Annotated[
        float | None, typer.Option("--predict", metavar="MS", help="Milliseconds ahead, at most 100.", min=0, max=100)
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="Stop at this time of the source.")] = None,
    fps: Annotated[float | None, typer.Option("--fps", help="Pictures a second of what has no times.")] = None,
    units: Annotated[str | None, typer.Option("--units", help="m, mm, or metres a step; found out if not given.")] = None,
    mirrored: Annotated[bool, typer.Option("--mirrored", help="Turn mirror images (Kinect v1) round first.")] = False,
    camera: Annotated[Path | None, typer.Option("--camera", metavar="FILE", help="A camera.json that goes first.")] = None,
    smooth: Annotated[bool, typer.Option(help="Filter the joints, keep bones at their lengths.")] = True,
    masks: Annotated[bool, typer.Option("--masks", help="Write outlines too.")] = False,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Follow the people of SRC in metres: joints, ids, tables, pictures from all sides. In Python: kinesics.track_depth()."""
    from .. import track_depth
    from ..depth.camera_file import read_camera

    output = Output(as_json, progress, quiet)
    given: dict[str, Any] = {
        "model": model,
        "skeleton": skeleton,
        "decoder": decoder,
        "people": people,
        "background": background,
        "predict": None if predict is None else predict / 1000,
        "seconds": seconds,
        "fps": fps,
        "units": units,
        "camera": None if camera is None else read_camera(camera)[0],
    }
    with output.steps(None, source) as bar:
        result = track_depth(
            source,
            out,
            save=[kind.strip() for kind in save.split(",") if kind.strip()],
            smooth=smooth,
            masks=masks,
            mirrored=mirrored,
            step=lambda scene: bar(scene.index + 1, people=len(scene.people)),
            **{name: value for name, value in given.items() if value is not None},
        )
    for note in result["notes"]:
        output.say(f"{source}: {note}")
    number = result["people"]
    lines = [
        f"{Path(source).name}: {result['frames']} frames, {result['seconds']:.1f} s, "
        f"{number} {'person' if number == 1 else 'people'}, {result['fps']:.1f} frames/s"
        + ("" if result["status"] == "ok" else f" ({result['status']})")
    ]
    output.result(result, "\n".join([*lines, *(f"  {path}" for path in result["outputs"].values())]))
