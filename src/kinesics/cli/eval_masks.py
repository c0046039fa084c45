"""`kinesics eval masks`: outlines of people on a labelled set."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import Json, Output, Progress, ProgressOption, Quiet, report

WEIGHTS = ("movenet_multipose", "pose_landmark_full", "selfie_segmentation")


def masks(
    coco: Annotated[str, typer.Option("--coco", help="Folder with person_keypoints*.json, polygons in it, and its pictures.")],
    pose: Annotated[
        str, typer.Option("--pose", help="Who finds the people: fast, balanced, accurate, or a registered model.")
    ] = "balanced",
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Outlines of people, from pictures to masks, against labelled ones; a missed person counts 0.

    In Python: kinesics.evaluate.masks.eval_masks().
    """
    from ..evaluate.masks import eval_masks
    from ..pipeline import Outliner

    outliner = Outliner(pose=pose)
    with Output(as_json, progress, quiet).steps(None, "pictures") as bar:
        values = eval_masks(coco, outliner, step=bar)
    report(values, as_json, WEIGHTS + (("movenet_thunder",) if pose == "accurate" else ()))
