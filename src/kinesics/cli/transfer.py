"""`kinesics transfer SRC --person PERSON -o OUT`: a movement done by a fitted person. In Python: kinesics.transfer()."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .fit import doing
from .output import Json, Output, Progress, ProgressOption, Quiet
from .render import Background, BudgetOption, Out, PersonOption, Tier, Workers, summary


def command(
    source: Annotated[str, typer.Argument(metavar="SRC", help="The video whose movement is taken over.")],
    out: Out,
    person: PersonOption = "default",
    side_by_side: Annotated[bool, typer.Option("--side-by-side", help="The video left, the result right.")] = False,
    background: Background = None,
    everyone: Annotated[bool, typer.Option(help="Draw everybody so, or only who is seen most and largest.")] = True,
    person_id: Annotated[
        int | None, typer.Option("--person-id", metavar="ID", help="Take over this one's movement only.")
    ] = None,
    pose: Annotated[
        str | None, typer.Option("--pose", help="What finds people: fast, balanced (the default), accurate.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="The window goes along with who walks through the picture.")] = False,
    seconds: Annotated[float | None, typer.Option(min=0, help="Stop at this time of SRC.")] = None,
    budget: BudgetOption = None,
    tier: Tier = None,
    workers: Workers = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Let a fitted person do what the people of SRC do, in their place; the film says that it was generated.

    In Python: kinesics.transfer().
    """
    from .. import transfer

    output = Output(as_json, progress, quiet)
    given: dict[str, Any] = {
        "background": background,
        "person_id": person_id,
        "pose": pose,
        "how": "follow" if follow else None,
        "seconds": seconds,
        "budget": None if budget is None else budget / 1000,
        "tier": tier,
        "workers": workers,
    }
    given = {key: value for key, value in given.items() if value is not None}
    remarks: list[str] = []
    with output.steps(1.0, str(out)) as bar:
        done = transfer(
            source,
            person,
            out,
            side_by_side=side_by_side,
            everyone=everyone,
            progress=doing(bar),
            said=remarks.append,
            **given,
        )
    for remark in remarks:
        output.say(remark)
    output.result({**done, "notes": remarks}, summary(done))
