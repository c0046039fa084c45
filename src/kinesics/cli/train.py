"""`kinesics train DATASET -o MODEL`: an action model from labelled clips. In Python: kinesics.train()."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .output import Json, Output, Progress, ProgressOption, Quiet, folder_for

if TYPE_CHECKING:
    from ..pipeline.training import Trained


class Head(StrEnum):
    """What learns."""

    auto = "auto"
    net = "net"
    rocket = "rocket"
    boost = "boost"
    statistics = "statistics"


class View(StrEnum):
    """What the model will be asked about."""

    auto = "auto"
    flat = "2d"
    deep = "3d"


# The options that decide what learns; `kinesics eval actions` has them too.
HeadOption = Annotated[
    Head | None,
    typer.Option("--head", help="auto: by the size of the set; net: a network; the others: quick, for few clips."),
]
ViewOption = Annotated[View | None, typer.Option("--view", help="2d: learn from 3D clips for use with one camera.")]
Minutes = Annotated[float | None, typer.Option("--minutes", min=0.001, help="Longest that a training may take.")]


def command(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="Folders of clips by label, or a folder with index.csv.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="MODEL.kin", help="Where the model is saved.")],
    split: Annotated[
        str | None, typer.Option("--split", metavar="COLUMN", help="Of index.csv: who is train, who is test.")
    ] = None,
    minutes: Minutes = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of all chance: the same seed, the same model.")] = None,
    head: HeadOption = None,
    view: ViewOption = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FOLDER", help="Also write report.html there.")] = None,
    cache: Annotated[
        Path | None, typer.Option("--cache", metavar="DIR", help="Where poses of videos are kept; else DATASET/.kinesics.")
    ] = None,
    pose: Annotated[str | None, typer.Option("--pose", help="What finds people in videos: fast, balanced, accurate.")] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Learn actions from labelled clips. Ctrl-C ends training and keeps the best so far. In Python: kinesics.train()."""
    from ..pipeline import read_actions, train
    from ..pipeline.training import check_place

    output = Output(as_json, progress, quiet)
    options: dict[str, Any] = {"split": split, "minutes": minutes, "seed": seed, "head": head, "view": view}
    check_place(out)  # not found out after an hour of training
    if report is not None:
        folder_for(report)
    finding: dict[str, Any] = {key: value for key, value in (("cache", cache), ("pose", pose)) if value is not None}
    with output.steps(None, "reading clips") as bar:
        actions = read_actions(dataset, progress=lambda n, total, name: bar(n, of=total, clip=name), **finding)
    with _steps(output) as (step, say), _patient(say) as stopped:
        given: dict[str, Any] = {
            key: str(value) if isinstance(value, StrEnum) else value for key, value in options.items() if value is not None
        }
        done = train(actions, out, say=output.say, progress=lambda info: step(info) or stopped(), **given)
    values = {**done.numbers, "interrupted": stopped()}
    if report is not None:
        values["report"] = str(_report(report, dataset, done, output))
    output.result(values, _words(values))


@contextmanager
def _steps(output: Output) -> Iterator[tuple[Callable[[dict[str, Any]], object], Callable[[str], None]]]:
    """Where each step is told to, and words meanwhile: a picture on a terminal, JSON lines, or nothing."""
    if output.progress is Progress.json:
        with output.steps(None, "training") as bar:
            told = {"step", "steps"}
            yield lambda info: bar(info.get("step") or 0, of=info.get("steps"), **_rest(info, told)), output.say
    elif output.progress is Progress.auto and not output.quiet and sys.stderr.isatty():
        from .confusion import TrainingPicture

        picture = TrainingPicture()
        with picture.show() as step:
            yield step, picture.tell
    else:
        yield lambda info: None, output.say


def _rest(info: dict[str, Any], without: set[str]) -> dict[str, Any]:
    return {key: value for key, value in info.items() if key not in without}


@contextmanager
def _patient(say: Callable[[str], None]) -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed: the first ends training and keeps the best so far, the second ends the program."""
    pressed, again = threading.Event(), threading.Event()

    def press(number: int, frame: FrameType | None) -> None:
        if pressed.is_set():
            again.set()
            raise KeyboardInterrupt
        pressed.set()
        say("ending here, the best so far is kept; Ctrl-C again leaves without it")

    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return
    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    except Exception as error:
        if again.is_set():  # a library below turned the interrupt into an error of its own
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def _report(folder: Path, dataset: Path, done: Trained, output: Output) -> Path:
    from ..evaluate.report import write_report

    learned = done.learned
    with output.steps(None, "report") as bar:
        parts = iter(range(1, 100))
        return write_report(
            folder / "report.html", done.model, learned.clips, learned.labels,
            subjects=learned.subjects, files=learned.files, title=dataset.resolve().name, problems=done.problems,
            progress=lambda part: bar(next(parts), part=part),
        )  # fmt: skip


def _words(values: dict[str, Any]) -> str:
    words = [f"{values['model']}: {len(values['classes'])} actions learned from {values['clips_train']} clips"]
    words[0] += f" in {values['train_wall_seconds']:.0f} s" + (", ended early" if values["interrupted"] else "")
    if values["validation_accuracy"] is not None:
        words.append(f"right on clips it had not seen, kept aside by itself: {values['validation_accuracy']:.1f} %")
    if values["accuracy"] is not None:
        words.append(f"right on the {values['clips_test']} clips of the test: {values['accuracy']:.1f} %")
    if "report" in values:
        words.append(f"report: {values['report']}")
    return "\n".join(words)
