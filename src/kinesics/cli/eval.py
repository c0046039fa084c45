"""`kinesics eval`: accuracy on a labelled set. One function a stage, each calls one function of `kinesics.evaluate`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from ..errors import UsageError
from ..types import Scene
from .eval_actions import actions, fewshot
from .eval_depth import depth
from .eval_face_check import face_check
from .eval_gates import gates
from .eval_identity import identity
from .eval_masks import masks
from .eval_redaction import redaction
from .eval_viewer import viewer
from .eval_whole_body import whole_body
from .output import Bar, Json, Output, Progress, ProgressOption, Quiet, report

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Accuracy on a labelled set."""


def counted(scenes: Iterable[Scene], bar: Bar) -> Iterator[Scene]:
    """The same scenes; the bar moves as they go by."""
    for number, scene in enumerate(scenes, 1):
        bar(number, people=len(scene.people))
        yield scene


@app.command()
def video(
    clip: Annotated[str, typer.Argument(metavar="CLIP", help="The video.")],
    gt: Annotated[str, typer.Option("--gt", help="Its boxes with ids, MOTChallenge gt.txt; frames count from 1.")],
    pose: Annotated[
        str, typer.Option("--pose", help="fast, balanced, accurate, a registered model, or a net of yours (.onnx).")
    ] = "balanced",
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """The whole chain, from pixels to tracks, against boxes with ids. In Python: kinesics.evaluate.video.eval_video()."""
    from ..evaluate.video import eval_video
    from ..pipeline import watch

    output = Output(as_json, progress, quiet)
    with output.steps(None, clip) as bar:
        report(eval_video(counted(watch(clip, pose=pose, live=False), bar), gt), as_json, ("movenet_multipose",))


@app.command()
def pose(
    folder: Annotated[
        str | None, typer.Argument(metavar="[DIR]", help="With --golden: holds pose_1.mp4 and pose_1.json.")
    ] = None,
    coco: Annotated[str | None, typer.Option("--coco", help="Folder with person_keypoints*.json and its pictures.")] = None,
    golden: Annotated[bool, typer.Option("--golden", help="A published model's joints instead of labels.")] = False,
    model: Annotated[str, typer.Option("--pose", help="fast, balanced, accurate, reference …; several with commas.")] = "",
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """A pose model on labelled pictures beside the reference, or on a golden video.

    In Python: kinesics.evaluate.pose.eval_pose() and eval_golden().
    """
    from ..evaluate.pose import eval_golden, eval_pose, golden_folder

    if golden == (coco is not None) or (folder and not golden):
        raise UsageError("eval pose: give either --coco DIR or --golden [DIR]")
    names = [name.strip() for name in model.split(",") if name.strip()]
    output = Output(as_json, progress, quiet)
    weights = ("movenet_multipose", *(("movenet_thunder",) if "accurate" in names or (golden and not names) else ()))
    with output.steps(None, "frames" if golden else "pictures") as bar:
        if golden:
            values = eval_golden(folder or golden_folder(), *names[:1], step=bar)
        else:
            values = eval_pose(str(coco), *([names] if names else []), step=bar)
    report(values, as_json, weights)


@app.command()
def tracks(
    mot: Annotated[str, typer.Option("--mot", help="Folder of sequences in MOTChallenge layout (gt, det, seqinfo.ini).")],
    sequences: Annotated[
        str, typer.Option("--sequences", help="Names with commas; all that have gt and det if not given.")
    ] = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The tracker on labelled sequences and their detections. In Python: kinesics.evaluate.tracks.eval_tracks()."""
    from ..evaluate.tracks import eval_tracks, table_row

    output = Output(as_json, quiet=quiet)
    output.say(table_row(None))
    names = [name.strip() for name in sequences.split(",") if name.strip()]
    values = eval_tracks(mot, names, each=lambda row: output.say(table_row(row)))
    output.say(table_row({"sequence": "together", **values}))
    report(values, as_json)


app.command()(actions)
app.command()(fewshot)
app.command()(depth)
app.command("face-check")(face_check)
app.command()(identity)
app.command()(masks)
app.command()(redaction)
app.command()(viewer)
app.command("whole-body")(whole_body)
app.command()(gates)
