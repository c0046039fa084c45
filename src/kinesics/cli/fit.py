"""`kinesics fit CLIP... -o PERSON`: a person that can be drawn in any pose. In Python: kinesics.fit_person()."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from .output import Bar, Json, Output, Progress, ProgressOption, Quiet


def command(
    clips: Annotated[
        list[str], typer.Argument(metavar="CLIP...", help="Videos of one person, up to three minutes; or a picture.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="PERSON.kin", help="Where the person is kept.")],
    name: Annotated[str | None, typer.Option(help="How the person is called.")] = None,
    licence: Annotated[str, typer.Option(help="Under which licence the pictures may be used.")] = "",
    consent: Annotated[str, typer.Option(help="Who agreed to what, in words; it is kept in the file and in every film.")] = "",
    person_id: Annotated[int | None, typer.Option("--person-id", metavar="ID", help="Whom to take of several people.")] = None,
    keyframes: Annotated[int | None, typer.Option(metavar="N", help="Pictures of the person to keep, 64 to 256.")] = None,
    pose: Annotated[
        str | None, typer.Option("--pose", help="What finds people: fast, balanced, accurate (the default).")
    ] = None,
    train: Annotated[bool, typer.Option("--train", help="Also train nets that refine what is drawn; takes minutes.")] = False,
    minutes: Annotated[float | None, typer.Option(min=0, help="How long to train at most.")] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Fit a person from a short clip: keyframes, cut out, with their poses, in one file that `render` and `transfer` draw.

    In Python: kinesics.fit_person().
    """
    from .. import fit_person

    output = Output(as_json, progress, quiet)
    given: dict[str, Any] = {"name": name, "keyframes": keyframes, "pose": pose}
    given = {key: value for key, value in given.items() if value is not None}
    if minutes is not None:
        given["training"] = {"minutes": minutes}
    remarks: list[str] = []
    start = time.perf_counter()
    with output.steps(1.0, f"fitting {out.stem}") as bar:
        person = fit_person(
            clips,
            out,
            licence=licence,
            consent=consent,
            person_id=person_id,
            train=train,
            progress=doing(bar),
            said=remarks.append,
            **given,
        )
    if not consent:
        remarks.append("nobody's consent is noted; --consent says who agreed to what")
    for remark in remarks:
        output.say(remark)
    values = {
        "person": str(out),
        "name": person.name,
        "keyframes": len(person),
        "background": person.background is not None,
        "nets": sorted(person.nets),
        "net_bytes": sum(len(data) for data in person.nets.values()),
        "bytes": os.path.getsize(out),
        "seconds": round(time.perf_counter() - start, 1),
        "notes": remarks,
        **person.about,
    }
    words = f"{out}: {len(person)} keyframes of {person.about.get('frames', 0)} pictures, {values['bytes'] / 1e6:.1f} MB"
    output.result(values, f"{words}\nuse it: kinesics render POSES --person {out} -o OUT.mp4")


def doing(bar: Bar) -> Callable[[str, float], None]:
    """Moves a bar of 0 to 1 and says what is being done."""

    def step(words: str, share: float) -> None:
        bar(share, doing=words)

    return step
