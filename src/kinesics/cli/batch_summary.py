"""`kinesics batch summary DIR`: what came out of a corpus. In Python: kinesics.batch.summarize()."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from .batch_run import duration
from .output import Json, Output


def summary(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the tables.")],
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Where the page goes; DIR/summary.html if not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Counts, hours, failures by reason, speed; and a page with sheets of pictures. In Python: kinesics.batch.summarize()."""
    from ..batch import summarize
    from ..batch.summary_page import write_page

    values = summarize(folder)
    place = write_page(folder, html, values)
    Output(as_json).result({**values, "page": place}, "\n".join([*_lines(values), f"  {place}"]))


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    speed, statuses = values["speed"], values["statuses"]
    number = values["clips"]
    yield f"{number} clip{'s' * (number != 1)}, {duration(values['hours'] * 3600)} of video, {values['frames']} frames"
    yield ", ".join(f"{n} {status}" for status, n in statuses.items())
    names = {"people": "people", "shots": "shots", "groups": "groups of near-duplicates", "who": "people by their faces"}
    names |= {"windows": "windows of movement", "ladders": "bitrate ladders", "answers": "answers of the function"}
    if counts := [f"{values[key]} {words}" for key, words in names.items() if key in values]:
        yield ", ".join(counts)
    for one in values["failures"]:
        examples = ", ".join(_shown(path) for path in one["examples"])
        yield f"  {one['clips']} {one['status']}: {one['reason']} ({examples})"
    yield (
        f"{speed['video_per_work_second']:.2g} s of video a second of work, {duration(speed['work_hours'] * 3600)} of work; "
        f"{values['table_bytes'] / 1e6:.3g} MB of tables"
    )


def _shown(path: str) -> str:
    from ..video.paths import shown

    return shown(Path(path).name)
