"""What makes a test easier than life: the same clip or person in training and test, a clip under two labels."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from ..types import PoseSequence
from .datasets import ActionSet
from .listing import PARTS
from .problems import Problem, named, usable

__all__ = ["leaks"]

KNOWN = frozenset(PARTS.values())


def leaks(actions: ActionSet, columns: dict[str, list[str]]) -> Iterator[Problem]:
    """Copies of clips, and for each split column what its parts share and lack."""
    copies = _copies(actions)
    yield from _doubles(actions, copies)
    for column, values in columns.items():
        yield from _parts(actions, column, values, copies)


def _copies(actions: ActionSet) -> list[list[int]]:
    """Groups of clips that hold the same joints at the same times."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i, clip in enumerate(actions.clips):
        if usable(clip):
            groups[_digest(clip)].append(i)
    return [group for group in groups.values() if len(group) > 1]


def _digest(clip: PoseSequence) -> str:
    content = hashlib.sha256(repr((clip.points.shape, clip.skeleton.joints)).encode())
    for array in (np.nan_to_num(clip.points), clip.scores, clip.times):
        content.update(np.ascontiguousarray(array).tobytes())
    return content.hexdigest()


def _doubles(actions: ActionSet, copies: list[list[int]]) -> Iterator[Problem]:
    torn = [group for group in copies if len({actions.labels[i] for i in group}) > 1]
    if torn:
        i, j = torn[0][0], next(j for j in torn[0] if actions.labels[j] != actions.labels[torn[0][0]])
        words = f"{actions.files[i]} ({actions.labels[i]!r}) and {actions.files[j]} ({actions.labels[j]!r})"
        yield Problem("two labels", "warn", f"{_times(torn)} under two labels: {words}")
    same = [group for group in copies if group not in torn]
    if same:
        yield Problem("copies", "warn", f"{_times(same)} more than once: {named([actions.files[i] for i in same[0]])}")


def _times(groups: list[list[int]]) -> str:
    return "the same clip is there" if len(groups) == 1 else f"{len(groups)} clips are there"


def _parts(actions: ActionSet, column: str, values: list[str], copies: list[list[int]]) -> Iterator[Problem]:
    strange = sorted(set(values) - KNOWN - {""})
    if strange and set(values) & KNOWN:
        yield Problem("parts", "warn", f"column {column}: {named(strange)} is neither train nor test; those clips are not used")
    parts = sorted(set(values) & KNOWN)
    train = [i for i, value in enumerate(values) if value == "train"]
    rest = [i for i, value in enumerate(values) if value in KNOWN - {"train"}]
    if not parts:
        return
    if not train:
        yield Problem("no training", "stop", f"column {column}: no clip is marked train, there is {named(parts)}")
        return
    shared = _both(actions.subjects, train, rest)
    if shared:
        words = f"column {column}: the same person is in training and test ({named(shared)}); strangers will be harder"
        yield Problem("same person", "warn", words)
    unknown = sorted({actions.labels[i] for i in rest} - {actions.labels[i] for i in train})
    if unknown:
        yield Problem("unlearned", "warn", f"column {column}: {named(unknown)} is tested and never trained")
    crossing = [group for group in copies if set(group) & set(train) and set(group) & set(rest)]
    if crossing:
        words = f"column {column}: {_times(crossing)} in training and in test: {named([actions.files[i] for i in crossing[0]])}"
        yield Problem("copied to test", "warn", words)


def _both(values: list[str], train: Iterable[int], rest: Iterable[int]) -> list[str]:
    return sorted(({values[i] for i in train} & {values[i] for i in rest}) - {""})
