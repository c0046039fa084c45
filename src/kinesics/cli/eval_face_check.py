"""`kinesics eval face-check`: the check of faces over time on faces exchanged on purpose."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import typer

from .output import Json, Output, Progress, ProgressOption, Quiet, report


def face_check(
    clips: Annotated[list[str], typer.Argument(metavar="CLIP...", help="Films of one face each, of two people at least.")],
    people: Annotated[
        str | None, typer.Option("--people", metavar="A,B,...", help="Who is in each clip; all different if not given.")
    ] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Faces are exchanged between the clips; does the check tell? In Python: kinesics.evaluate.face_check.eval_face_check()."""
    from ..evaluate.face_check import eval_face_check, roc

    output = Output(as_json, progress, quiet)
    names = None if people is None else [name.strip() for name in people.split(",")]
    with output.steps(len(clips), "clips") as bar:
        figures, judged = eval_face_check(clips, names, step=bar)
    curve = roc(judged)
    output.say("real seconds called exchanged   exchanged seconds found")
    for share in (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5):
        found = float(curve[np.flatnonzero(curve[:, 0] <= share + 1e-9)[-1], 1])
        output.say(f"{share:>29.0%}   {found:>22.0%}")
    report(figures, as_json, ("face_landmark", "face_detection_short_range"))
