"""A few examples a class, and how near something is to them: for embeddings that nothing was learned about before."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..types import Array

__all__ = ["NearestHead"]

FAR = 1.5  # times the usual distance between two examples of a class: there it is known or unknown with even odds
SOFT = 0.25  # of that distance: from nearly sure to even odds
SHARP = 0.5  # of the usual distance: what makes one class much likelier than another
ALONE = 0.35  # of the distance to what is surely something else: the usual distance where a class has one example


class NearestHead:
    """Nearest example, as probabilities that leave room for "none of these".

    Attributes:
        classes_: labels, sorted, after `fit`.
    """

    def __init__(self) -> None:
        self.classes_: tuple[str, ...] = ()
        self._rows: dict[int, tuple[Array, str]] = {}
        self._still: dict[int, float] = {}
        self._next = 1

    def add(self, embedding: Array, label: str, still: Array | None = None) -> int:
        """One more example; its number.

        Args:
            embedding: (e,).
            label: of the class.
            still: (e,) of somebody who stands as this example begins and does not move: surely not the same action.
        """
        self._rows[self._next] = np.asarray(embedding, float), label
        if still is not None:
            self._still[self._next] = float(np.sqrt(((self._rows[self._next][0] - still) ** 2).sum()))
        self._next += 1
        return self._next - 1

    def remove(self, identity: int) -> None:
        """Take an example out."""
        del self._rows[identity]
        self._still.pop(identity, None)

    def fit(self) -> NearestHead:
        """Learn from the examples there are."""
        self.classes_ = tuple(sorted({label for _, label in self._rows.values()}))
        self._ids = list(self._rows)
        self._examples = np.array([row for row, _ in self._rows.values()])
        self._of = np.array([self.classes_.index(label) for _, label in self._rows.values()], int)
        self._scale = self._usual()
        return self

    def _usual(self) -> float:
        """How far apart two examples of one class usually are."""
        square = (self._examples**2).sum(-1)
        apart = np.sqrt(np.maximum(square[:, None] + square - 2 * self._examples @ self._examples.T, 0))
        same = (self._of[:, None] == self._of[None]) & ~np.eye(len(apart), dtype=bool)
        other = self._of[:, None] != self._of[None]
        unlike = [float(d) for d in np.where(other, apart, np.inf).min(1, initial=np.inf) if np.isfinite(d)]
        unlike = [*unlike, *self._still.values()] or [float(np.sqrt((self._examples**2).sum(-1)).mean())]
        between = ALONE * float(np.mean(unlike))
        if not same.any():
            return max(between, 1e-6)
        within = [float(row[mask].min()) for row, mask in zip(apart, same, strict=True) if mask.any()]
        return max(float(np.mean(within)), between / 2, 1e-6)

    def distances(self, embedding: Array) -> Array:
        """(n,) to each example."""
        return np.asarray(np.sqrt(((self._examples - embedding) ** 2).sum(-1)))

    def proba(self, embedding: Array) -> Array:
        """(c,) probabilities; what is missing to 1 is the probability of none of them."""
        far = self.distances(embedding)
        nearest = np.array([far[self._of == c].min() for c in range(len(self.classes_))])
        between = np.exp(-(nearest**2 - nearest.min() ** 2) / (2 * (SHARP * self._scale) ** 2))
        known = 1 / (1 + np.exp(np.clip((nearest.min() / self._scale - FAR) / SOFT, -30, 30)))
        return np.asarray(between / between.sum() * known)

    def why(self, embedding: Array) -> dict[str, Any]:
        """The nearest example, its label, and how far it is, in usual distances."""
        far = self.distances(embedding)
        nearest = int(far.argmin())
        distance = round(float(far[nearest] / self._scale), 2)
        return {"example": self._ids[nearest], "label": self.classes_[self._of[nearest]], "distance": distance}
