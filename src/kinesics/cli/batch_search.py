"""`kinesics batch search DIR EXAMPLE`: who moves like this. In Python: kinesics.batch.search()."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from .output import Json, Output


def search(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the tables, made with the job search.")],
    example: Annotated[str, typer.Argument(metavar="EXAMPLE", help="A video, a file of poses, or a clip of the corpus.")],
    person: Annotated[
        int | None, typer.Option("--person", metavar="ID", help="Whose movement; who moves most if not given.")
    ] = None,
    start: Annotated[float | None, typer.Option("--start", metavar="S", help="Seconds of the example; its beginning.")] = None,
    end: Annotated[float | None, typer.Option("--end", metavar="S", help="Seconds of the example; its end.")] = None,
    count: Annotated[int, typer.Option("--count", min=1, help="How many hits.")] = 10,
    as_json: Json = False,
) -> None:
    """Find who moves like somebody in EXAMPLE, most alike first. In Python: kinesics.batch.search()."""
    from .. import batch
    from ..video.paths import shown

    hits = batch.search(folder, example, count=count, person=person, start=start, end=end)
    lines = [
        f"{hit.likeness:4.0%}  {hit.start:7.1f}-{hit.end:.1f} s  person {hit.person}  {shown(hit.path)}"
        for hit in hits
        if not hit.unknown
    ]
    if not lines:
        nearest = f"; the nearest, at {hits[0].likeness:.0%}: {shown(hits[0].path)}, {hits[0].start:.1f} s" if hits else ""
        lines = [f"nothing in this corpus moves like it{nearest}"]
    Output(as_json).result({"example": example, "hits": [dataclasses.asdict(hit) for hit in hits]}, "\n".join(lines))
