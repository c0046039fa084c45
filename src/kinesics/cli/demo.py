"""`kinesics demo`: the main job on the bundled clip. In Python: kinesics.pipeline.demo()."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .output import Json, Output, Progress, ProgressOption, Quiet
from .run import Pose, stepper, summary


def command(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.")] = Path("kinesics-demo"),
    pose: Pose = "balanced",
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Play the bundled clip through the whole chain, offline: an annotated film, Scenes as jsonl, a timeline, a sheet."""
    from ..pipeline import demo

    output = Output(as_json, progress, quiet)
    with output.steps(None, "demo") as bar:
        result = demo(out, pose=pose, step=stepper(bar))
    output.result(result, summary(result))
