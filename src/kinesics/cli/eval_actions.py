"""`kinesics eval actions` and `kinesics eval fewshot`: joined to the other commands of `kinesics eval` in `eval.py`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ..errors import UsageError
from .output import Bar, Json, Output, Progress, ProgressOption, Quiet, report

Folder = Annotated[
    str | None, typer.Argument(metavar="[DIR]", help="Labelled clips: folders by label, or a folder with index.csv.")
]


def actions(
    folder: Folder = None,
    split: Annotated[
        str, typer.Option("--split", metavar="COL[,COL]", help="Columns that say train and test; split* finds split1, split2 …")
    ] = "split",
    seeds: Annotated[int, typer.Option(min=1, help="Trainings a column; the mean counts.")] = 3,
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
    output = Output(as_json, progress, quiet)
    if postures:
        report(_postures(folder, output), as_json, ("movenet_multipose",))
        return
    if folder is None:
        raise UsageError("eval actions: expected a folder of labelled clips, or --postures")
    options = {key: value for key, value in (("head", head), ("minutes", minutes), ("view", view)) if value is not None}
    values = _evaluated(folder, split, seeds, early, options, output)
    if alarms is not None:
        values |= _false_alarms(folder, split, alarms, options, output)
    report(values, as_json, ("movenet_multipose",) if alarms is not None else ())


def _evaluated(folder: str, split: str, seeds: int, early: bool, options: dict[str, Any], output: Output) -> dict[str, Any]:
    from ..evaluate.actions import evaluate_actions
    from ..evaluate.splits import choose_columns
    from ..pipeline import read_actions

    known = read_actions(folder)
    for line in (*known.notes, *(f"{name}: left out: {why}" for name, why in known.unread.items())):
        output.say(line)
    columns = choose_columns(known.splits, split)
    output.say(f"{len(known)} clips of {len(set(known.labels))} labels; {', '.join(columns)}")
    with output.steps(seeds * len(columns), "trainings") as bar:
        moving = _Trainings(bar, output)
        return evaluate_actions(
            known.clips, known.labels, known.subjects, known.splits, columns,
            seeds=seeds, early=early, progress=moving.step, each=moving.done, **options,
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


def _false_alarms(folder: str, split: str, clips: str, options: dict[str, Any], output: Output) -> dict[str, Any]:
    """A model of the training part for one camera, live on clips on which nobody does what it knows."""
    from ..actions import ActionClassifier
    from ..evaluate.false_alarms import FalseAlarms
    from ..evaluate.splits import choose_columns, parted
    from ..pipeline import read_actions, watch
    from ..video import clips as found

    known = read_actions(folder)
    column = choose_columns(known.splits, split)[0]
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
    way: Annotated[int, typer.Option("--way", min=2, help="Classes an episode.")] = 5,
    shot: Annotated[str, typer.Option("--shot", metavar="N[,N]", help="Examples a class.")] = "1,3,5",
    cross_subject: Annotated[
        bool, typer.Option("--cross-subject", help="Examples and questions come from different people.")
    ] = False,
    embedding: Annotated[
        str, typer.Option("--embedding", help="trained (on the other classes), shipped, none, or the file of a model.")
    ] = "trained",
    episodes: Annotated[int, typer.Option("--episodes", min=1, help="How many; intervals are of 95 %.")] = 500,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Trainings of the embedding; the mean counts.")] = 1,
    as_json: Json = False,
    progress: ProgressOption = Progress.auto,
    quiet: Quiet = False,
) -> None:
    """Teaching from few examples: accuracy by examples a class, and how well what was never taught is noticed.

    In Python: kinesics.evaluate.fewshot.evaluate_fewshot().
    """
    from ..evaluate.fewshot import evaluate_fewshot
    from ..pipeline import read_actions

    if folder is None:
        raise UsageError("eval fewshot: expected a folder of labelled clips")
    try:
        shots = [int(word) for word in shot.split(",") if word.strip()]
    except ValueError:
        raise UsageError(f"--shot: expected numbers with commas, got {shot!r}") from None
    output = Output(as_json, progress, quiet)
    known = read_actions(folder)
    with output.steps(None, "episodes") as bar:
        values = evaluate_fewshot(
            known.clips, known.labels, known.subjects, splits=known.splits, way=way, shots=shots,
            cross_subject=cross_subject, embedding=embedding, episodes=episodes, seeds=seeds, progress=bar,
        )  # fmt: skip
    report(values, as_json)
