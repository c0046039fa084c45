"""`kinesics faces check`: faces of a film over time. In Python: kinesics.check_faces()."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .output import Json, Output, Progress, ProgressOption, Quiet
from .run import stepper


def check(
    source: Annotated[str, typer.Argument(metavar="SRC", help="A film, a folder of pictures, a camera or a stream.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.")] = Path("kinesics-out"),
    seconds: Annotated[float | None, typer.Option(min=0, help="Stop at this time of the source.")] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """How unusual each face is, second by second: a cue for exchanged faces, with its evidence, and not a verdict."""
    from ..pipeline import check_faces

    output = Output(as_json, progress, quiet)
    with output.steps(None, source) as bar:
        result = check_faces(source, out, seconds=seconds, step=stepper(bar))
    output.result(result, _words(result))


def _words(result: dict[str, Any]) -> str:
    lines = [result["note"]]
    for face in result["faces"]:
        worst = max(face["windows"], key=lambda window: window["score"])
        cue, away = max(worst["evidence"].items(), key=lambda item: abs(item[1]), default=("", 0.0))
        lines.append(
            f"person {face['person']}: {face['score']:.2f} from 0 (usual) to 1; most unusual at {worst['start']:.1f} s, "
            f"by its {cue} ({away:+.1f} deviations)"
        )
    if result["small"]:
        lines.append(f"too small to be judged: the face of person {', '.join(map(str, result['small']))}")
    if not result["faces"]:
        lines.append("no face was followed for long enough to be judged")
    return "\n".join([*lines, *(f"  {path}" for path in result["outputs"].values())])
