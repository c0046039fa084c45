"""`kinesics batch CORPUS -o DIR`: the jobs on each clip of a corpus. In Python: kinesics.batch.run()."""

from __future__ import annotations

import time
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import UsageError
from .output import Json, Output, Progress, ProgressOption, Quiet

if TYPE_CHECKING:
    from ..batch import Config, Limits
    from .output import Bar


class Engine(StrEnum):
    """What spreads the work."""

    pool = "pool"
    spark = "spark"


def run(
    corpus: Annotated[
        list[str], typer.Argument(metavar="CORPUS…", help="Folders (with those in them), globs or files: videos and pictures.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Folder of the tables; a rerun goes on in it.")
    ] = None,
    jobs: Annotated[
        str | None,
        typer.Option(
            metavar="JOBS",
            help="Some of people,shots,duplicates,faces,search,ladder,function, with commas. If not given people,shots.",
        ),
    ] = None,
    pose: Annotated[
        str | None, typer.Option("--pose", help="fast (the default), balanced, accurate, a registered model, or a net (.onnx).")
    ] = None,
    actions: Annotated[
        str | None, typer.Option("--actions", metavar="WHAT", help="As in kinesics run; postures is the default.")
    ] = None,
    whole_body: Annotated[bool, typer.Option("--whole-body", help="Hands, face and three dimensions too: 133 joints.")] = False,
    masks: Annotated[bool, typer.Option("--masks", help="Everybody's outline.")] = False,
    known: Annotated[
        str | None, typer.Option("--known", metavar="DIR", help="Names for faces (with the job faces): pictures by name.")
    ] = None,
    function: Annotated[
        str | None,
        typer.Option("--function", metavar="FILE.py:NAME", help="A Python function of yours, called once a shot."),
    ] = None,
    no_pixels: Annotated[bool, typer.Option("--no-pixels", help="Keep no pictures at all in the tables.")] = False,
    seconds: Annotated[float | None, typer.Option(min=0, help="Stop at this time of each clip.")] = None,
    engine: Annotated[
        Engine, typer.Option("--engine", help="A pool of processes, or Spark (pip install 'kinesics[spark]').")
    ] = (Engine.pool),
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Clips at a time; by default one a core.")] = None,
    master: Annotated[str | None, typer.Option("--master", metavar="URL", help="Of Spark; by default this machine.")] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", metavar="S", help="Seconds a clip may take; by default by its size.")
    ] = None,
    memory: Annotated[float | None, typer.Option("--memory", metavar="MB", help="Megabytes a worker may occupy.")] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Do those clips again that failed before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing: what is there, and what it would cost.")] = False,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Do jobs on each clip of CORPUS, reading it once; the word run may be left out. In Python: kinesics.batch.run()."""
    from ..batch import Config, Limits

    wishes = {"pose": pose, "actions": actions, "known": known, "function": function, "seconds": seconds}
    given: dict[str, Any] = {name: value for name, value in wishes.items() if value is not None}
    if jobs is not None:
        given["jobs"] = tuple(job.strip() for job in jobs.split(",") if job.strip())
    config = Config(whole_body=whole_body, masks=masks, pictures=not no_pixels, **given)
    bounds = {name: value for name, value in {"timeout": timeout, "memory": memory}.items() if value is not None}
    output, limits = Output(as_json, progress, quiet), Limits(**bounds)
    clips: str | list[str] = corpus[0] if len(corpus) == 1 else corpus
    if master is not None and engine is not Engine.spark:
        raise UsageError("--master is Spark's; add --engine spark")
    if dry_run:
        _estimate(output, clips, out, config, workers)
        return
    if out is None:
        raise UsageError("where should the tables go? give -o DIR; see kinesics batch --help")
    options: dict[str, Any] = {"engine": engine.value, "workers": workers, "retry": retry}
    if master is not None:
        options["master"] = master
    _work(output, clips, out, config, limits, options)


def _estimate(output: Output, clips: str | list[str], out: Path | None, config: Config, workers: int | None) -> None:
    from ..batch.estimating import estimate, in_words

    values = estimate(clips, config, out=out, workers=workers, say=output.say)
    output.result(values, in_words(values))


def _work(
    output: Output, clips: str | list[str], out: Path, config: Config, limits: Limits, options: Mapping[str, Any]
) -> None:
    from .. import batch
    from ..batch.reading import clips as clips_of

    with output.steps(None, "clips") as bar:
        pace = Pace(output, bar)
        try:
            result = batch.run(clips, out, config, limits=limits, step=pace, **options)
        except KeyboardInterrupt:
            output.say(f"{pace.done} clips were done now; the same command goes on where this stopped")
            raise
    paths = [clip["path"] for clip in clips_of(out)]
    result |= {"lost": result["clips"] - len(set(paths)), "doubled": len(paths) - len(set(paths))}
    output.result(
        {**result, "failed": sum(result["failed"].values()), "failures": result["failed"], "out": out}, _words(result, out)
    )


class Pace:
    """What `run` tells of each clip, as a step of the bar: rate and time left; a line for each clip that failed.

    Args:
        output: for the lines.
        bar: for the steps.

    Attributes:
        done: clips so far.
    """

    def __init__(self, output: Output, bar: Bar) -> None:
        self._output, self._bar = output, bar
        self._began, self._video, self.done = time.monotonic(), 0.0, 0

    def __call__(self, clip: Mapping[str, Any]) -> None:
        """One clip is done. The time left goes by bytes, since clips differ in length."""
        from ..batch.running import READ

        self.done = clip["done"]
        self._video += clip["video_seconds"]
        passed = max(time.monotonic() - self._began, 1e-6)
        share = clip["bytes_done"] / clip["bytes_total"] if clip["bytes_total"] else self.done / clip["total"]
        left = passed * (1 - share) / share if share else None
        facts = {"rate": self.done / passed, "video_rate": self._video / passed, "left": left}
        if self._output.progress is Progress.json:
            told = {name: clip[name] for name in ("path", "status", "error", "rows", "seconds", "total")}
            self._bar(self.done, **told, **facts)
        else:
            words = {"clips/s": facts["rate"], "video s/s": facts["video_rate"], "left": duration(left)}
            self._bar(self.done, of=clip["total"], **words)
            if clip["status"] not in READ:
                self._output.say(f"kinesics: {_shown(clip['path'])}: {clip['status']}: {clip['error']}")


def duration(seconds: float | None) -> str:
    """Seconds for people."""
    if seconds is None:
        return "?"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _shown(path: str) -> str:
    from ..video.paths import shown

    return shown(path)


def _words(result: Mapping[str, Any], out: Path) -> str:
    failed, number = result["failed"], result["clips"]
    skipped = f", {result['skipped']} were done before" if result["skipped"] else ""
    lines = [
        f"{number} clip{'s' * (number != 1)}, {duration(result['video_seconds'])} of video, {result['rows']} rows: "
        f"{result['done']} done now in {duration(result['seconds'])}{skipped}"
    ]
    if failed:
        lines.append("not done: " + ", ".join(f"{n} {status}" for status, n in failed.items()) + "; see kinesics batch summary")
    for job, counts in result["outputs"].items():
        lines.append(f"{job}: " + ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in counts.items()))
    return "\n".join([*lines, f"  {out}", f"  rows {result['rows_sha256'][:16]}…; look: kinesics batch summary {out}"])
