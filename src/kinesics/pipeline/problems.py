"""What is wrong with labelled clips, found before a minute is spent on training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..types import PoseSequence
from .datasets import ActionSet
from .spelling import alike

__all__ = ["Problem", "data_problems", "named", "usable"]

LONGEST_LABEL = 100
SHORT, LONG = 0.25, 600.0  # seconds of an action
FEW = 3  # clips of a label
UNBALANCED = 10.0  # times as many clips of one label as of another
SPARSE = 0.5  # share of joints that are missing
RARE = 0.2  # share of clips that are unlike the others


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: `kind` is its name, "stop" means that nothing can be learned, `message` is a line for people."""

    kind: str
    severity: Literal["stop", "warn"]
    message: str


def data_problems(actions: ActionSet, split: str | None = None) -> list[Problem]:
    """Find what would spoil learning from these clips, the worst first.

    Args:
        actions: what `read_actions` gives.
        split: the split column that will be used; None looks at all of them.

    Raises:
        UsageError: there is no such column.

    Example:
        >>> for problem in data_problems(read_actions("gym")):  # doctest: +SKIP
        ...     print(problem.severity, problem.message)
    """
    from .leaks import leaks

    columns = list(actions.splits) if split is None else [split]
    found = [*_unread(actions), *_labels(actions), *_counts(actions), *_clips(actions), *_mixed(actions)]
    found += leaks(actions, {column: actions.column(column) for column in columns})
    return sorted(found, key=lambda problem: problem.severity != "stop")


def usable(clip: PoseSequence) -> bool:
    """Whether a clip shows anything: it has moments, and a joint is seen in one."""
    return bool((clip.scores > 0).any())


def named(things: Sequence[str], most: int = 3) -> str:
    """`a, b, c and 4 more`."""
    rest = len(things) - most
    return ", ".join(map(_short, things[:most])) + (f" and {rest} more" if rest > 0 else "")


def _short(thing: str) -> str:
    return thing if len(thing) <= 60 else f"{thing[:30]}…{thing[-29:]}"


def _count(n: int, one: str, many: str) -> str:
    return f"{n} clip {one}" if n == 1 else f"{n} clips {many}"


def _unread(actions: ActionSet) -> Iterator[Problem]:
    gone, whole = len(actions.unread), len(actions) + len(actions.unread)
    if gone:
        name, why = next(iter(actions.unread.items()))
        severe = gone * 2 >= whole
        left = "" if severe else " and are left out" if gone > 1 else " and is left out"
        words = f"{_count(gone, 'cannot be read', 'cannot be read')} of {whole}{left}; {name}: {why}"
        yield Problem("unread", "stop" if severe else "warn", words)


def _labels(actions: ActionSet) -> Iterator[Problem]:
    many = Counter(actions.labels)
    for label in many:
        wrong = _wrong_with(label)
        if wrong:
            first = actions.files[actions.labels.index(label)]
            words = f"{wrong}: {_short(label)!r} ({first}); a label is 1 to {LONGEST_LABEL} letters without / and \\: rename it"
            yield Problem("label", "stop", words)
    for one, other in alike(sorted(many)):
        words = f"the labels {one!r} ({many[one]}) and {other!r} ({many[other]}) are spelt alike; are they one action?"
        yield Problem("alike", "warn", words)


def _wrong_with(label: str) -> str:
    if not label:
        return "a clip has no label"
    if len(label) > LONGEST_LABEL:
        return f"a label of {len(label)} letters"
    return "" if label.isprintable() and not set(label) & set("/\\") else "a label that cannot be the name of a file"


def _counts(actions: ActionSet) -> Iterator[Problem]:
    many = Counter(actions.labels)
    if len(actions) == 1:
        yield Problem("one clip", "stop", f"one clip ({actions.files[0]}) teaches nothing; give several of each action")
    elif len(many) == 1:
        words = (
            f"all {len(actions)} clips have one label, {actions.labels[0]!r}; an action is learned against others: add clips"
        )
        yield Problem("one label", "stop", words + " of something else")
    few = sorted(label for label, n in many.items() if n < FEW)
    if few and len(many) > 1:
        words = f"fewer than {FEW} clips of {named(few)}; what is learned of them cannot be checked"
        yield Problem("few", "warn", words)
    (most, n), (least, m) = many.most_common()[0], many.most_common()[-1]
    if n >= UNBALANCED * m:
        yield Problem(
            "unbalanced", "warn", f"{n} clips of {most!r} and {m} of {least!r}; the rare ones will be missed more often"
        )


def _clips(actions: ActionSet) -> Iterator[Problem]:
    checks: tuple[tuple[str, str, str, Callable[[PoseSequence], bool]], ...] = (
        ("empty", "has no moments", "have no moments", lambda clip: not len(clip)),
        ("nobody", "shows nobody", "show nobody", lambda clip: len(clip) > 0 and not usable(clip)),
        (
            "short",
            "is too short for an action",
            "are too short for an action",
            lambda clip: usable(clip) and _span(clip) < SHORT,
        ),
        ("long", "lasts longer than ten minutes; cut it", "last longer than ten minutes; cut them", lambda c: _span(c) > LONG),
        ("sparse", "misses most joints", "miss most joints", lambda clip: usable(clip) and _missing(clip) > SPARSE),
    )
    for kind, one, many, wrong in checks:
        at = [i for i, clip in enumerate(actions.clips) if wrong(clip)]
        if at:
            stop = kind in ("empty", "nobody") and len(at) == len(actions)
            words = f"{_count(len(at), one, many)}: {named([actions.files[i] for i in at])}"
            yield Problem(kind, "stop" if stop else "warn", words)


def _span(clip: PoseSequence) -> float:
    """Seconds from the first moment to the end of the last."""
    if len(clip) < 2:
        return 0.0
    return float((clip.times[-1] - clip.times[0]) * len(clip) / (len(clip) - 1))


def _missing(clip: PoseSequence) -> float:
    seen = (clip.scores > 0).any(2)  # (t, n): whoever has left is not counted
    return float((clip.scores[seen] == 0).mean())


def _mixed(actions: ActionSet) -> Iterator[Problem]:
    shown = [clip for clip in actions.clips if usable(clip)]
    if not shown:
        return
    bodies = {clip.skeleton.joints: clip.skeleton.name for clip in shown}
    if len(bodies) > 1:
        words = (
            f"{len(bodies)} kinds of joints with too few in common ({named(list(bodies.values()))}); use one of them at a time"
        )
        yield Problem("skeletons", "stop", words)
    pairs = float(np.mean([clip.points.shape[1] == 2 for clip in shown]))
    if 0 < pairs < RARE or 0 < 1 - pairs < RARE:
        many, few = ("one person", "two") if pairs < RARE else ("two people", "one")
        yield Problem("people", "warn", f"{min(pairs, 1 - pairs):.0%} of the clips show {few} where the others show {many}")
