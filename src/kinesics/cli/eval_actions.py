"""`kinesics eval actions` and `kinesics eval fewshot`: joined to the other commands of `kinesics eval` in `eval.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import UsageError
from .output import Bar, Json, Output, Progress, ProgressOption, Quiet, report

if TYPE_CHECKING:
    from ..pipeline import ActionSet

Folder = Annotated[
    str | None, typer.Argument(metavar="[DIR]", help="Labelled clips: folders by label, or a folder with index.csv.")
]


def actions(
    folder: Folder = None,
    split: Annotated[
        str | None,
        typer.Option(
            "--split", metavar="COL[,COL]", help="Columns that say train and test (split); split* finds split1, split2 …"
        ),
    ] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Trainings a column; the mean counts (3).")] = None,
    early: Annotated[bool, typer.Option("--early", help="Also when only the first 10 to 100 % have been seen.")] = False,
    head: Annotated[str | None, typer.Option("--head", help="What learns, see kinesics train --help.")] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", help="Longest a training may take.")] = None,
    view: Annotated[str | None, typer.Option("--view", help="2d: learn from 3D clips for use with one camera.")] = None,
    postures: Annotated[bool, typer.Option("--postures", help="The built-in postures on labelled video, instead.")] = False,
    alarms: Annotated[
        str | None,
        typer.Option(
            "--false-alarms", metavar="CLIP[,CLIP]", help="Also what a 2D model names on videos of people who do nothing of it."
        ),
    ] = None,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """An action classifier on labelled clips: learns on "train", is asked about "test".

    In Python: kinesics.evaluate.actions.evaluate_actions(), .postures.evaluate_postures() and .false_alarms.false_alarms().
    """
    from ..evaluate.splits import choose_columns

    output = Output(as_json, progress, quiet)
    if postures:
        report(_postures(folder, output), as_json, ("movenet_multipose",))
        return
    if folder is None:
        raise UsageError("eval actions: expected a folder of labelled clips, or --postures")
    options = {key: value for key, value in (("head", head), ("minutes", minutes), ("view", view)) if value is not None}
    known = _read(folder, output)
    columns = choose_columns(known.splits, split or "split")
    values = _evaluated(known, columns, seeds, early, options, output)
    if alarms is not None:
        values |= _false_alarms(known, columns[0], alarms, options, output)
    report(values, as_json, ("movenet_multipose",) if alarms is not None else ())


def _read(folder: str, output: Output) -> ActionSet:
    from ..pipeline import read_actions

    with output.steps(None, "reading clips") as bar:
        known = read_actions(folder, progress=lambda n, total, name: bar(n, of=total, clip=name))
    for line in (*known.notes, *(f"{name}: left out: {why}" for name, why in known.unread.items())):
        output.say(line)
    output.say(f"{len(known)} clips of {len(set(known.labels))} labels")
    return known


def _evaluated(
    known: ActionSet, columns: list[str], seeds: int | None, early: bool, options: dict[str, Any], output: Output
) -> dict[str, Any]:
    from ..evaluate.actions import evaluate_actions

    given: dict[str, Any] = {} if seeds is None else {"seeds": seeds}
    with output.steps(None, "trainings") as bar:
        moving = _Trainings(bar, output)
        return evaluate_actions(
            known.clips, known.labels, known.subjects, known.splits, columns,
            early=early, progress=moving.step, each=moving.done, **given, **options,
        )  # fmt: skip


class _Trainings:
    """The bar over all trainings, and a line a training."""

    def __init__(self, bar: Bar, output: Output) -> None:
        self.bar, self.output, self.finished = bar, output, 0

    def step(self, info: dict[str, Any]) -> None:
        """Inside a training."""
        share = info.get("step", 0) / max(info.get("steps") or 1, 1)
        facts = {key: info[key] for key in ("column", "seed", "loss", "accuracy") if info.get(key) is not None}
        self.bar(self.finished + min(share, 1.0), **facts)

    def done(self, row: dict[str, Any]) -> None:
        """After a training and its questions."""
        self.finished += 1
        mistakes = ", ".join(f"{truth} taken for {found} {n}x" for truth, found, n in row["worst"][:3])
        self.output.say(
            f"{row['column']}, seed {row['seed']}: {row['accuracy']:.1f} % of {row['clips_test']}, "
            f"learned in {row['train_cpu_seconds']:.0f} CPU s{'; ' + mistakes if mistakes else ''}"
        )


def _false_alarms(known: ActionSet, column: str, clips: str, options: dict[str, Any], output: Output) -> dict[str, Any]:
    """A model of the training part for one camera, live on clips on which nobody does what it knows."""
    from ..actions import ActionClassifier
    from ..evaluate.false_alarms import FalseAlarms
    from ..evaluate.splits import parted
    from ..pipeline import watch
    from ..video import clips as found

    train, _ = parted(known.splits[column], column)
    learned = known.take(train)
    model = ActionClassifier(**{"view": "2d", **options}).fit(learned.clips, learned.labels, subjects=learned.subjects)
    counter = FalseAlarms()
    for source in [path for name in clips.split(",") if name.strip() for path in found(name.strip())]:
        before = len(counter.alarms)
        with output.steps(None, str(source)) as bar:
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

    if folder is None:
        raise UsageError("eval fewshot: expected a folder of labelled clips")
    output = Output(as_json, progress, quiet)
    options: dict[str, Any] = {"way": way, "embedding": embedding, "episodes": episodes, "seeds": seeds}
    options["shots"] = None if shot is None else _shots(shot)
    known = _read(folder, output)
    with output.steps(None, "draws of classes") as bar:
        values = evaluate_fewshot(
            known.clips, known.labels, known.subjects, splits=known.splits, cross_subject=cross_subject, progress=bar,
            **{key: value for key, value in options.items() if value is not None},
        )  # fmt: skip
    report(values, as_json)


def _shots(words: str) -> list[int]:
    try:
        return [int(word) for word in words.split(",") if word.strip()]
    except ValueError:
        raise UsageError(f"--shot: expected numbers with commas, got {words!r}") from None
