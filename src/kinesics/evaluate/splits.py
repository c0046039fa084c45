"""Which clips are learned from and which are asked: columns of an index, chosen by name or pattern."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence

from ..errors import UsageError

__all__ = ["choose_columns", "parted"]


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
    """Indices of the clips to learn from ("train") and to be asked about ("test"); all others are left out.

    Raises:
        UsageError: one of the two is empty.
    """
    sides = [[i for i, value in enumerate(values) if value.strip().lower() == side] for side in ("train", "test")]
    for side, indices in zip(("train", "test"), sides, strict=True):
        if not indices:
            there = ", ".join(sorted(map(repr, set(values)))) or "nothing"
            raise UsageError(f"column {column!r}: no clip says {side!r}; expected train and test, found {there}")
    return sides[0], sides[1]
