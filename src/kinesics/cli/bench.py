"""`kinesics bench`: latency and throughput, with the machine, the versions and the weights they were measured with.

One function a measurement: it calls one function of `kinesics.bench`, and `_report` adds the provenance.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .output import Json, Output

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def _report(values: dict[str, Any], as_json: bool, weights: tuple[str, ...] = ()) -> None:
    from ..bench.provenance import provenance

    Output(as_json).result({**values, **provenance(weights)})


@app.command()
def start(
    runs: Annotated[int, typer.Option(min=1, help="How often; the median counts.")] = 7,
    as_json: Json = False,
) -> None:
    """Seconds of `import kinesics` and of `kinesics --help`. In Python: kinesics.bench.start.start()."""
    from ..bench.start import start as measure

    _report(measure(runs), as_json)
