"""A small network of two hidden layers, in numpy: from what a forest says to a whole body, its doubt, and which side is left.

The network gives a body and says, apart from it, whether left and right must be exchanged: it learns from whichever of the
truth and its exchange is nearer (only the better of two guesses is taught, as in Guzman-Rivera et al., "Multiple choice
learning", 2012), so that an unclear side never blurs the body into its own middle.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np

from ..types import Array

NARROWEST = 0.012  # metres: no joint is surer
_FEW = 4  # rows
_AT_ONCE = 10_000  # rows, for the sake of memory


@dataclass(frozen=True)
class Perceptron:
    """Weights and the frame of its numbers.

    Attributes:
        mean: (f,) of the features.
        scale: (f,) what they are divided by.
        layers: weights and biases of the three layers, in turn.
        joints: how many it gives.
    """

    mean: Array
    scale: Array
    layers: tuple[Array, ...]
    joints: int

    def __call__(self, features: Array) -> tuple[Array, Array, Array]:
        """Bodies for features (n, f): joints (n, k, 3), spreads (n, k) metres, how likely sides are exchanged (n,)."""
        parts = [features[at : at + _AT_ONCE] for at in range(0, len(features), _AT_ONCE)] or [features]
        outs = [_forward(self.layers, ((part - self.mean) / self.scale).astype(np.float32))[-1] for part in parts]
        return _read(outs[0] if len(outs) == 1 else np.concatenate(outs), self.joints)


def _read(out: Array, k: int) -> tuple[Array, Array, Array]:
    joints = out[:, : 3 * k].reshape(-1, k, 3)
    spread = NARROWEST + np.exp(np.clip(out[:, 3 * k : 4 * k] - 2.5, -6, 2))
    return joints, spread, 1 / (1 + np.exp(-np.clip(out[:, 4 * k], -30, 30)))


@numba.njit(cache=True, nogil=True)
def _few(x: Array, weight: Array, bias: Array) -> Array:
    """A few rows times the weights, on one core: for so few a library's threads cost more than they bring."""
    out = np.empty((x.shape[0], weight.shape[1]), np.float32)
    for row in range(x.shape[0]):
        out[row] = bias
    for i in range(weight.shape[0]):
        for row in range(x.shape[0]):
            value = x[row, i]
            for j in range(weight.shape[1]):
                out[row, j] += value * weight[i, j]
    return out


def _forward(layers: tuple[Array, ...], x: Array) -> list[Array]:
    """Input and every layer's output."""
    held = [x]
    for i in range(0, len(layers), 2):
        x = _few(x, layers[i], layers[i + 1]) if len(x) <= _FEW else x @ layers[i] + layers[i + 1]
        if i < len(layers) - 2:
            x = np.maximum(x, 0.05 * x)
        held.append(x)
    return held


def fit_perceptron(
    features: Array,
    joints: Array,
    mirror: Array,
    *,
    flipped: Callable[[Array], Array],
    exchange: bool = True,
    hidden: int = 512,
    lessons: int = 2_000_000,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Perceptron:
    """Train by Adam (Kingma and Ba, 2015) on a falling rate; half of each batch is seen in a mirror.

    Args:
        features: (n, f) float32.
        joints: (n, k, 3) the truth in the same frame, metres.
        mirror: (k,) index of the joint of the other side.
        flipped: features (n, f) as they would be in a mirror.
        exchange: learn from the nearer of the truth and its exchange of sides; else from the truth.
        hidden: width of the hidden layers.
        lessons: examples shown in all; each 8 to 60 times.
        seed: of all chance.
        progress: is told the share done.
    """
    rng = np.random.default_rng(seed)
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-3
    k = joints.shape[1]
    sizes = [features.shape[1], hidden, hidden, 4 * k + 1]
    layers: list[Array] = []
    for a, b in itertools.pairwise(sizes):
        layers += [rng.normal(0, np.sqrt(2 / a), (a, b)).astype(np.float32), np.zeros(b, np.float32)]
    layers[-2] *= np.float32(0.1)
    moments = [[np.zeros_like(w), np.zeros_like(w)] for w in layers]
    batch, step = min(256, len(features)), 0
    passes = min(max(round(lessons / len(features)), 8), 60)
    steps = passes * (len(features) // batch)
    flip = np.array([-1, 1, 1], np.float32)
    for _ in range(passes):
        order = rng.permutation(len(features))
        for at in range(0, len(order) - batch + 1, batch):
            rows = order[at : at + batch]
            x, y = features[rows], joints[rows].astype(np.float32)
            half = batch // 2
            x = np.concatenate([x[:half], flipped(x[half:])])
            y = np.concatenate([y[:half], y[half:][:, mirror] * flip])
            held = _forward(tuple(layers), ((x - mean) / scale).astype(np.float32))
            slopes = _slopes(layers, held, _loss_slope(held[-1], y, mirror if exchange else np.arange(k), k))
            step += 1
            rate = 1.5e-3 * min(step / 300, 1.0) * 0.5 * (1 + np.cos(np.pi * step / steps))
            _adam(layers, moments, slopes, step, rate)
            if progress is not None and step % 50 == 0:
                progress(step / steps)
    return Perceptron(mean.astype(np.float32), scale.astype(np.float32), tuple(layers), k)


def _loss_slope(out: Array, y: Array, mirror: Array, k: int) -> Array:
    """Slope of the mean loss: a Laplace density of each joint's distance, and the cross-entropy of the exchange."""
    joints, spread, odds = _read(out, k)
    sided = mirror != np.arange(k)
    straight, crossed = joints - y, joints - y[:, mirror]
    away, other = np.linalg.norm(straight, axis=-1), np.linalg.norm(crossed, axis=-1)
    swapped = (other / spread)[:, sided].sum(axis=1) < (away / spread)[:, sided].sum(axis=1)
    miss = np.where(swapped[:, None, None], crossed, straight)
    away = np.where(swapped[:, None], other, away)
    soft = np.sqrt(away**2 + 1e-4)
    slope = np.zeros_like(out)
    slope[:, : 3 * k] = (miss / (soft * np.minimum(spread, 0.5))[..., None]).reshape(len(out), -1)
    inner = np.exp(np.clip(out[:, 3 * k : 4 * k] - 2.5, -6, 2))
    slope[:, 3 * k : 4 * k] = (3 / spread - soft / spread**2) * inner * 0.5
    slope[:, 4 * k] = 2.0 * (odds - swapped)
    return np.clip(slope, -60, 60) / len(out)


def _slopes(layers: list[Array], held: list[Array], slope: Array) -> list[Array]:
    """Slope of every weight and bias, last layer first in time, given back in their order."""
    found: list[Array] = []
    for i in range(len(layers) - 2, -1, -2):
        below = held[i // 2]
        found = [below.T @ slope, slope.sum(axis=0), *found]
        if i:
            slope = (slope @ layers[i].T) * np.where(below > 0, np.float32(1), np.float32(0.05))
    return found


def _adam(layers: list[Array], moments: list[list[Array]], slopes: list[Array], step: int, rate: float) -> None:
    fast, slow = 1 - 0.9**step, 1 - 0.99**step
    for weight, (first, second), slope in zip(layers, moments, slopes, strict=True):
        first *= 0.9
        first += 0.1 * slope
        second *= 0.99
        second += 0.01 * slope * slope
        weight -= (rate * (first / fast) / (np.sqrt(second / slow) + 1e-8)).astype(np.float32)
        if weight.ndim == 2:
            weight *= np.float32(1 - 1e-2 * rate)
