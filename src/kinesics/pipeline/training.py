"""A folder of labelled clips to an action model: read, checked, learned, tried on what was kept aside, saved."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import FormatError, SinkError
from ..formats.output import writable
from .datasets import ActionSet, read_actions
from .listing import PARTS
from .problems import Problem, data_problems, usable

if TYPE_CHECKING:
    from ..actions.classifier import ActionClassifier

__all__ = ["Trained", "check_place", "quick_heads", "train"]


@dataclass(frozen=True)
class Trained:
    """What `train` did.

    Attributes:
        model: the fitted classifier.
        learned: the clips it was given.
        tried: those it was tried on, None where nothing was kept aside.
        problems: what was found wrong with the data, none of it fatal.
        numbers: of the training, for people and scripts.
    """

    model: ActionClassifier
    learned: ActionSet
    tried: ActionSet | None
    problems: list[Problem]
    numbers: dict[str, Any] = field(default_factory=dict)


def train(
    dataset: str | Path | ActionSet,
    out: str | Path | None = None,
    *,
    split: str | None = None,
    say: Callable[[str], object] = lambda words: None,
    progress: Callable[[dict[str, Any]], object] | None = None,
    **options: Any,
) -> Trained:
    """Learn actions from a folder of labelled clips.

    Args:
        dataset: a folder, as `read_actions` takes it, or what that gave.
        out: where the model is saved, by custom NAME.kin; None keeps it in memory.
        split: the column that says which clips are for training; None takes `split`, or the only one that has train and test,
            else all clips are learned from.
        say: told what is worth knowing about the data, a line each, before training.
        progress: told about each step of training; a true answer ends it, and the best so far is kept.
        options: of `ActionClassifier`: head, view, minutes, seed …

    Raises:
        FormatError, UsageError: nothing can be learned from these clips; the line says why.
        SinkError: the model cannot be saved.
    """
    from ..actions.classifier import ActionClassifier

    if out is not None:
        check_place(out)  # not found out after an hour of training
    actions = dataset if isinstance(dataset, ActionSet) else read_actions(dataset)
    column = _column(actions, split)
    problems = data_problems(actions if column else dataclasses.replace(actions, splits={}), column)
    fatal = next((problem for problem in problems if problem.severity == "stop"), None)
    if fatal is not None:
        raise FormatError(f"{actions.name or 'these clips'}: {fatal.message}")
    for line in (*actions.notes, *(problem.message for problem in problems)):
        say(line)
    learned, tried = _sides(actions, column)
    say(_words(learned, tried, column))
    if words := quick_heads(options.get("head")):
        say(words)
    start, cpu = time.perf_counter(), time.process_time()
    model = ActionClassifier(**options)
    told = None if progress is None else _with_names(progress, sorted(set(learned.labels)))
    model.fit(learned.clips, learned.labels, subjects=learned.subjects, progress=told)
    spent = {"train_wall_seconds": time.perf_counter() - start, "train_cpu_seconds": time.process_time() - cpu}
    if out is not None:
        model.save(out)
    numbers = {
        "model": None if out is None else str(out),
        "classes": list(model.classes_),
        "head": model.kind_,
        "parameters": model.parameters_,
        "seed": model.seed,
        "clips_train": len(learned),
        "clips_test": 0 if tried is None else len(tried),
        "split": column,
        "validation_accuracy": _validated(model),
        "accuracy": None if tried is None else 100 * model.score(tried.clips, tried.labels),
        **spent,
    }
    return Trained(model, learned, tried, problems, numbers)


def check_place(out: str | Path) -> None:
    """Raise a SinkError if a model cannot be saved there: before training, not after."""
    if (place := writable(out)).exists() and not place.is_file():
        raise SinkError(f"{out}: expected the name of a file to save the model to, there is a device or pipe")


def quick_heads(head: str | None) -> str:
    """A line where no network can be learned though it may be wanted; "" otherwise."""
    from ..actions.learning import can_learn_net

    if head not in (None, "auto") or can_learn_net():
        return ""
    return "PyTorch is not installed, so one of the quick heads learns instead of the network: pip install 'kinesics[train]'"


def _column(actions: ActionSet, split: str | None) -> str | None:
    """The column that was asked for, or that which plainly says what is for training and what for testing."""
    if split is not None:
        actions.column(split)
        return split
    if set(actions.splits.get("split", ())) & set(PARTS.values()):
        return "split"
    both = [name for name, values in actions.splits.items() if {"train", "test"} <= set(values)]
    return both[0] if len(both) == 1 else None


def _sides(actions: ActionSet, column: str | None) -> tuple[ActionSet, ActionSet | None]:
    """The clips to learn from, those that show nobody left out, and those to try the model on."""
    values = actions.column(column) if column else ["train"] * len(actions)
    train = [i for i, value in enumerate(values) if value == "train" and usable(actions.clips[i])]
    test = [i for i, value in enumerate(values) if value == "test"] or [i for i, value in enumerate(values) if value == "val"]
    return actions.take(train), actions.take(test) if test else None


def _with_names(progress: Callable[[dict[str, Any]], object], names: list[str]) -> Callable[[dict[str, Any]], object]:
    return lambda info: progress({**info, "classes": names})


def _words(learned: ActionSet, tried: ActionSet | None, column: str | None) -> str:
    words = f"learning {len(set(learned.labels))} actions from {len(learned)} clips"
    if tried is not None:
        return f"{words}; {len(tried)} are kept aside for the test (column {column})"
    others = f"; no split column was chosen ({', '.join(learned.splits)})" if learned.splits and column is None else ""
    return words + others


def _validated(model: ActionClassifier) -> float | None:
    """Percent right on the clips that the model itself kept aside; None where there were too few."""
    held = model.validation_
    if not held or not len(held["labels"]):
        return None
    return float(100 * np.mean(held["proba"].argmax(1) == held["labels"]))
