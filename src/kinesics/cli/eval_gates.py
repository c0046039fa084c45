"""`kinesics eval gates`: whether it is noticed that a face is turned away or covered."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import Json, Output, Progress, ProgressOption, Quiet, report


def gates(
    clips: Annotated[
        list[str] | None, typer.Argument(metavar="[CLIP...]", help="Clips with faces, or folders of them.")
    ] = None,
    synth: Annotated[bool, typer.Option("--synth", help="Made heads too, which turn and hide behind their hands.")] = False,
    frames: Annotated[int, typer.Option("--frames", min=1, help="Of each clip, evenly spaced.")] = 30,
    people: Annotated[int, typer.Option("--people", min=1, help="Made people.")] = 16,
    seed: Annotated[int, typer.Option("--seed", help="Of the covers.")] = 0,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Face gates against truth: faces covered and turned on purpose. In Python: kinesics.evaluate.gates.eval_gates()."""
    from ..evaluate.gates import eval_gates

    output = Output(as_json, progress, quiet)
    with output.steps(None, "faces") as bar:
        values = eval_gates(clips or [], synth=synth, frames=frames, people=people, seed=seed, step=bar)
    report(values, as_json, ("face_landmark", "face_detection_short_range"))
