"""Boosted trees on pooled statistics: many shallow trees, each mending what the ones before got wrong.

Gradient boosting with a tree a class and round (Friedman, Annals of Statistics 2001), second order with histograms (Chen and
Guestrin, KDD 2016, arXiv 1603.02754, equations 5-7): features become a few ranks, a leaf says -G / (H + penalty), a split is
worth G_l^2 / (H_l + penalty) + G_r^2 / (H_r + penalty) - G^2 / (H + penalty). All classes' trees grow level by level together,
so that the sums over all nodes, features and ranks are one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import NotFittedError, ShapeError
from ..types import Array
from .ridge import balance, checked_rows, log_loss
from .statistics import with_deviations

__all__ = ["BoostedHead"]

_CUTS = 15  # thresholds a feature
_LOOKED_AT = 96  # features a round
_PENALTY = 1.0  # on a leaf's value
_LEAST = 1e-3  # gain of a split
_HELD = 0.2  # share held out to know when to stop
_PATIENCE = 12  # rounds without a better loss
_WORTH = 1e-4  # by which a loss must be better


class BoostedHead:
    """Softmax over sums of trees.

    Args:
        rounds: at most; fewer when what is held out gets no better.
        depth: splits from root to leaf, 1 to 4.
        rate: share of each tree's advice that is taken.

    Attributes:
        classes_: number of classes.
        rounds_: rounds used.
    """

    def __init__(self, rounds: int = 80, depth: int = 3, rate: float = 0.2) -> None:
        self.rounds = rounds
        self.depth = depth
        self.rate = rate
        self.classes_ = 0
        self.rounds_ = 0
        self._learned: dict[str, Array] = {}

    def fit(self, pooled: Array, labels: Array, classes: int, groups: Array | None = None, seed: int = 0) -> BoostedHead:
        """Learn, after a rehearsal on a part that says how many rounds are enough.

        Args:
            pooled: (n, 3c) from a `StatisticsEncoder`.
            labels: (n,) int, 0 to classes - 1.
            classes: number of classes.
            groups: (n,) what is held out together, such as subjects.
            seed: of the features looked at and the part held out.
        """
        z, labels = checked_rows(pooled, labels, classes)
        if z.shape[1] % 3:
            raise ShapeError(f"pooled statistics: expected 3 columns a feature, got {z.shape[1]} columns in all")
        rng = np.random.default_rng(seed)
        rows = with_deviations(z, z.shape[1] // 3).astype(np.float32)
        held = _held_out(labels, groups, rng)
        rounds = self.rounds
        if held.any():
            rehearsal = _Boosting(rows[~held], labels[~held], classes, self.depth, self.rate, np.random.default_rng(seed))
            rounds = rehearsal.rounds_needed(rows[held], labels[held], self.rounds)
        boosting = _Boosting(rows, labels, classes, self.depth, self.rate, np.random.default_rng(seed))
        for _ in range(rounds):
            boosting.round()
        self.classes_, self.rounds_ = classes, rounds
        self._learned = boosting.arrays()
        return self

    def logits(self, pooled: Array) -> Array:
        """(n, 3c) -> (n, classes) float32."""
        if not self._learned:
            raise NotFittedError("expected a head that was fitted or loaded; call fit first")
        z = np.asarray(pooled, np.float32)
        if z.ndim != 2 or z.shape[1] != int(self._learned["columns"]):
            raise ShapeError(f"pooled statistics: expected (rows, {int(self._learned['columns'])}), got {z.shape}")
        return _said(
            with_deviations(z, z.shape[1] // 3), self._learned["features"], self._learned["cuts"], self._learned["leaves"]
        )

    def arrays(self) -> dict[str, Array]:
        """What was learned, for a bundle."""
        if not self._learned:
            raise NotFittedError("expected a head that was fitted or loaded; call fit first")
        return dict(self._learned)

    @classmethod
    def from_arrays(cls, arrays: dict[str, Array]) -> BoostedHead:
        """The head whose `arrays` these are."""
        head = cls()
        head._learned = dict(arrays)
        head.rounds_, head.classes_ = arrays["leaves"].shape[:2]
        return head


@dataclass(frozen=True)
class _Trees:
    """One round: a full tree for each of k classes; node i has the children 2i + 1 and 2i + 2."""

    features: Array  # (k, 2^depth - 1) int32
    cuts: Array  # (k, 2^depth - 1) float32: a row goes right where its feature is above
    leaves: Array  # (k, 2^depth) float32


class _Boosting:
    """Training in progress."""

    def __init__(self, rows: Array, labels: Array, classes: int, depth: int, rate: float, rng: np.random.Generator) -> None:
        self.rows, self.labels, self.classes = rows, labels, classes
        self.depth, self.rate, self.rng = depth, rate, rng
        self.weights = balance(labels, classes)
        self.cuts = _cuts(rows)  # (f, cuts)
        self.useful = np.flatnonzero(np.ptp(rows, axis=0) > 0)
        self.said = np.zeros((len(rows), classes))
        self.trees: list[_Trees] = []

    def round(self) -> _Trees:
        """One more tree a class."""
        p = np.exp(self.said - self.said.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        k = self.classes
        slope = ((p - np.eye(k)[self.labels]) * self.weights[:, None]).T  # (k, n)
        bend = (np.maximum(2 * p * (1 - p), 1e-6) * self.weights[:, None]).T  # an upper bound: classes move together
        looked = self.rng.choice(self.useful, min(_LOOKED_AT, len(self.useful)), replace=False)
        trees = self._grow(np.concatenate([slope, bend]), looked)
        self.said += _said(self.rows, trees.features[None], trees.cuts[None], trees.leaves[None])
        self.trees.append(trees)
        return trees

    def _grow(self, both: Array, looked: Array) -> _Trees:
        k, n, depth = self.classes, len(self.rows), self.depth
        values, cuts = self.rows[:, looked], self.cuts[looked]
        below = (values[:, :, None] <= cuts).reshape(n, -1).astype(np.float32)  # (n, looked * cuts)
        features, limits = np.zeros((k, 2**depth - 1), np.int32), np.full((k, 2**depth - 1), np.inf, np.float32)
        node = np.zeros((k, n), np.intp)  # within the level
        for level in range(depth):
            nodes = 2**level
            there = node[:, None] == np.arange(nodes)[:, None]  # (k, nodes, n)
            here = (both.reshape(2, k, 1, n) * there).astype(np.float32)
            left = (here.reshape(-1, n) @ below).reshape(2, k, nodes, -1)
            best, gain = _best_split(left, here.sum(-1))
            good = gain > _LEAST
            first = nodes - 1
            features[:, first : first + nodes] = np.where(good, looked[best // _CUTS] if len(looked) else 0, 0)
            limits[:, first : first + nodes] = np.where(good, cuts.ravel()[best] if len(looked) else np.inf, np.inf)
            node = _step(self.rows, features, limits, node, first)
        there = node[:, None] == np.arange(2**depth)[:, None]
        g, h = (both.reshape(2, k, 1, n) * there).sum(-1)
        return _Trees(features, limits, (-self.rate * g / (h + _PENALTY)).astype(np.float32))

    def rounds_needed(self, rows: Array, labels: Array, most: int) -> int:
        """Grow until what is said of these other rows gets no better; the best number of rounds, at least 1."""
        weights = balance(labels, self.classes)
        said = np.zeros((len(rows), self.classes))
        best, at = np.inf, 1
        for done in range(1, most + 1):
            trees = self.round()
            said += _said(rows, trees.features[None], trees.cuts[None], trees.leaves[None])
            loss = log_loss(said, labels, weights)
            if loss < best - _WORTH:
                best, at = loss, done
            if done - at >= _PATIENCE:
                break
        return at

    def arrays(self) -> dict[str, Array]:
        features = np.stack([t.features for t in self.trees])
        cuts, leaves = np.stack([t.cuts for t in self.trees]), np.stack([t.leaves for t in self.trees])
        return {"features": features, "cuts": cuts, "leaves": leaves, "columns": np.array(self.rows.shape[1])}


def _best_split(left: Array, whole: Array) -> tuple[Array, Array]:
    """Best cut and its gain, (k, nodes) each, from sums left of each cut (2, k, nodes, cuts) and in all (2, k, nodes)."""
    if not left.shape[-1]:
        return np.zeros(whole.shape[1:], np.intp), np.zeros(whole.shape[1:])
    g, h = left
    all_g, all_h = whole[0][..., None], whole[1][..., None]
    gain = g * g / (h + _PENALTY) + (all_g - g) ** 2 / (all_h - h + _PENALTY)
    best = gain.argmax(-1)
    return best, np.take_along_axis(gain, best[..., None], -1)[..., 0] - whole[0] ** 2 / (whole[1] + _PENALTY)


def _step(rows: Array, features: Array, cuts: Array, node: Array, first: int) -> Array:
    """(k, n) node of each row in the next level."""
    k = np.arange(len(features))[:, None]
    value = rows[np.arange(len(rows)), features[k, first + node]]
    return np.asarray(2 * node + (value > cuts[k, first + node]))


def _said(rows: Array, features: Array, cuts: Array, leaves: Array) -> Array:
    """(n, k) sums of the leaves (rounds, k, leaves) that the rows fall into."""
    rounds, k, inner = features.shape
    n, trees = len(rows), rounds * k
    features, cuts = features.reshape(trees, inner), cuts.reshape(trees, inner)
    tree, row = np.arange(trees), np.arange(n)[:, None]
    at = np.zeros((n, trees), np.intp)
    while at[0, 0] < inner:  # all leaves are on one level
        at = 2 * at + 1 + (rows[row, features[tree, at]] > cuts[tree, at])
    return np.asarray(leaves.reshape(trees, -1)[tree, at - inner].reshape(n, rounds, k).sum(1))


def _cuts(rows: Array) -> Array:
    """(f, cuts) float32: between the ranks of each feature's values."""
    order = np.sort(rows, 0)
    at = np.linspace(0, len(rows) - 1, _CUTS + 2)[1:-1]
    low = np.floor(at).astype(int)
    middle = 0.5 * (order[low] + order[np.minimum(low + 1, len(rows) - 1)])
    return np.ascontiguousarray(middle.T, dtype=np.float32)


def _held_out(labels: Array, groups: Array | None, rng: np.random.Generator) -> Array:
    """(n,) bool: about a fifth, whole groups where there are enough, every class still in the rest; none in tiny sets."""
    held = np.zeros(len(labels), bool)
    names = np.unique(groups) if groups is not None else np.zeros(0)
    if len(names) >= 3:
        for name in rng.permutation(names):
            more = held | (groups == name)
            if more.mean() > 2 * _HELD or (held.any() and more.mean() > 1.5 * _HELD):
                continue
            if np.isin(labels, labels[~more]).all():
                held = more
        if held.any():
            return held
    for label in np.unique(labels):
        own = rng.permutation(np.flatnonzero(labels == label))
        held[own[: round(_HELD * len(own))]] = True
    return held
