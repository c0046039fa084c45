"""`kinesics eval`: accuracy on a labelled set. One function a stage, each calls one function of `kinesics.evaluate`."""

from __future__ import annotations

from typing import Any

import typer

from .output import Output

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Accuracy on a labelled set."""


def _report(values: dict[str, Any], as_json: bool, weights: tuple[str, ...] = ()) -> None:
    from ..bench.provenance import provenance

    Output(as_json).result({**values, **provenance(weights)})
