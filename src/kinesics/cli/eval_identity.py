"""`kinesics eval identity`: how well faces are told apart."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import Json, Output, Progress, ProgressOption, Quiet, report


def identity(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A folder a person, with pictures and clips of one face.")],
    probes: Annotated[
        str,
        typer.Option("--probes", metavar="A[,B]", help="Only what has to do with these files counts; without ending."),
    ] = "",
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Faces of one person against faces of different people. In Python: kinesics.evaluate.identity.eval_identity()."""
    from ..evaluate.identity import eval_identity

    names = [name.strip() for name in probes.split(",") if name.strip()]
    with Output(as_json, progress, quiet).steps(None, "files") as bar:
        values = eval_identity(folder, names, step=bar)
    report(values, as_json, ("face_resnet", "face_detection_short_range", "face_landmark"))
