"""`kinesics depth train -o MODEL.kin`: from nothing to a depth model. In Python: kinesics.depth.train_depth()."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from .output import Bar, Json, Output, Progress, ProgressOption, Quiet

_WORDS = {"bodies": "making people", "trees": "growing trees", "decoders": "learning to read them"}


def train(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="MODEL.kin", help="Where the model is saved.")],
    bodies: Annotated[int | None, typer.Option(min=1, help="Views that the forest learns from.")] = None,
    trees: Annotated[int | None, typer.Option(help="How many.")] = None,
    depth: Annotated[int | None, typer.Option(help="Nodes from the root to the farthest leaf.")] = None,
    pixels: Annotated[int | None, typer.Option(help="Drawn from each view.")] = None,
    offsets: Annotated[int | None, typer.Option(help="Pairs of places tried in each node.")] = None,
    smallest: Annotated[int | None, typer.Option(help="Fewest pixels of a leaf.")] = None,
    decoders: Annotated[int | None, typer.Option(min=0, help="Further views that decoders learn from; 0: none.")] = None,
    size: Annotated[str | None, typer.Option(metavar="WxH", help="Pixels of a view; 320x240 if not given.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of all chance: the same seed, the same forest.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes and threads; changes nothing but the time.")] = None,
    memory: Annotated[float | None, typer.Option(metavar="GB", help="That may be used; what is free if not given.")] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Make people, train a forest on them, save the model; the same command goes on where one was killed.

    In Python: kinesics.depth.train_depth().
    """
    from ..depth.making import train_depth
    from .depth_synth import _size

    given: dict[str, Any] = {
        "bodies": bodies, "trees": trees, "depth": depth, "pixels": pixels, "offsets": offsets, "smallest": smallest,
        "decoders": decoders, "size": None if size is None else _size(size), "seed": seed, "workers": workers, "memory": memory,
    }  # fmt: skip
    options = {name: value for name, value in given.items() if value is not None}
    output = Output(as_json, progress, quiet)
    if Path(f"{out}.training").exists():
        output.say(f"{out}.training is there: going on from it")
    try:
        with _stages(output) as tell:
            values = train_depth(out, progress=tell, **options)
    except KeyboardInterrupt:
        if Path(f"{out}.training").exists():
            output.say(f"{out}.training remembers: the same command goes on from there")
        raise
    minutes = values["seconds"] / 60
    output.result(
        values, f"{out}: {values['trees']} trees from {values['bodies']} bodies, {values['mb']} MB, {minutes:.1f} minutes"
    )


@contextlib.contextmanager
def _stages(output: Output) -> Iterator[Callable[..., None]]:
    """A bar a stage, one after the other."""
    with contextlib.ExitStack() as shown:
        bars: dict[str, Bar] = {}

        def tell(stage: str, share: float, **facts: Any) -> None:
            if stage not in bars:
                shown.close()
                bars[stage] = shown.enter_context(output.steps(1.0, _WORDS[stage]))
            if output.progress is not Progress.json:
                facts.pop("seconds_left", None)  # a bar on a terminal has its own
            bars[stage](share, **facts)

        yield tell
