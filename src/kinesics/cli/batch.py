"""`kinesics batch`: a corpus of videos to tables. `kinesics batch CORPUS` is short for `kinesics batch run CORPUS`."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from .batch_run import run
from .batch_search import search
from .batch_summary import summary


class CorpusOrCommand(TyperGroup):
    """A group in which a word that is none of its commands is the corpus of `run`; a corpus called so is written ./summary."""

    default = "run"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The command's name put first where it was left out."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The options of `run`, then the commands."""
        run = self.commands[self.default]
        with run.make_context(self.default, [], parent=ctx, resilient_parsing=True) as inner:
            type(run).format_options(run, inner, formatter)
        super().format_options(ctx, formatter)


app = typer.Typer(
    cls=CorpusOrCommand,
    no_args_is_help=True,
    rich_markup_mode=None,
    subcommand_metavar="CORPUS… -o DIR | summary DIR | search DIR EXAMPLE",
)


@app.callback()
def group() -> None:
    """A corpus: thousands of videos in, tables out. `kinesics batch CORPUS` is short for `kinesics batch run CORPUS`.

    What the other commands do is done with the folder of tables. A corpus called like one of them is written ./summary.
    """


app.command()(run)
app.command()(summary)
app.command()(search)
