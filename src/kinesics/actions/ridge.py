"""Linear classes on pooled features, in closed form: ridge regression to +1 and -1, checked by leaving groups out.

What the model would say of a group of rows (one subject's, or one row) had it not seen them follows from one decomposition:
with the hat matrix H the residuals left out are (I - H_gg)^-1 e_g (Allen 1974; Golub, Heath and Wahba 1979). The penalty is
the one whose answers, left out and turned into probabilities by one temperature, are the likeliest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import NotFittedError, ShapeError, UsageError
from ..types import Array
from .statistics import deviations, with_deviations

__all__ = ["RidgeHead", "balance", "checked_rows", "log_loss"]

_PENALTIES = tuple(10.0 ** (i / 2) for i in range(-6, 9))  # times the number of features
_TEMPERATURES = np.exp(np.linspace(-1, 4, 51))
_WORTHS = 0.0, 0.3, 1.0, 3.0  # of a block, tried against the others
_START = 1.0, 0.3  # of the first block and each other
_TRIED_ON = 360  # most rows on which blocks are weighed
_BETTER = 2e-3  # nats by which another worth must be better
_ROWS = 2000  # most rows on which the penalty is chosen


class RidgeHead:
    """Ridge regression on standardised features, classes balanced, with a temperature.

    Args:
        blocks: widths of columns of one kind each, in order: how much each kind counts is chosen along with the penalty (banded
            ridge; Nunez-Elizalde, Huth and Gallant, NeuroImage 2019). Empty: all columns are of one kind.
        channels: the last columns are mean squares of so many channels, the same number before them their means; the squares
            are turned into deviations. 0: none are.

    Attributes:
        classes_: number of classes.
        left_out_: (n, classes) logits of the training rows, each without its group; None after loading.
        penalty_: the one chosen.
        worth_: how much each block counts; the first is 1 before any is tried.
    """

    def __init__(self, channels: int = 0, blocks: Sequence[int] = ()) -> None:
        self.blocks = tuple(blocks)
        self.channels = channels
        self.classes_ = 0
        self.left_out_: Array | None = None
        self.penalty_ = 0.0
        self.worth_: tuple[float, ...] = ()
        self._learned: dict[str, Array] = {}

    def fit(self, pooled: Array, labels: Array, classes: int, groups: Array | None = None, seed: int = 0) -> RidgeHead:
        """Learn.

        Args:
            pooled: (n, f).
            labels: (n,) int, 0 to classes - 1.
            classes: number of classes.
            groups: (n,) what belongs together when rows are left out, such as subjects; each row by itself without.
            seed: of the rows on which the penalty is chosen, where there are more than 2000.
        """
        z, labels = checked_rows(pooled, labels, classes)
        z = with_deviations(z, self.channels)
        mean, deviation = z.mean(0), z.std(0)
        steady = deviation <= 1e-6 * (1 + np.abs(mean))
        scale = np.where(steady, 0, 1 / np.where(steady, 1, deviation))
        groups = np.arange(len(z)) if groups is None else np.unique(groups, return_inverse=True)[1]
        if len(np.unique(groups)) < 2:  # one subject: their clips are all there is to leave out
            groups = np.arange(len(z))
        weights = balance(labels, classes)
        blocks = self._slices(z.shape[1])
        self.worth_ = _worth((z - mean) * scale, labels, groups, classes, blocks, seed)
        for block, worth in zip(blocks, self.worth_, strict=True):
            scale[block] *= np.sqrt(worth / (block.stop - block.start))
        rows = (z - mean) * scale
        some = np.sort(np.random.default_rng(seed).permutation(len(rows))[:_ROWS])
        problem = _problem(rows[some], labels[some], weights[some], groups[some], classes)
        _, self.penalty_, temperature, left_out = problem.best(labels[some], weights[some])
        self.left_out_ = left_out if len(some) == len(rows) else None
        slope, offset = _solve(rows, labels, weights, classes, self.penalty_ * len(rows) / len(some))
        slope = slope * temperature * scale[:, None]
        self.classes_ = classes
        self._learned = {
            "slope": slope.astype(np.float32),
            "offset": (offset * temperature - mean @ slope).astype(np.float32),
            "channels": np.array(self.channels),
        }
        return self

    def _slices(self, columns: int) -> list[slice]:
        ends = np.cumsum(self.blocks or [columns])
        if ends[-1] != columns:
            raise ShapeError(f"pooled features: expected {ends[-1]} columns in {len(self.blocks)} blocks, got {columns}")
        return [slice(int(a), int(b)) for a, b in zip([0, *ends[:-1]], ends, strict=True) if b > a]

    def logits(self, pooled: Array) -> Array:
        """(n, f) -> (n, classes) float32."""
        if not self._learned:
            raise NotFittedError("expected a head that was fitted or loaded; call fit first")
        z, slope = np.asarray(pooled, np.float32), self._learned["slope"]
        if z.ndim != 2 or z.shape[1] != len(slope):
            raise ShapeError(f"pooled features: expected (rows, {len(slope)}), got {z.shape}")
        out = np.asarray(z[:, : len(slope) - self.channels] @ slope[: len(slope) - self.channels] + self._learned["offset"])
        return out + deviations(z, self.channels) @ slope[len(slope) - self.channels :] if self.channels else out

    @property
    def columns_(self) -> int:
        """Of the pooled features it reads."""
        return len(self._learned["slope"]) if self._learned else 0

    def arrays(self) -> dict[str, Array]:
        """What was learned, for a bundle."""
        if not self._learned:
            raise NotFittedError("expected a head that was fitted or loaded; call fit first")
        return dict(self._learned)

    @classmethod
    def from_arrays(cls, arrays: dict[str, Array]) -> RidgeHead:
        """The head whose `arrays` these are."""
        head = cls(int(arrays["channels"]))
        head._learned = dict(arrays)
        head.classes_ = len(arrays["offset"])
        return head


def checked_rows(pooled: Array, labels: Array, classes: int) -> tuple[Array, Array]:
    """Rows as float64 and labels as int, if one can learn from them.

    Raises:
        ShapeError: another shape, or a value that is not finite.
        UsageError: fewer than two classes, or a label beyond them.
    """
    z, labels = np.asarray(pooled, np.float64), np.asarray(labels)
    if z.ndim != 2 or labels.shape != z.shape[:1] or not z.size:
        raise ShapeError(f"expected pooled features (n, f) and n labels, got {z.shape} and {labels.shape}")
    if not np.isfinite(z.sum()):
        raise ShapeError("pooled features: expected finite numbers, got NaN or infinity")
    if classes < 2 or labels.min() < 0 or labels.max() >= classes:
        raise UsageError(
            f"expected labels from 0 to classes - 1 and at least 2 classes, got {classes} and up to {labels.max()}"
        )
    return z, labels.astype(np.intp)


def balance(labels: Array, classes: int) -> Array:
    """(n,) weights of mean 1 that let each class that is there count the same."""
    weights = 1 / np.bincount(labels, minlength=classes)[labels]
    return np.asarray(weights / weights.mean())


def log_loss(logits: Array, labels: Array, weights: Array) -> float:
    """Weighted mean of -log of the probability of the true class, nats."""
    top = logits - logits.max(1, keepdims=True)
    loss = np.log(np.exp(top).sum(1)) - top[np.arange(len(labels)), labels]
    return float(np.average(loss, weights=weights))


@dataclass(frozen=True)
class _Problem:
    """Weighted rows, centred, in the basis of their directions; what is left out is found from it."""

    root: Array  # (n,) square roots of the weights
    along: Array  # (n, r) rows in that basis
    power: Array  # (r,) squared length of the basis' directions
    target: Array  # (n, c), weighted and centred
    truth: Array  # (n, c) +1 and -1
    groups: list[Array]

    def left_out(self, penalty: float) -> Array:
        """(n, c) what is said of each group by a model that has not seen it."""
        inner = self.along / (self.power + penalty)
        e = self.target - inner @ (self.along.T @ self.target)
        square = self.root @ self.root
        if len(self.groups) == len(e):
            hat = (inner * self.along).sum(1) + self.root**2 / square
            residual = e / (1 + 1e-9 - hat)[:, None]
            return np.asarray(self.truth - residual / self.root[:, None])
        out = np.empty_like(e)
        for group in self.groups:
            root = self.root[group]
            hat = inner[group] @ self.along[group].T + np.outer(root, root) / square
            residual = np.linalg.solve((1 + 1e-9) * np.eye(len(group)) - hat, e[group])
            out[group] = self.truth[group] - residual / root[:, None]
        return np.asarray(out)

    def best(self, labels: Array, weights: Array, every: int = 1) -> tuple[float, float, float, Array]:
        """Loss, penalty, temperature and the logits left out, of the likeliest; `every` so many penalties is tried."""
        best = (np.inf, _PENALTIES[-1], 1.0, self.truth)
        temperatures = _TEMPERATURES[::every]
        for penalty in _PENALTIES[::every]:
            said = self.left_out(penalty)
            losses = [log_loss(said * t, labels, weights) for t in temperatures]
            at = int(np.argmin(losses))
            if losses[at] < best[0]:
                best = (losses[at], penalty, float(temperatures[at]), said * temperatures[at])
        return best


def _problem(rows: Array, labels: Array, weights: Array, groups: Array, classes: int, given: bool = False) -> _Problem:
    """From rows (n, f), or from their products with each other (n, n) where those are `given`."""
    root = np.sqrt(weights)
    centred = (rows - np.average(rows, 0, weights)) * root[:, None]
    if given:
        centred = (centred - np.average(centred, 1, weights)[:, None]) * root
    truth = 2 * np.eye(classes)[labels] - 1
    target = (truth - np.average(truth, 0, weights)) * root[:, None]
    dual = len(rows) <= rows.shape[1]
    power, basis = np.linalg.eigh(centred if given else centred @ centred.T if dual else centred.T @ centred)
    power = np.maximum(power, 0)
    along = basis * np.sqrt(power) if dual else centred @ basis
    order = np.argsort(groups, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    return _Problem(root, along, power, target, truth, parts)


def _worth(rows: Array, labels: Array, groups: Array, classes: int, blocks: list[slice], seed: int) -> tuple[float, ...]:
    """How much each block should count: one after the other is given more or less, as long as answers left out get likelier."""
    if len(blocks) < 2:
        return (1.0,) * len(blocks)
    some = np.sort(np.random.default_rng(seed).permutation(len(rows))[:_TRIED_ON])
    rows, labels, groups = rows[some], labels[some], groups[some]
    weights = balance(labels, classes)
    kernels = [rows[:, b] @ rows[:, b].T / (b.stop - b.start) for b in blocks]

    def loss(worth: list[float]) -> float:
        total = sum(w * k for w, k in zip(worth, kernels, strict=True))
        return _problem(total, labels, weights, groups, classes, given=True).best(labels, weights, 2)[0]

    worth = [_START[0]] + [_START[1]] * (len(blocks) - 1)
    best, waited, at = loss(worth), 0, 1
    while waited < len(blocks):
        before = best
        for value in _WORTHS:
            other = [*worth[:at], value, *worth[at + 1 :]]
            if value != worth[at] and any(other) and (new := loss(other)) < best - _BETTER:
                best, worth = new, other
        waited = 1 if best < before else waited + 1
        at = (at + 1) % len(blocks)
    return tuple(worth)


def _solve(rows: Array, labels: Array, weights: Array, classes: int, penalty: float) -> tuple[Array, Array]:
    """Slope (f, c) and offset (c,) of the regression."""
    root = np.sqrt(weights)[:, None]
    middle, truth = np.average(rows, 0, weights), 2 * np.eye(classes)[labels] - 1
    level = np.average(truth, 0, weights)
    a, b = (rows - middle) * root, (truth - level) * root
    if len(a) <= a.shape[1]:
        slope = a.T @ np.linalg.solve(a @ a.T + penalty * np.eye(len(a)), b)
    else:
        slope = np.linalg.solve(a.T @ a + penalty * np.eye(a.shape[1]), a.T @ b)
    return slope, level - middle @ slope
