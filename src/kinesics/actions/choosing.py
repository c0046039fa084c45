"""Which classical model to take, from the training clips alone: each answers for clips of people whom it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np

from ..errors import UsageError
from ..types import Array
from .boosting import BoostedHead
from .calibration import softmax
from .encoding import checked_clip, pool_clips
from .ridge import RidgeHead, balance, log_loss
from .rocket import RocketEncoder
from .statistics import StatisticsEncoder

__all__ = ["CLASSICAL", "Choice", "ClassicalModel", "Head", "best_head", "folds"]

_FOLDS = 5  # at most
_SURE = 1e-3  # least probability that counts, so that one wrong answer does not decide


class Head(Protocol):
    """What turns pooled vectors into logits; see `RidgeHead`."""

    def fit(self, pooled: Array, labels: Array, classes: int, groups: Array | None = None, seed: int = 0) -> Self:
        """Learn from (n, f) and labels (n,)."""
        ...

    def logits(self, pooled: Array) -> Array:
        """(n, f) -> (n, classes)."""
        ...

    def arrays(self) -> dict[str, Array]:
        """What was learned."""
        ...


class ClassicalModel:
    """An encoder and a head that were learned together.

    Args:
        encoder: from features to vectors a tick, fitted or not.
        head: from pooled vectors to logits, fitted or not.
    """

    def __init__(self, encoder: Any, head: Head) -> None:
        self.encoder = encoder
        self.head = head

    def fit(
        self, clips: Sequence[Array], labels: Array, classes: int, groups: Array | None = None, seed: int = 0
    ) -> ClassicalModel:
        """Learn from features of clips (t, c) and their labels (n,), 0 to classes - 1; groups (n,) such as subjects."""
        self.encoder.fit(clips, seed)
        self.head.fit(pool_clips(self.encoder, clips), labels, classes, groups, seed)
        return self

    def proba(self, clips: Sequence[Array]) -> Array:
        """(n, classes) float64, rows sum to 1."""
        return softmax(self.head.logits(pool_clips(self.encoder, clips)))

    def arrays(self) -> dict[str, Array]:
        """What was learned, for a bundle."""
        parts = {"encoder": self.encoder, "head": self.head}
        return {f"{part}.{name}": value for part, held in parts.items() for name, value in held.arrays().items()}

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, Array]) -> ClassicalModel:
        """The model whose `arrays` these are; `name` is its name in `CLASSICAL`."""
        encoder, head = _KINDS[_named(name, _KINDS)]

        def part(of: str) -> dict[str, Array]:
            return {key[len(of) + 1 :]: value for key, value in arrays.items() if key.startswith(of + ".")}

        return cls(encoder.from_arrays(part("encoder")), head.from_arrays(part("head")))


def _rocket(channels: int) -> ClassicalModel:
    encoder = RocketEncoder()
    return ClassicalModel(encoder, RidgeHead(channels, encoder.widths(channels)))


def _statistics(channels: int) -> ClassicalModel:
    return ClassicalModel(StatisticsEncoder(), RidgeHead(channels, (channels,) * 3))


def _trees(channels: int) -> ClassicalModel:
    del channels
    return ClassicalModel(StatisticsEncoder(), BoostedHead())


CLASSICAL: dict[str, Callable[[int], ClassicalModel]] = {"rocket": _rocket, "statistics": _statistics, "trees": _trees}
"""Name to a model for so many channels, not yet fitted; the first is taken where nothing can be compared."""

_KINDS: dict[str, tuple[Any, Any]] = {
    "rocket": (RocketEncoder, RidgeHead),
    "statistics": (StatisticsEncoder, RidgeHead),
    "trees": (StatisticsEncoder, BoostedHead),
}


@dataclass(frozen=True)
class Choice:
    """Which model to take, and what it said of clips it had not seen.

    Attributes:
        name: of the model.
        proba: (n, classes) what it said of each clip, learned without that clip's fold; None where no class has two clips.
        losses: nats a clip, classes counting the same, for each candidate; empty where nothing could be compared.
    """

    name: str
    proba: Array | None
    losses: dict[str, float]


def best_head(
    clips: Sequence[Array],
    labels: Array,
    classes: int,
    *,
    subjects: Sequence[str] | None = None,
    seed: int = 0,
    candidates: Mapping[str, Callable[[int], ClassicalModel]] | None = None,
) -> Choice:
    """Compare models on clips that they have not seen: of other subjects where subjects are known.

    Args:
        clips: features, each (t, c).
        labels: (n,) int, 0 to classes - 1.
        classes: number of classes.
        subjects: of each clip, "" unknown.
        seed: of folds and models.
        candidates: `CLASSICAL` by default.
    """
    labels = np.asarray(labels, np.intp)
    candidates = candidates or CLASSICAL
    if not len(clips) or len(labels) != len(clips) or (subjects is not None and len(subjects) != len(clips)):
        raise UsageError(f"expected as many labels and subjects as clips, at least one, got {len(clips)} clips")
    fold = folds(labels, subjects, seed)
    if fold.max() == 0:
        return Choice(next(iter(candidates)), None, {})
    groups = None if subjects is None else _groups(subjects)
    channels = checked_clip(clips[0]).shape[1]
    said = {name: _answers(build, clips, labels, classes, channels, groups, fold, seed) for name, build in candidates.items()}
    weights = balance(labels, classes)
    losses = {name: log_loss(np.log(np.maximum(p, _SURE)), labels, weights) for name, p in said.items()}
    name = min(losses, key=lambda n: losses[n])
    return Choice(name, said[name], losses)


def folds(labels: Array, subjects: Sequence[str] | None = None, seed: int = 0) -> Array:
    """(n,) which fold each clip is held out in, 0 up; all 0 where holding out makes no sense.

    Subjects stay together where at least two are known; else each class is dealt out evenly. At most five folds.
    """
    rng = np.random.default_rng(seed)
    labels = np.asarray(labels, np.intp)
    fold = np.zeros(len(labels), np.intp)
    if subjects is not None and len({s for s in subjects if s}) >= 2:
        groups = _groups(subjects)
        sizes = np.bincount(groups)
        load = np.zeros(min(_FOLDS, len(sizes)))
        for group in sorted(rng.permutation(len(sizes)), key=lambda g: -sizes[g]):
            to = int(load.argmin())
            fold[groups == group] = to
            load[to] += sizes[group]
        return fold
    count = min(_FOLDS, int(np.bincount(labels).max()))
    dealt = 0
    for label in np.unique(labels):
        own = rng.permutation(np.flatnonzero(labels == label))
        fold[own] = (dealt + np.arange(len(own))) % count
        dealt += len(own)
    return fold


def _groups(subjects: Sequence[str]) -> Array:
    """(n,) int: clips of one subject together, those of nobody known each by itself."""
    names = [subject or f"\0{i}" for i, subject in enumerate(subjects)]
    return np.asarray(np.unique(names, return_inverse=True)[1], np.intp)


def _answers(
    build: Callable[[int], ClassicalModel],
    clips: Sequence[Array],
    labels: Array,
    classes: int,
    channels: int,
    groups: Array | None,
    fold: Array,
    seed: int,
) -> Array:
    """(n, classes) what a model says of each fold, learned from the others."""
    said = np.zeros((len(clips), classes))
    for held in np.unique(fold):
        rest, out = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        own = None if groups is None else groups[rest]
        model = build(channels).fit([clips[int(i)] for i in rest], labels[rest], classes, own, seed)
        said[out] = model.proba([clips[int(i)] for i in out])
    return said


def _named(name: str, known: Mapping[str, Any]) -> str:
    if name not in known:
        raise UsageError(f"expected a classical model out of {', '.join(known)}, got {name}")
    return name
