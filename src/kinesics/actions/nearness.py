"""Whether a stretch of motion is anything like the clips a model learned from, whatever class it would have to be.

A classifier divides all there is among its classes; most of what people do live is none of them. What lies farther from every
clip of a class than clips of that class, by other people, lie from each other is not of that class. Distances are taken where
differences between performances of one class count little (within-class covariance normalisation, Hatch et al., Interspeech
2006).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Array, PoseSequence

if TYPE_CHECKING:
    from .reader import Reader

__all__ = ["Nearness", "learn_nearness"]

SPANS = 80  # directions that are looked at before, and …
KEPT = 40  # … after those in which one class varies were made small
SHRINK = 0.1  # share of a round covariance in that of one class: few clips say little about it
OWN = 0.95  # share of a class's own clips that must be near
MOST = 600  # clips that are kept


class Nearness:
    """Distances to the clips of each class, 1 where most of the class's own clips still are.

    Attributes:
        rows_: (n, e) places of the clips learned from.
        labels_: (n,) their classes.
        far_: (c,) distance that counts as 1.
    """

    def fit(self, rows: Array, labels: Array, classes: int, groups: Array) -> Nearness:
        """Learn.

        Args:
            rows: (n, f) pooled vectors of clips.
            labels: (n,) class of each.
            classes: c.
            groups: (n,) who or what must be held out together to see how far apart different performances are.
        """
        rows = np.asarray(rows, float)
        own = np.full(len(rows), np.nan)
        for group in np.unique(groups):
            inside = groups != group
            if len(np.unique(labels[inside])) == len(np.unique(labels)):
                self._learn(rows[inside], labels[inside])
                own[~inside] = self._nearest(self._place(rows[~inside]), classes)[np.arange((~inside).sum()), labels[~inside]]
        each = np.array([_quantile(own[labels == c]) for c in range(classes)])
        usual = np.nanmedian(each) if np.isfinite(each).any() else np.inf
        self.far_ = (np.where(np.isfinite(each), each, usual) + usual) / 2  # a few clips of one class say little of it alone
        self._learn(rows, labels)
        return self

    def of(self, row: Array) -> Array:
        """(c,) distance of a pooled vector (f,) to the nearest clip of each class, in multiples of `far_`."""
        return np.asarray(self._nearest(self._place(np.asarray(row, float)[None]), len(self.far_))[0] / self.far_)

    def _learn(self, rows: Array, labels: Array) -> None:
        self.mean_, spread = rows.mean(0), rows.std(0)
        self.scale_ = np.maximum(spread, 1e-3 * max(float(spread.max()), 1e-9)) * np.sqrt(rows.shape[1])
        z = (rows - self.mean_) / self.scale_
        _, _, axes = np.linalg.svd(z, full_matrices=False)
        axes = axes[: min(SPANS, len(axes))].T  # (f, s)
        z = z @ axes
        means = np.stack([z[labels == c].mean(0) if (labels == c).any() else z.mean(0) for c in range(int(labels.max()) + 1)])
        inner = z - means[labels]
        within = inner.T @ inner / len(z)
        within += (SHRINK * np.trace(within) / len(within) + 1e-12) * np.eye(len(within))
        value, vector = np.linalg.eigh(within)
        white = vector / np.sqrt(value)  # (s, s)
        between = (means - z.mean(0)) @ white
        _, _, turn = np.linalg.svd(np.concatenate([between, z @ white]), full_matrices=False)
        self.axes_ = axes @ white @ turn[: min(KEPT, len(turn))].T
        self._ready()
        self.rows_, self.labels_ = self._place(rows), labels

    def _ready(self) -> None:
        self._matrix = self.axes_ / self.scale_[:, None]
        self._middle = self.mean_ @ self._matrix

    def _place(self, rows: Array) -> Array:
        return np.asarray(rows @ self._matrix - self._middle)

    def _nearest(self, places: Array, classes: int) -> Array:
        """(m, c) distance of places (m, e) to the nearest clip of each class; infinite where a class has none."""
        out = np.full((classes, len(places)), np.inf)
        np.minimum.at(out, self.labels_, ((self.rows_[:, None] - places[None]) ** 2).sum(-1))
        return np.asarray(np.sqrt(out.T))

    def arrays(self) -> dict[str, Array]:
        """What was learned, for a file."""
        half = {"near.mean": self.mean_, "near.scale": self.scale_, "near.axes": self.axes_, "near.rows": self.rows_}
        return {**{k: v.astype(np.float16) for k, v in half.items()}, "near.labels": self.labels_, "near.far": self.far_}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> Nearness:
        """What `arrays` gave, back."""
        new = cls()
        new.mean_, new.scale_ = arrays["near.mean"].astype(float), arrays["near.scale"].astype(float)
        new.axes_, new.rows_ = arrays["near.axes"].astype(float), arrays["near.rows"].astype(float)
        new._ready()
        new.labels_, new.far_ = arrays["near.labels"], arrays["near.far"]
        return new


def _quantile(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(np.quantile(known, OWN)) if len(known) else np.nan


def learn_nearness(
    reader: Reader, clips: Sequence[PoseSequence], labels: Array, classes: int, groups: Array
) -> Nearness | None:
    """What is near to the clips a model learned from; None where there are too few.

    Args:
        reader: of the model.
        clips: n.
        labels: (n,) class of each.
        classes: c.
        groups: (n,) see `Nearness.fit`.
    """
    every = -(-len(clips) // MOST)
    pooled = [reader.pooled(clip) if i % every == 0 else None for i, clip in enumerate(clips)]
    held = [i for i, one in enumerate(pooled) if one is not None]
    if len(held) < 3 * classes or len(np.unique(labels[held])) < classes:
        return None
    rows = np.stack([one for one in pooled if one is not None])
    return Nearness().fit(rows, labels[held], classes, groups[held])
