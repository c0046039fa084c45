"""Features of motion that need no training: random causal convolutions, and how often each is above a threshold.

After MiniRocket (Dempster, Schmidt and Webb, KDD 2021, arXiv 2012.08791): the 84 kernels of length 9 with three weights 2 and
six -1, each on a few channels drawn at random, at several dilations; thresholds are quantiles of what they give in training.
Three things differ. Convolutions look back only and shares are sums, so that both stream at constant cost. The threshold is a
ramp one standard deviation wide instead of a step, which is as fast, steadier and better on every set tried. The kernels sum to
zero and so forget postures that are held; means and mean squares of the features are therefore added.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from ..errors import NotFittedError, UsageError
from ..types import Array
from .encoding import checked_clip
from .statistics import standardiser

__all__ = ["RocketEncoder"]

_LENGTH = 9  # of a kernel
_DILATIONS = (1, 2, 3)
_MOST_CHANNELS = 9  # of one kernel
_TICKS = 12_000  # most from which thresholds are learned
_GOLDEN = (math.sqrt(5) - 1) / 2  # its multiples, modulo 1, fill (0, 1) evenly
_FARTHEST = 8.0  # deviations beyond which a feature's mean square is cut


class RocketEncoder:
    """Random convolutions of features with soft thresholds, for means over spans.

    Args:
        kernels: number of convolutions, best a multiple of 84.
        thresholds: for each.
    """

    def __init__(self, kernels: int = 504, thresholds: int = 4) -> None:
        if kernels < 1 or thresholds < 1:
            raise UsageError(f"kernels and thresholds: expected at least 1 each, got {kernels} and {thresholds}")
        self.kernels = kernels
        self.thresholds = thresholds
        self._learned: dict[str, Array] = {}

    def fit(self, clips: Sequence[Array], seed: int = 0) -> RocketEncoder:
        """Draw the kernels and learn scales and thresholds.

        Args:
            clips: each (t, c) float32, finite.
            seed: of everything random.
        """
        rng = np.random.default_rng(seed)
        mean, scale = standardiser(clips)
        weights = _kernels(self.kernels, rng)
        dilations = np.sort(rng.choice(_DILATIONS, self.kernels))
        channels, signs = _channels(self.kernels, np.flatnonzero(scale), rng)
        self._learned = {
            "mean": mean,
            "scale": scale,
            "channels": channels,
            "signs": signs,
            "weights": weights,
            "dilations": dilations,
            "thresholds": np.zeros((self.kernels, self.thresholds), np.float32),
            "widths": np.ones(self.kernels, np.float32),
        }
        self._set()
        seen = np.concatenate([self._convolved(clips[i], None)[0] for i in _some(clips, rng)])
        at = (np.arange(1, self.kernels * self.thresholds + 1) * _GOLDEN % 1).reshape(self.kernels, self.thresholds)
        self._learned["widths"] = np.maximum(seen.std(0), 1e-3).astype(np.float32)
        seen.sort(0)
        rank = (at.T * (len(seen) - 1)).astype(int)
        self._learned["thresholds"] = np.ascontiguousarray(np.take_along_axis(seen, rank, 0).T)
        self._set()
        return self

    def start(self) -> Array | None:
        """Nothing seen: what comes first counts as having been so before."""
        return None

    def encode(self, x: Array, state: Array | None) -> tuple[Array, Array, Array]:
        """See `Encoder`; z is (t, kernels * thresholds + 2 c), the state what the kernels reach back to."""
        y, standard, state = self._convolved(x, state)
        t = len(y)
        soft = y[:, :, None] * self._slope + self._shift
        np.clip(soft, 0, 1, out=soft)
        square = np.square(np.clip(standard, -_FARTHEST, _FARTHEST))
        z = np.concatenate([soft.reshape(t, -1), standard, square], 1)
        return z, np.ones((t, 1), np.float32), state

    def arrays(self) -> dict[str, Array]:
        """What was learned, for a bundle."""
        if not self._learned:
            raise NotFittedError("expected an encoder that was fitted or loaded; call fit first")
        return dict(self._learned)

    @classmethod
    def from_arrays(cls, arrays: dict[str, Array]) -> RocketEncoder:
        """The encoder whose `arrays` these are."""
        encoder = cls(*arrays["thresholds"].shape)
        encoder._learned = dict(arrays)
        encoder._set()
        return encoder

    def _set(self) -> None:
        """What `encode` needs ready, from what was learned."""
        learned = self._learned
        self._channels = np.ascontiguousarray(learned["channels"].T)  # (m, kernels)
        self._signs = np.ascontiguousarray(learned["signs"].T)
        edges = np.searchsorted(learned["dilations"], np.unique(learned["dilations"]))
        bounds = zip(edges, [*edges[1:], self.kernels], strict=True)
        self._groups = [(int(learned["dilations"][a]), slice(int(a), int(b))) for a, b in bounds]
        self._reach = (_LENGTH - 1) * max(d for d, _ in self._groups)
        self._slope = (1 / learned["widths"])[:, None]
        self._shift = 0.5 - learned["thresholds"] * self._slope

    def _convolved(self, x: Array, state: Array | None) -> tuple[Array, Array, Array]:
        """(t, kernels), the standardised features (t, c) and the new state (reach, kernels)."""
        if not self._learned:
            raise NotFittedError("expected an encoder that was fitted or loaded; call fit first")
        standard = (checked_clip(x, len(self._learned["mean"])) - self._learned["mean"]) * self._learned["scale"]
        mixed = np.einsum("tmk,mk->tk", standard[:, self._channels], self._signs)
        past = np.repeat(mixed[:1], self._reach, 0) if state is None else state
        past = np.concatenate([past, mixed])
        y = np.zeros_like(mixed)
        for dilation, group in self._groups:
            for lag in range(_LENGTH):
                start = self._reach - lag * dilation
                y[:, group] += past[start : start + len(y), group] * self._learned["weights"][lag, group]
        return y, standard, past[-self._reach :]


def _kernels(count: int, rng: np.random.Generator) -> Array:
    """(9, count) float32: the 84 kernels over and over, of length 1."""
    twos = np.array(list(itertools.combinations(range(_LENGTH), 3)))
    kernels = np.full((len(twos), _LENGTH), -1.0, np.float32)
    np.put_along_axis(kernels, twos, 2.0, 1)
    kernels = kernels / np.float32(math.sqrt(18))
    return np.ascontiguousarray(kernels[rng.permutation(np.arange(count) % len(kernels))].T)


def _channels(count: int, usable: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """For each kernel up to nine channels (count, m) and their weights, 0 where there are fewer."""
    most = max(1, min(_MOST_CHANNELS, len(usable)))
    channels, signs = np.zeros((count, most), np.intp), np.zeros((count, most), np.float32)
    if not len(usable):
        return channels, signs
    for row in range(count):
        m = max(1, int(2 ** rng.uniform(0, math.log2(most + 1))))
        channels[row, :m] = rng.choice(usable, m, replace=False)
        signs[row, :m] = rng.choice([-1.0, 1.0], m) / math.sqrt(m)
    return channels, signs


def _some(clips: Sequence[Array], rng: np.random.Generator) -> list[int]:
    """Clips in random order until there are ticks enough."""
    order = rng.permutation(len(clips))
    ticks = np.cumsum([len(clips[i]) for i in order])
    return [int(i) for i in order[: int(np.searchsorted(ticks, _TICKS)) + 1]]
