"""`kinesics eval redaction`: whether another detector still finds covered faces."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Annotated

import typer

from ..errors import UsageError
from ..types import Scene
from .output import Json, Output, Progress, ProgressOption, Quiet, report

WEIGHTS = ("movenet_multipose", "face_detection_short_range", "face_landmark")


def redaction(
    clips: Annotated[list[str], typer.Argument(metavar="CLIP...", help="Videos with faces.")],
    how: Annotated[str, typer.Option("--how", help="Ways to cover, with commas.")] = "blur,pixelate,solid",
    drop: Annotated[
        float, typer.Option("--drop", min=0, max=0.95, help="Share of what is found that is lost on purpose.")
    ] = 0.2,
    seed: Annotated[int, typer.Option("--seed", help="Of what is lost.")] = 0,
    judge: Annotated[
        str,
        typer.Option("--judge", metavar="NAME", help="mesh (slow: give --every), or an ONNX file of YuNet or CenterFace."),
    ] = "mesh",
    every: Annotated[
        int | None, typer.Option("--every", min=1, help="Judge one frame of so many; 10 with mesh, else 1.")
    ] = None,
    pose: Annotated[str, typer.Option("--pose", help="Who finds the people: fast, balanced, accurate.")] = "balanced",
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Cover the faces of clips, and let a detector that had no part in it look for them.

    Heads are found by joints and BlazeFace; the default judge is the face mesh net over sliding squares, which neither uses.
    The share is also given with detections lost on purpose: all of some frames, and each by itself. In Python:
    kinesics.evaluate.redaction.eval_redaction().
    """
    from ..evaluate.face_judges import face_judge
    from ..evaluate.redaction import eval_redaction
    from ..masks.face_spots import FaceSpots
    from ..pipeline.redacting import HOWS, redacted

    hows = tuple(name.strip() for name in how.split(",") if name.strip())
    unknown = [name for name in hows if name not in HOWS]
    if unknown or not hows:
        raise UsageError(f"nothing is covered by {(unknown or [how])[0]!r}; there are {', '.join(HOWS)}")
    looks = face_judge(judge)
    with Output(as_json, progress, quiet).steps(None, "frames") as bar:
        values = eval_redaction(
            [_opened(clip, pose) for clip in clips],
            redacted,
            FaceSpots(),
            looks,
            hows=hows,
            drop=drop,
            seed=seed,
            every=every or (10 if judge == "mesh" else 1),
            step=bar,
        )
    report({**values, "judge": Path(judge).name, "clips": len(clips)}, as_json, WEIGHTS)


def _opened(clip: str, pose: str) -> Callable[[], Generator[Scene]]:
    from ..pipeline import watch

    return lambda: watch(clip, pose=pose, live=False)
