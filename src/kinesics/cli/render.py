"""`kinesics render POSES --person PERSON -o OUT`: a fitted person in given poses. In Python: kinesics.render()."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from .output import Json, Output, Progress, ProgressOption, Quiet

PersonOption = Annotated[str, typer.Option("--person", metavar="PERSON", help="A file of `kinesics fit`, or default.")]
Out = Annotated[Path, typer.Option("--out", "-o", help=".mp4, .webm, .gif, .apng, or a folder of PNG pictures.")]
Background = Annotated[
    str | None, typer.Option("--background", metavar="WHAT", help="keep, #rrggbb, a picture's path, or transparent.")
]
BudgetOption = Annotated[float | None, typer.Option("--budget", min=0, metavar="MS", help="Milliseconds a picture may take.")]
Tier = Annotated[int | None, typer.Option("--tier", metavar="N", help="Draw this tier only: 0 warps, 1 to 3 refine.")]
Workers = Annotated[int | None, typer.Option("--workers", min=0, metavar="N", help="Pictures drawn at the same time.")]


def command(
    poses: Annotated[str, typer.Argument(metavar="POSES", help="A .pose, JSON, OpenPose folder, .jsonl … of one person.")],
    out: Out,
    person: PersonOption = "default",
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Each picture when it is due, coarser rather than late.")
    ] = False,
    budget: BudgetOption = None,
    tier: Tier = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="The best of each picture, whatever it takes (the default).")
    ] = False,
    background: Background = None,
    size: Annotated[int | None, typer.Option(metavar="PIXELS", help="Width and height of the pictures; 512.")] = None,
    fps: Annotated[float | None, typer.Option(help="Pictures a second; by default the poses' own times.")] = None,
    smooth: Annotated[bool, typer.Option(help="Filter the joints over time.")] = True,
    person_id: Annotated[int | None, typer.Option("--person-id", metavar="ID", help="Whose poses, of several people.")] = None,
    workers: Workers = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Draw a fitted person in the poses of a file; the film says in its metadata that it was generated.

    In Python: kinesics.render().
    """
    from .. import render

    output = Output(as_json, progress, quiet)
    given: dict[str, Any] = {
        "budget": None if budget is None else budget / 1000,
        "tier": tier,
        "background": background,
        "size": size,
        "fps": fps,
        "person_id": person_id,
        "workers": workers,
    }
    given = {key: value for key, value in given.items() if value is not None}
    remarks: list[str] = []
    with output.steps(None, str(out)) as bar:
        done = render(
            poses,
            person,
            out,
            realtime=realtime,
            offline=offline,
            smooth=smooth,
            said=remarks.append,
            progress=lambda count, of: bar(count, of=of),
            **given,
        )
    for remark in remarks:
        output.say(remark)
    output.result({**done, "notes": remarks}, summary(done))


def summary(done: Mapping[str, Any]) -> str:
    """What was made, in one line for people."""
    tiers = ", ".join(f"{count} at {tier.upper()}" for tier, count in done["tiers"].items())
    pictures = f"{done['pictures']} pictures, {done['seconds']:.1f} s, {done['fps']:.1f} a second"
    return f"{done['out']}: {pictures} ({tiers})" + (f", {done['dropped']} dropped" if done["dropped"] else "")
