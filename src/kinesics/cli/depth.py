"""`kinesics depth`: skeletal tracking from depth pictures; each command has a file of its own."""

from __future__ import annotations

import typer

from .depth_convert import convert
from .depth_synth import synth
from .depth_track import track
from .depth_train import train

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Skeletal tracking from depth pictures."""


app.command()(convert)
app.command()(synth)
app.command()(track)
app.command()(train)
