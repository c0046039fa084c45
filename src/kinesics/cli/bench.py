"""`kinesics bench`: latency and throughput, with the machine, the versions and the weights they were measured with.

One function a measurement: it calls one function of `kinesics.bench`, and `report` adds the provenance.
"""

from __future__ import annotations

from typing import Annotated

import typer

from .output import Json, report

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command()
def start(
    runs: Annotated[int, typer.Option(min=1, help="How often; the median counts.")] = 7,
    as_json: Json = False,
) -> None:
    """Seconds of `import kinesics` and of `kinesics --help`. In Python: kinesics.bench.start.start()."""
    from ..bench.start import start as measure

    report(measure(runs), as_json)


@app.command("run")
def run_chain(
    clip: Annotated[str | None, typer.Argument(metavar="CLIP", help="A video; the bundled one if not given.")] = None,
    pose: Annotated[str, typer.Option("--pose", help="fast, balanced, accurate.")] = "balanced",
    budget: Annotated[float | None, typer.Option(help="Milliseconds a frame may take.", metavar="MS")] = None,
    repeats: Annotated[int, typer.Option(min=1, help="How often; the fastest counts.")] = 1,
    as_json: Json = False,
) -> None:
    """The whole chain, from the file to the annotated film. In Python: kinesics.bench.run.bench_run()."""
    from ..bench.run import bench_run

    limit = None if budget is None else budget / 1000
    report(bench_run(clip, tier=pose, budget=limit, repeats=repeats), as_json, ("movenet_multipose",))


@app.command()
def memory(
    minutes: Annotated[float, typer.Option(min=1, help="Length of the long film.")] = 60.0,
    pose: Annotated[str, typer.Option("--pose", help="fast, balanced, accurate.")] = "fast",
    as_json: Json = False,
) -> None:
    """Peak memory of a long film against one of a minute. In Python: kinesics.bench.memory.bench_memory()."""
    from ..bench.memory import bench_memory

    report(bench_memory(minutes, tier=pose), as_json, ("movenet_multipose",))


@app.command()
def tracks(
    people: Annotated[int, typer.Option(min=1, help="How many people walk about.")] = 20,
    frames: Annotated[int, typer.Option(min=1, help="For how many frames, 30 a second.")] = 300,
    repeats: Annotated[int, typer.Option(min=1, help="How often; the fastest counts.")] = 5,
    as_json: Json = False,
) -> None:
    """The tracker alone on made people, of whom each frame misses one in twenty; one thread.

    In Python: kinesics.bench.tracks.bench_tracks().
    """
    from ..bench.tracks import bench_tracks

    report(bench_tracks(people, frames, repeats=repeats), as_json)
