"""What examples are taken for by the others: each is left out in turn, the rest are learned, and it is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .embeddings import head_of
from .shelf import Shown

__all__ = ["confusions_of", "named_by_others"]


def named_by_others(used: Any, shown: Sequence[Shown], known: float) -> list[str]:
    """What each example would be named from the others alone; "unknown" where none is near enough.

    Args:
        used: the embedding.
        shown: all examples.
        known: probability from which something is named.
    """
    return [_named(used, [other for other in shown if other is not one], one, known) for one in shown]


def confusions_of(used: Any, shown: Sequence[Shown], known: float) -> dict[str, dict[str, int]]:
    """For each label how many of its examples would be named what, the most frequent first; see `named_by_others`."""
    counts: dict[str, dict[str, int]] = {label: {} for label in sorted({one.example.label for one in shown})}
    for one, name in zip(shown, named_by_others(used, shown, known), strict=True):
        row = counts[one.example.label]
        row[name] = row.get(name, 0) + 1
    return {label: dict(sorted(row.items(), key=lambda item: (-item[1], item[0]))) for label, row in counts.items()}


def _named(used: Any, others: Sequence[Shown], one: Shown, known: float) -> str:
    if not others:
        return "unknown"
    head = head_of(used, others)
    proba = np.asarray(head.proba(one.row))
    best = int(proba.argmax())
    return str(head.classes_[best]) if proba[best] >= known else "unknown"
