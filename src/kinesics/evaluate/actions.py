"""An action classifier on labelled clips: accuracy, how honest its probabilities are, how early it knows, what it costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import ShapeError, UsageError
from ..metrics.calibration import calibration_error
from ..metrics.confusion import confusion
from ..types import PoseSequence
from .asking import ActionModel, places_of, proba_of
from .cost import asking_cost, cpu_seconds
from .early import SHARES, early_numbers
from .splits import find_splits, parted

__all__ = ["evaluate_actions"]


def evaluate_actions(
    clips: Sequence[PoseSequence],
    labels: Sequence[str],
    subjects: Sequence[str] | None,
    splits: Mapping[str, Sequence[str]],
    columns: str | Sequence[str] | None = None,
    *,
    seeds: int = 3,
    early: bool = False,
    make: Callable[[int], ActionModel] | None = None,
    progress: Callable[[dict[str, Any]], None] | None = None,
    each: Callable[[dict[str, Any], ActionModel], object] = lambda row, model: None,
    **options: Any,
) -> dict[str, Any]:
    """Learn on each column's "train" clips and ask about its "test" clips, once a seed. What is "test" is never learned from.

    Args:
        clips: of all parts.
        labels: one a clip.
        subjects: who is in each clip, "" for unknown; None for all unknown. Only those of training clips are handed on.
        splits: column -> value per clip; values but "train" and "test" are left out.
        columns: which of them, see `find_splits`; None finds out.
        seeds: trainings a column, with seeds 0, 1, 2 …
        early: also what is known when only the first 10 to 100 % of each clip have been seen.
        make: seed -> model; None: `ActionClassifier(seed=seed, **options)`.
        progress: handed to `fit`; its mappings come with column, seed and how many trainings there are.
        each: called with the numbers of each training and its model.
        options: of `ActionClassifier`.

    Returns:
        accuracy (0 to 100: the mean over seeds of the mean over columns), accuracy_sd (over seeds), accuracy_seed_<n> and
        accuracy_<column> where there are several, balanced_accuracy and macro_f1 (0 to 1), ece (15 even intervals), seeds,
        columns (their names), clips_train, clips_test, left_out, unlearned (asked about, but never trained), train_cpu_seconds
        and train_wall_seconds of one training, parameters, ms_per_clip, ms_per_person_frame, and with `early` what
        `early_numbers` gives.

    Raises:
        UsageError: a column that is not there, or has no train or no test clips.
        ShapeError: lists of different lengths.
    """
    who = list(subjects) if subjects is not None else [""] * len(clips)
    for what, values in (("labels", labels), ("subjects", who), *splits.items()):
        if len(values) != len(clips):
            raise ShapeError(f"evaluate_actions: {len(clips)} clips but {len(values)} {what}")
    chosen = find_splits(splits, labels, who, columns)[0]
    if seeds < 1:
        raise UsageError(f"evaluate_actions: expected at least 1 seed, got {seeds}")
    build = make or _classifier(options)
    rows: list[dict[str, Any]] = []
    for seed in range(seeds):
        for name, values in chosen.items():
            told = None if progress is None else _naming(progress, name, seed, seeds * len(chosen))
            model = build(seed)
            row = {"column": name, "seed": seed, **_run(model, clips, labels, who, parted(values, name), told, early)}
            rows.append(row)
            each(row, model)
    return _together(rows, list(chosen), seeds)


def _classifier(options: dict[str, Any]) -> Callable[[int], ActionModel]:
    def build(seed: int) -> ActionModel:
        from ..actions import ActionClassifier

        return ActionClassifier(seed=seed, **options)

    return build


def _naming(
    progress: Callable[[dict[str, Any]], None], column: str, seed: int, trainings: int
) -> Callable[[dict[str, Any]], None]:
    return lambda info: progress({"column": column, "seed": seed, "trainings": trainings, **info})


def _run(
    model: ActionModel,
    clips: Sequence[PoseSequence],
    labels: Sequence[str],
    subjects: Sequence[str],
    sides: tuple[list[int], list[int]],
    progress: Callable[[dict[str, Any]], None] | None,
    early: bool,
) -> dict[str, Any]:
    """One training, and what it is worth on clips it never saw."""
    train, test = sides
    told = {} if progress is None else {"progress": progress}
    cpu, wall = cpu_seconds(), time.perf_counter()
    model.fit([clips[i] for i in train], [labels[i] for i in train], subjects=[subjects[i] for i in train], **told)
    cpu, wall = cpu_seconds() - cpu, time.perf_counter() - wall
    asked, truth = [clips[i] for i in test], [labels[i] for i in test]
    proba, places = proba_of(model, asked), places_of(model, truth)
    names = [str(c) for c in model.classes_]
    counted = confusion(truth, [names[i] for i in proba.argmax(1)])
    return {
        "accuracy": 100 * counted.accuracy,
        "balanced_accuracy": counted.balanced_accuracy,
        "macro_f1": counted.macro_f1,
        "ece": calibration_error(places, proba),
        "worst": counted.worst(5),
        "clips_train": len(train),
        "clips_test": len(test),
        "left_out": len(clips) - len(train) - len(test),
        "unlearned": int((places < 0).sum()),
        "train_cpu_seconds": cpu,
        "train_wall_seconds": wall,
        "parameters": getattr(model, "parameters_", None),
        **asking_cost(model, asked),
        **(early_numbers(model, asked, truth) if early else {}),
    }


def _together(rows: list[dict[str, Any]], names: list[str], seeds: int) -> dict[str, Any]:
    """Means over seeds of means over columns."""
    left = ("column", "seed", "worst", "parameters")
    found = {key: _mean([row[key] for row in rows]) for key in rows[0] if key not in left}
    by_seed = [statistics.fmean(row["accuracy"] for row in rows if row["seed"] == seed) for seed in range(seeds)]
    found["accuracy_sd"] = statistics.stdev(by_seed) if seeds > 1 else None
    found |= {key: round(found[key]) for key in ("clips_train", "clips_test", "left_out", "unlearned")}
    found["seeds"], found["columns"] = seeds, ",".join(names)
    found["parameters"] = _most(row["parameters"] for row in rows)
    if seeds > 1:
        found |= {f"accuracy_seed_{seed}": value for seed, value in enumerate(by_seed)}
    if len(names) > 1:
        for name in names:
            found[f"accuracy_{name}"] = _mean([row["accuracy"] for row in rows if row["column"] == name])
    if "accuracy_at_100" in found:
        for share in SHARES:
            found[f"share_at_{share}"] = found[f"accuracy_at_{share}"] / max(found["accuracy"], 1e-9)
    return found


def _mean(values: list[Any]) -> Any:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _most(values: Any) -> int | None:
    return max((value for value in values if value is not None), default=None)
