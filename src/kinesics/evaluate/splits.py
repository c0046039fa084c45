"""Which clips are learned from and which are asked: columns of an index, by name, by pattern, or found out."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence

from ..errors import UsageError

__all__ = ["choose_columns", "find_splits", "made_split", "parted"]

MADE = "made"  # what the split is called that no column says


def find_splits(
    splits: Mapping[str, Sequence[str]],
    labels: Sequence[str],
    subjects: Sequence[str],
    wanted: str | Sequence[str] | None = None,
) -> tuple[dict[str, Sequence[str]], str]:
    """The splits to judge a model by.

    Args:
        splits: column -> value per clip.
        labels: of each clip.
        subjects: who is in each clip, "" for unknown.
        wanted: see `choose_columns`. None finds out: the column `split`; where there is none, or it repeats another one, all
            columns that say train and test; where no column does, `made_split`.

    Returns:
        column -> value per clip, and a line about what was found out, "" where there was no choice.

    Raises:
        UsageError: no such column.
    """
    if wanted is not None:
        return {name: splits[name] for name in choose_columns(splits, wanted)}, ""
    both = {name: list(values) for name, values in splits.items() if _is_split(values)}
    own = both.pop("split", None)
    if own is not None and own not in both.values():
        return {"split": own}, f"judged by the column split; there are {', '.join(both)} too" if both else ""
    unlike = {name: values for i, (name, values) in enumerate(both.items()) if values not in list(both.values())[:i]}
    if unlike:
        return dict(unlike), f"judged by {', '.join(unlike)}" + ("; the mean counts" if len(unlike) > 1 else "")
    values, how = made_split(labels, subjects)
    return {MADE: values}, f"no column says train and test; {how}"


def _is_split(values: Sequence[str]) -> bool:
    said = {value.strip().lower() for value in values}
    return "train" in said and bool(said & {"test", "val"})


def made_split(labels: Sequence[str], subjects: Sequence[str]) -> tuple[list[str], str]:
    """A part for each clip where nobody gave one: every other person tests; without known people, every other clip of a label.

    Returns:
        "train" or "test" for each clip, and the rule in words.
    """
    people = sorted(set(subjects), key=_natural)
    if len(people) > 1 and "" not in people:
        tests = set(people[1::2])
        return ["test" if who in tests else "train" for who in subjects], f"every other person tests: {', '.join(people[1::2])}"
    seen: dict[str, int] = {}
    sides = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        sides.append("train" if seen[label] % 2 else "test")
    return sides, "every other clip of a label tests"


def choose_columns(splits: Mapping[str, Sequence[str]], wanted: str | Sequence[str]) -> list[str]:
    """The columns that `wanted` names, in its order, each once.

    Args:
        splits: column -> value per clip.
        wanted: names or patterns such as "split*" (which finds split1, split2, … in their natural order); a string may hold
            several with commas.

    Raises:
        UsageError: no such column; the line names those there are.
    """
    names = wanted.split(",") if isinstance(wanted, str) else list(wanted)
    chosen: list[str] = []
    for name in filter(None, (name.strip() for name in names)):
        found = [name] if name in splits else sorted(fnmatch.filter(splits, name), key=_natural)
        if not found:
            there = ", ".join(splits) or "none: give it an index.csv with a column such as split, of train and test"
            raise UsageError(f"no column of splits is called {name!r}; there are {there}")
        chosen += [column for column in found if column not in chosen]
    if not chosen:
        raise UsageError(f"expected at least one column of splits, got none; there are {', '.join(splits) or 'none'}")
    return chosen


def _natural(name: str) -> tuple[int, str]:
    return len(name), name


def parted(values: Sequence[str], column: str = "split") -> tuple[list[int], list[int]]:
    """Indices of the clips to learn from ("train") and to be asked about ("test", or "val" where none is); others are left out.

    Raises:
        UsageError: one of the two is empty.
    """
    sides = {side: [i for i, value in enumerate(values) if value.strip().lower() == side] for side in ("train", "test", "val")}
    train, test = sides["train"], sides["test"] or sides["val"]
    for side, indices in (("train", train), ("test", test)):
        if not indices:
            there = ", ".join(sorted(map(repr, set(values)))) or "nothing"
            raise UsageError(f"column {column!r}: no clip says {side!r}; expected train and test, found {there}")
    return train, test
