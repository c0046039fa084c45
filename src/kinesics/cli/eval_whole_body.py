"""`kinesics eval whole-body`: bodies in 3D and hands against published joints."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import Json, Output, Progress, ProgressOption, Quiet, report

WEIGHTS = ("movenet_multipose", "pose_landmark_full", "palm_detection_full", "hand_landmark_full")


def whole_body(
    folder: Annotated[
        str, typer.Argument(metavar="DIR", help="Holds pose_squats.mp4, asl_hand*.mp4 and their published joints (.full.json).")
    ],
    pose: Annotated[
        str, typer.Option("--pose", help="Who finds the body: fast, balanced, accurate, or a registered model.")
    ] = "balanced",
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """The 33 joints of a body and the 21 of a hand against those that the nets' makers published for two videos.

    In Python: kinesics.evaluate.whole_body.eval_whole_body().
    """
    from ..evaluate.whole_body import eval_whole_body

    with Output(as_json, progress, quiet).steps(None, "frames") as bar:
        values = eval_whole_body(folder, pose, step=bar)
    report(values, as_json, WEIGHTS + (("movenet_thunder",) if pose == "accurate" else ()))
