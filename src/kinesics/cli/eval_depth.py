"""`kinesics eval depth`: a depth model on made people, or on a labelled set of real ones."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ..errors import UsageError
from .output import Json, Output, Progress, ProgressOption, Quiet, report


def depth(
    target: Annotated[str, typer.Argument(metavar="SET", help="synth: made people; or a folder of labelled clips.")],
    model: Annotated[str, typer.Option("--model", "-m", help="A model of yours (.kin); the shipped one if not given.")] = "",
    decoder: Annotated[str, typer.Option("--decoder", help="fit, votes or parts; all three on synth if not given.")] = "",
    count: Annotated[int | None, typer.Option("--count", help="How many people to make.")] = None,
    stride: Annotated[int | None, typer.Option("--stride", help="Measure every so many frames of a clip.")] = None,
    chart: Annotated[str, typer.Option("--chart", help="Where to draw the decoders beside each other (PNG).")] = "",
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Joints from depth against the truth: precision at 10 cm by decoder, parts, left taken for right.

    In Python: kinesics.evaluate.depth.eval_depth_made() and eval_depth_set().
    """
    from ..depth import open_depth_model
    from ..evaluate.depth import eval_depth_made, eval_depth_set, precision_by_joint

    made = target == "synth"
    if stride if made else count or chart:
        raise UsageError("eval depth: --stride is for a folder of clips, --count and --chart are for synth")
    opened = open_depth_model(model or None)
    output = Output(as_json, progress, quiet)
    with output.steps(count or (2000 if made else None), "people" if made else "clips") as bar:
        given: dict[str, Any] = {"step": bar}
        if made:
            given |= {"count": count} if count else {}
            given |= {"decoders": decoder.split(",")} if decoder else {}
            values = eval_depth_made(opened, **given)
        else:
            given |= {"stride": stride} if stride else {}
            given |= {"decoder": decoder} if decoder else {}
            values = eval_depth_set(opened, target, **given)
    if chart:
        from ..draw.grouped_bars import grouped_bars

        rows = list(precision_by_joint(values))
        columns = {name: [row[1][i] for row in rows] for i, name in enumerate(values["joints"])}
        note = f"average precision at 10 cm, {values['people']} made people that no training saw, from all sides"
        grouped_bars([row[0] for row in rows], columns, chart, title="Joints from depth, by decoder", note=note)
        output.say(f"drawn to {chart}")
    if not as_json:
        values = {name: value for name, value in values.items() if not isinstance(value, dict)}
    report({**values, "model": model or "shipped"}, as_json)
