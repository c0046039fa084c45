"""`kinesics depth`: skeletal tracking from depth pictures; each command has a file of its own."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Skeletal tracking from depth pictures.")
