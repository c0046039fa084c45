"""A few examples a class: which one this is, and whether it is any of them.

Two light heads on one embedding of unit length. Which class: ridge regression on the examples, in closed form; of one example a
class it is little more than the nearest one, of several it learns what matters (as in R2-D2, Bertinetto et al., ICLR 2019).
Whether any: the distance to the nearest class, against how near motions are that nobody taught. Those, the cohort, come with
the embedding; a question, or an example, that is near to much of the cohort says little by being near
(score normalisation of speaker verification, Matejka et al., Interspeech 2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import NotFittedError, ShapeError, UsageError
from ..types import Array

__all__ = ["Calibration", "FewShotHead", "nearest_of"]

LAMBDA = 1.0  # of the ridge, where an example has length 1
NEAREST = 30  # of the cohort that tell how crowded a place is
BLEND = 0.6  # of the distance to the nearest example, the rest of that to the class's mean
CROWDED = 0.4  # share of the cohort's distance that is taken off, for the question and for the class
CLEAR = 0.25  # of the lead before the next class is taken off too: what lies between two classes is more likely neither


@dataclass(frozen=True)
class Calibration:
    """How scores become probabilities; fitted on made motions when an embedding is made.

    Attributes:
        sharp: (3,) logarithm of the factor of the ridge's answers: constant, by log examples a class, by log classes.
        unknown: (4,) log-odds of being none: constant, by distance, by log examples of the class, by log classes.
    """

    sharp: tuple[float, float, float] = (2.2, 0.0, 0.0)
    unknown: tuple[float, float, float, float] = (0.0, 6.0, 0.0, 0.0)


class FewShotHead:
    """Learns classes from 1 to 10 or more examples each; also one class alone.

    The order in which examples came does not matter, and what was removed leaves no trace.

    Args:
        cohort: (m, e) embeddings of motions that are none of the classes; None: distances count as they are.
        calibration: how scores become probabilities.

    Attributes:
        classes_: labels, sorted, after `fit`.
    """

    def __init__(self, cohort: Array | None = None, calibration: Calibration | None = None) -> None:
        self.cohort, self.calibration = cohort, calibration or Calibration()
        self.classes_: tuple[str, ...] = ()
        self._rows: dict[int, tuple[Array, str]] = {}
        self._next = 1
        self._fitted = False

    def add(self, embedding: Array, label: str) -> int:
        """One more example (e,); its number, for `remove` and `why`.

        Raises:
            ShapeError: it is not a row of finite numbers as long as those before.
        """
        row = np.asarray(embedding, float)
        size = next((len(other) for other, _ in self._rows.values()), None if self.cohort is None else self.cohort.shape[1])
        if row.ndim != 1 or size not in (None, len(row)) or not np.isfinite(row).all():
            raise ShapeError(f"an embedding: expected {size or 'some'} finite numbers, got shape {row.shape}")
        self._rows[self._next] = _unit(row), label
        self._next += 1
        self._fitted = False
        return self._next - 1

    def remove(self, identity: int) -> None:
        """Take an example out.

        Raises:
            UsageError: there is none of that number.
        """
        if identity not in self._rows:
            raise UsageError(f"no example has the number {identity}; there are {', '.join(map(str, self._rows)) or 'none'}")
        del self._rows[identity]
        self._fitted = False

    def fit(self) -> FewShotHead:
        """Learn from the examples there are."""
        order = sorted(self._rows, key=lambda i: (self._rows[i][1], self._rows[i][0].tolist(), i))
        self.classes_ = tuple(sorted({label for _, label in self._rows.values()}))
        self._ids = order
        self._of = np.array([self.classes_.index(self._rows[i][1]) for i in order], int)
        self._fitted = True
        if not order:
            return self
        self._examples = np.array([self._rows[i][0] for i in order])
        self._counts = np.bincount(self._of)
        share = np.eye(len(self.classes_))[self._of] / self._counts[self._of][:, None]  # (n, c)
        means = share.T @ self._examples
        self._means = _unit(means)
        self._crowd = self.crowded(self._means)
        self._middle = means.mean(axis=0)
        weight = len(order) / (len(self.classes_) * self._counts[self._of])  # each class counts alike
        off = self._examples - self._middle
        wanted = np.eye(len(self.classes_))[self._of] - 1 / len(self.classes_)
        self._answer = off.T @ np.linalg.solve(off @ off.T + LAMBDA * np.diag(1 / weight), wanted)  # (e, c)
        return self

    def scores(self, embedding: Array) -> Array:
        """The ridge's answers, (c,) or (n, c): the highest is the likeliest class."""
        self._ready()
        return np.asarray((_unit(np.asarray(embedding, float)) - self._middle) @ self._answer)

    def strangeness(self, embedding: Array) -> Array:
        """How far it is from each class against how far it is from anything, (c,) or (n, c); low is near."""
        self._ready()
        x = _unit(np.asarray(embedding, float))
        to_means = _apart(x, self._means)
        each = _apart(x, self._examples)
        nearest = np.stack([each[..., self._of == c].min(axis=-1) for c in range(len(self.classes_))], axis=-1)
        near = BLEND * nearest + (1 - BLEND) * to_means
        return np.asarray(near - CROWDED * (self.crowded(x)[..., None] + self._crowd))

    def unknown(self, embedding: Array) -> float | Array:
        """Probability that it is none of the classes; of (n, e) an array (n,)."""
        each = self.strangeness(embedding)
        best = each.argmin(axis=-1)
        a, b, c, d = self.calibration.unknown
        odds = a + b * nearest_of(each) + c * np.log(self._counts[best]) + d * np.log(len(self.classes_))
        chance = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        return float(chance) if np.ndim(chance) == 0 else np.asarray(chance)

    def proba(self, embedding: Array) -> Array:
        """Probabilities of the classes, (c,) or (n, c); what is missing to 1 is the probability of none of them."""
        a, b, c = self.calibration.sharp
        scores = self.scores(embedding)
        sharp = np.exp(a + b * np.log(len(self._ids) / len(self.classes_)) + c * np.log(len(self.classes_)))
        each = np.exp(sharp * (scores - scores.max(axis=-1, keepdims=True)))
        known = 1 - np.asarray(self.unknown(embedding))
        return np.asarray(each / each.sum(axis=-1, keepdims=True) * known[..., None])

    def why(self, embedding: Array) -> dict[str, Any]:
        """Number and label of the nearest example, its distance (0 to 2), and how much farther the next class is."""
        self._ready()
        far = np.sqrt(_apart(_unit(np.asarray(embedding, float)), self._examples))
        best = int(far.argmin())
        others = far[self._of != self._of[best]]
        return {
            "example": self._ids[best],
            "label": self.classes_[self._of[best]],
            "distance": round(float(far[best]), 3),
            "margin": round(float(others.min() - far[best]), 3) if len(others) else None,
            "unknown": round(float(self.unknown(embedding)), 3),
        }

    def crowded(self, x: Array) -> Array:
        """Mean squared distance of rows (…, e) of length 1 to the nearest of the cohort, (…,); 0 without one."""
        if self.cohort is None or not len(self.cohort):
            return np.zeros(x.shape[:-1])
        far = _apart(x, self.cohort)
        few = min(NEAREST, far.shape[-1])
        return np.asarray(np.partition(far, few - 1, axis=-1)[..., :few].mean(axis=-1))

    def _ready(self) -> None:
        if not self._fitted or not self.classes_:
            raise NotFittedError("FewShotHead has not learned yet; add examples and call fit")


def nearest_of(strangeness: Array) -> Array:
    """(…, c) to (…,): that of the nearest class, less a share of its lead before the next."""
    if strangeness.shape[-1] == 1:
        return np.asarray(strangeness[..., 0])
    two = np.partition(strangeness, 1, axis=-1)
    return np.asarray(two[..., 0] - CLEAR * (two[..., 1] - two[..., 0]))


def _unit(x: Array) -> Array:
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-9))


def _apart(x: Array, rows: Array) -> Array:
    """Squared distances of unit vectors: (…, e) and (n, e) to (…, n)."""
    return np.asarray(np.maximum(2 - 2 * (x @ rows.T), 0))
