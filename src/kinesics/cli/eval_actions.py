"""`kinesics eval actions` and `kinesics eval fewshot`: joined to the other commands of `kinesics eval` in `eval.py`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import FormatError, UsageError
from .output import Bar, Json, Output, Progress, ProgressOption, Quiet, folder_for, report
from .train import HeadOption, Minutes, ViewOption

if TYPE_CHECKING:
    from ..pipeline import ActionSet

Folder = Annotated[
    str | None, typer.Argument(metavar="[DIR]", help="Labelled clips: folders by label, or a folder with index.csv.")
]

SplitOption = Annotated[
    str | None,
    typer.Option(
        "--split",
        metavar="COL[,COL]",
        help="Columns that say train and test; split* finds split1, split2 …; found out if not given.",
    ),
]


def actions(
    folder: Folder = None,
    split: SplitOption = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Trainings a column; the mean counts (3).")] = None,
    early: Annotated[bool, typer.Option("--early", help="Also when only the first 10 to 100 % have been seen.")] = False,
    head: HeadOption = None,
    minutes: Minutes = None,
    view: ViewOption = None,
    postures: Annotated[bool, typer.Option("--postures", help="The built-in postures on labelled video, instead.")] = False,
    alarms: Annotated[
        str | None,
        typer.Option(
            "--false-alarms", metavar="CLIP[,CLIP]", help="Also what a 2D model names on videos of people who do nothing of it."
        ),
    ] = None,
    write: Annotated[
        Path | None, typer.Option("--report", metavar="FOLDER", help="Also write report.html there, of the first training.")
    ] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """An action classifier on labelled clips: learns on "train", is asked about "test".

    In Python: kinesics.evaluate.actions.evaluate_actions(), .postures.evaluate_postures() and .false_alarms.false_alarms().
    """
    from ..pipeline.training import quick_heads

    output = Output(as_json, progress, quiet)
    if postures:
        report(_postures(folder, output), as_json, ("movenet_multipose",))
        return
    if folder is None:
        raise UsageError("eval actions: expected a folder of labelled clips, or --postures")
    given = (("head", head and head.value), ("minutes", minutes), ("view", view and view.value))
    options: dict[str, Any] = {key: value for key, value in given if value is not None}
    videos = [] if alarms is None else _videos(alarms)
    if write is not None:
        folder_for(write)
    known = _split(_read(folder, output), split, output)
    if words := quick_heads(options.get("head")):
        output.say(words)
    values = _evaluated(known, seeds, early, options, write, output)
    if videos:
        values |= _false_alarms(known, videos, options, output)
    report(values, as_json, ("movenet_multipose",) if videos else ())


def _videos(names: str) -> list[str]:
    """The files that are named, one or many with commas, folders and patterns among them; all are there."""
    from ..video import clips
    from ..video.paths import check_file

    found = [str(path) for name in names.split(",") if name.strip() for path in clips(name.strip())]
    for path in found:
        check_file(path)
    return found


def _read(folder: str, output: Output) -> ActionSet:
    from ..pipeline import read_actions

    with output.steps(None, "reading clips") as bar:
        known = read_actions(folder, progress=lambda n, total, name: bar(n, of=total, clip=name))
    output.say(f"{len(known)} clips of {len(set(known.labels))} labels")
    return known


def _split(known: ActionSet, wanted: str | None, output: Output) -> ActionSet:
    """The same with the columns alone that it is judged by; what is wrong with the clips is said."""
    from ..evaluate.splits import find_splits
    from ..pipeline import data_problems

    columns, words = find_splits(known.splits, known.labels, known.subjects, wanted)
    known = dataclasses.replace(known, splits={name: list(values) for name, values in columns.items()})
    problems = data_problems(known)
    fatal = next((problem for problem in problems if problem.severity == "stop"), None)
    if fatal is not None:
        raise FormatError(f"{known.name}: {fatal.message}")
    for line in (*known.notes, *(problem.message for problem in problems), words):
        if line:
            output.say(line)
    return known


def _evaluated(
    known: ActionSet, seeds: int | None, early: bool, options: dict[str, Any], write: Path | None, output: Output
) -> dict[str, Any]:
    from ..evaluate.actions import evaluate_actions

    given: dict[str, Any] = {} if seeds is None else {"seeds": seeds}
    with output.steps(None, "trainings") as bar:
        moving = _Trainings(bar, output)
        values = evaluate_actions(
            known.clips, known.labels, known.subjects, known.splits, list(known.splits),
            early=early, progress=moving.step, each=moving.done, **given, **options,
        )  # fmt: skip
    if write is not None:
        values["report"] = str(_report(write, known, moving.first, output))
    return values


def _report(folder: Path, known: ActionSet, model: Any, output: Output) -> Path:
    """What the first training is worth, on the clips that it was asked about."""
    from ..evaluate.report import write_report
    from ..evaluate.splits import parted

    column, values = next(iter(known.splits.items()))
    train, test = (known.take(side) for side in parted(values, column))
    with output.steps(None, "report") as bar:
        parts = iter(range(1, 100))
        return write_report(
            folder / "report.html", model, train.clips, train.labels, subjects=train.subjects, files=train.files,
            title=f"{Path(known.name).resolve().name}, {column}", tested=(test.clips, test.labels, test.files),
            progress=lambda part: bar(next(parts), part=part),
        )  # fmt: skip


class _Trainings:
    """The bar over all trainings, and a line a training."""

    def __init__(self, bar: Bar, output: Output) -> None:
        self.bar, self.output, self.finished = bar, output, 0
        self.first: Any = None

    def step(self, info: dict[str, Any]) -> None:
        """Inside a training."""
        share = info.get("step", 0) / max(info.get("steps") or 1, 1)
        facts = {key: info[key] for key in ("column", "seed", "loss", "accuracy") if info.get(key) is not None}
        self.bar(self.finished + min(share, 1.0), of=info.get("trainings"), **facts)

    def done(self, row: dict[str, Any], model: Any) -> None:
        """After a training and its questions."""
        self.finished += 1
        self.first = model if self.first is None else self.first
        mistakes = ", ".join(f"{truth} taken for {found} {n}x" for truth, found, n in row["worst"][:3])
        self.output.say(
            f"{row['column']}, seed {row['seed']}: {row['accuracy']:.1f} % of {row['clips_test']}, "
            f"learned in {row['train_cpu_seconds']:.0f} CPU s{'; ' + mistakes if mistakes else ''}"
        )


def _false_alarms(known: ActionSet, videos: list[str], options: dict[str, Any], output: Output) -> dict[str, Any]:
    """A model of the training part for one camera, live on clips on which nobody does what it knows."""
    from ..actions import ActionClassifier
    from ..evaluate.false_alarms import FalseAlarms
    from ..evaluate.splits import parted
    from ..pipeline import watch

    column, values = next(iter(known.splits.items()))
    train, _ = parted(values, column)
    learned = known.take(train)
    model = ActionClassifier(**{"view": "2d", **options}).fit(learned.clips, learned.labels, subjects=learned.subjects)
    counter = FalseAlarms()
    for source in videos:
        before = len(counter.alarms)
        with output.steps(None, source) as bar:
            for number, scene in enumerate(watch(source, actions=model, live=False), 1):
                counter.add(scene)
                bar(number, alarms=len(counter.alarms))
        counter.end()
        for person, label, start, end in counter.alarms[before:]:
            output.say(f"{source}: person {person}, {label}, {start:.1f} to {end:.1f} s")
    return counter.numbers()


def _postures(folder: str | None, output: Output) -> dict[str, Any]:
    from ..evaluate.postures import evaluate_postures
    from ..pipeline import watch

    with output.steps(None, "frames") as bar:
        return evaluate_postures(folder, lambda clip: watch(clip, live=False), step=bar)


def fewshot(
    folder: Folder = None,
    way: Annotated[int | None, typer.Option("--way", min=2, help="Classes an episode (5).")] = None,
    shot: Annotated[str | None, typer.Option("--shot", metavar="N[,N]", help="Examples a class (1,3,5).")] = None,
    split: SplitOption = None,
    cross_subject: Annotated[
        bool, typer.Option("--cross-subject", help="Examples and questions come from different people.")
    ] = False,
    embedding: Annotated[
        str | None,
        typer.Option("--embedding", help="trained (on the other classes; the default), shipped, none, or the file of one."),
    ] = None,
    episodes: Annotated[int | None, typer.Option("--episodes", min=1, help="For each draw of classes (500).")] = None,
    seeds: Annotated[int | None, typer.Option("--seeds", min=1, help="Draws of classes; the mean counts (3).")] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Teaching from few examples: accuracy by examples a class, and how well what was never taught is noticed.

    In Python: kinesics.evaluate.fewshot.evaluate_fewshot().
    """
    from ..evaluate.fewshot import evaluate_fewshot
    from ..evaluate.splits import choose_columns

    if folder is None:
        raise UsageError("eval fewshot: expected a folder of labelled clips")
    output = Output(as_json, progress, quiet)
    options: dict[str, Any] = {"way": way, "embedding": embedding, "episodes": episodes, "seeds": seeds}
    options["shots"] = None if shot is None else _shots(shot)
    known = _read(folder, output)
    for line in (*known.notes, *(f"{name}: left out: {why}" for name, why in known.unread.items())):
        output.say(line)
    columns = known.splits if split is None else {name: known.splits[name] for name in choose_columns(known.splits, split)}
    with output.steps(None, "draws of classes") as bar:
        values = evaluate_fewshot(
            known.clips, known.labels, known.subjects, splits=columns, cross_subject=cross_subject, progress=bar,
            **{key: value for key, value in options.items() if value is not None},
        )  # fmt: skip
    report(values, as_json)


def _shots(words: str) -> list[int]:
    try:
        shots = [int(word) for word in words.split(",") if word.strip()]
    except ValueError:
        shots = []
    if not shots or min(shots) < 1:
        raise UsageError(f"--shot: expected numbers of examples with commas, such as 1,3,5, got {words!r}")
    return shots
