"""What examples are taken for by the others: each is left out in turn, the rest are learned, and it is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .embeddings import head_of
from .examples import Example
from .shelf import Shown

__all__ = ["counted", "named_by_others"]


def named_by_others(used: Any, shown: Sequence[Shown], known: float) -> dict[int, str]:
    """What each example, by its number, would be named from the others alone; "unknown" where none is near enough.

    Args:
        used: the embedding.
        shown: all examples.
        known: probability from which something is named.
    """
    return {one.example.id: _named(used, [other for other in shown if other is not one], one, known) for one in shown}


def counted(named: dict[int, str], examples: Sequence[Example]) -> dict[str, dict[str, int]]:
    """For each label how many of its examples are named what, the most frequent name first; see `named_by_others`."""
    counts: dict[str, dict[str, int]] = {label: {} for label in sorted({example.label for example in examples})}
    for example in examples:
        row, name = counts[example.label], named[example.id]
        row[name] = row.get(name, 0) + 1
    return {label: dict(sorted(row.items(), key=lambda item: (-item[1], item[0]))) for label, row in counts.items()}


def _named(used: Any, others: Sequence[Shown], one: Shown, known: float) -> str:
    if not others:
        return "unknown"
    head = head_of(used, others)
    proba = np.asarray(head.proba(one.row))
    best = int(proba.argmax())
    return str(head.classes_[best]) if proba[best] >= known else "unknown"
