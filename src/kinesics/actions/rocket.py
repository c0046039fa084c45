"""Features of motion that need no training: random causal convolutions, and how often each is above a threshold.

After MiniRocket (Dempster, Schmidt and Webb, KDD 2021, arXiv 2012.08791): the 84 kernels of length 9 with three weights 2 and
six -1, on mixtures of a few channels drawn at random, at several dilations; thresholds are quantiles of what they give in
training. Three things differ. Convolutions look back only and shares are sums, so that both stream at constant cost. The
threshold is a ramp one standard deviation wide instead of a step: as fast, steadier, and better on every set tried. The kernels
sum to zero and so forget postures that are held; thresholds on the mixtures themselves, means and mean squares are added.
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
_REACH = (_LENGTH - 1) * max(_DILATIONS)  # ticks
_MOST_CHANNELS = 9  # in a mixture
_TICKS = 12_000  # most from which thresholds are learned
_GOLDEN = (math.sqrt(5) - 1) / 2  # its multiples, modulo 1, fill (0, 1) evenly
_FARTHEST = 8.0  # deviations beyond which a feature's mean square is cut


class RocketEncoder:
    """Random convolutions of features with soft thresholds, for means over spans.

    Args:
        mixtures: of channels, a third for each dilation: a multiple of 3.
        kernels: for each mixture.
        thresholds: for each kernel and each mixture.
    """

    def __init__(self, mixtures: int = 252, kernels: int = 4, thresholds: int = 2) -> None:
        if min(mixtures, kernels, thresholds) < 1 or mixtures % len(_DILATIONS):
            given = f"{mixtures}, {kernels}, {thresholds}"
            raise UsageError(f"mixtures, kernels, thresholds: expected at least 3, 1, 1 and mixtures by threes, got {given}")
        self.mixtures = mixtures
        self.kernels = kernels
        self.thresholds = thresholds
        self._learned: dict[str, Array] = {}

    def widths(self, channels: int) -> tuple[int, ...]:
        """Columns of z: kernels above thresholds, mixtures above thresholds, features, their squares."""
        return self.kernels * self.mixtures * self.thresholds, self.mixtures * self.thresholds, channels, channels

    @property
    def learned_(self) -> int:
        """Numbers that were read off from the training clips."""
        return sum(self._learned[name].size for name in ("mean", "scale", "thresholds", "widths")) if self._learned else 0

    def fit(self, clips: Sequence[Array], seed: int = 0) -> RocketEncoder:
        """Draw the kernels and learn scales and thresholds.

        Args:
            clips: each (t, c) float32, finite.
            seed: of everything random.
        """
        rng = np.random.default_rng(seed)
        mean, scale = standardiser(clips)
        channels, signs = _mixtures(self.mixtures, np.flatnonzero(scale), rng)
        both = self.mixtures * (1 + self.kernels)
        self._learned = {
            "mean": mean,
            "scale": scale,
            "channels": channels,
            "signs": signs,
            "weights": _kernels(self.mixtures, self.kernels, rng),
            "thresholds": np.zeros((self.thresholds, both), np.float32),
            "widths": np.ones(both, np.float32),
        }
        self._set()
        seen = np.concatenate([self._responses(clips[i], None)[0] for i in _some(clips, rng)])
        at = (np.arange(1, both * self.thresholds + 1) * _GOLDEN % 1).reshape(both, self.thresholds).T
        self._learned["widths"] = np.maximum(seen.std(0), 1e-3).astype(np.float32)
        seen.sort(0)
        self._learned["thresholds"] = np.take_along_axis(seen, (at * (len(seen) - 1)).astype(int), 0)
        self._set()
        return self

    def start(self) -> Array | None:
        """Nothing seen: what comes first counts as having been so before."""
        return None

    def encode(self, x: Array, state: Array | None, out: Array | None = None) -> tuple[Array, Array, Array]:
        """See `Encoder`; z is (t, sum of `widths`), written to `out` where that is given.

        The state is what the kernels reach back to.
        """
        responses, standard, state = self._responses(x, state)
        t, c = standard.shape
        z = np.empty((t, sum(self.widths(c))), np.float32) if out is None else out
        at, soft = self._columns()
        end = at * self.thresholds
        for given, shift, to in (
            (responses[:, :at], self._shift[:, :at], z[:, :end]),
            (responses[:, at:], self._shift[:, at:], z[:, end:soft]),
        ):
            above = to.reshape(t, *shift.shape)  # a view: one tick's columns are in a row
            np.add(given[:, None], shift, out=above)
        np.clip(z[:, :soft], 0, 1, out=z[:, :soft])
        z[:, soft : soft + c] = standard
        np.square(_cut(standard), out=z[:, soft + c :])
        return z, np.ones((t, 1), np.float32), state

    def sums(self, x: Array) -> tuple[Array, Array]:
        """What `encode` gives for a whole clip, added up over time: (f,) and (1,), without writing all of it down."""
        responses, standard, _ = self._responses(x, None)
        t, c = standard.shape
        at, soft = self._columns()
        total = np.empty(sum(self.widths(c)))
        above = np.empty_like(responses)
        for i, shift in enumerate(self._shift):
            np.add(responses, shift, out=above)
            np.clip(above, 0, 1, out=above)
            told = above.sum(0)
            total[i * at : (i + 1) * at] = told[:at]
            start = self.thresholds * at + i * self.mixtures
            total[start : start + self.mixtures] = told[at:]
        total[soft : soft + c] = standard.sum(0, dtype=np.float64)  # deviations are differences of these two
        total[soft + c :] = np.square(_cut(standard)).sum(0, dtype=np.float64)
        return total, np.array([t], np.float32)

    def _columns(self) -> tuple[int, int]:
        """How many kernels there are, and where what is above thresholds ends."""
        at = self.kernels * self.mixtures
        return at, (at + self.mixtures) * self.thresholds

    def arrays(self) -> dict[str, Array]:
        """What was learned, for a bundle."""
        if not self._learned:
            raise NotFittedError("expected an encoder that was fitted or loaded; call fit first")
        return dict(self._learned)

    @classmethod
    def from_arrays(cls, arrays: dict[str, Array]) -> RocketEncoder:
        """The encoder whose `arrays` these are."""
        mixtures, _, kernels = arrays["weights"].shape
        encoder = cls(mixtures, kernels, len(arrays["thresholds"]))
        encoder._learned = dict(arrays)
        encoder._set()
        return encoder

    def _set(self) -> None:
        """What `encode` needs ready, from what was learned."""
        learned = self._learned
        self._channels = np.ascontiguousarray(learned["channels"].T)  # (most, mixtures)
        self._signs = np.ascontiguousarray(learned["signs"].T)
        slope, at = 1 / learned["widths"], self.kernels * self.mixtures
        self._slope = slope[at:]
        kernels = learned["weights"] * slope[:at].reshape(self.mixtures, 1, self.kernels)
        self._weights = np.ascontiguousarray(kernels.transpose(0, 2, 1))  # (mixtures, kernels, 9)
        self._shift = 0.5 - learned["thresholds"] * slope
        lags = np.repeat(_DILATIONS, self.mixtures // len(_DILATIONS))[:, None] * np.arange(_LENGTH)
        rows = np.arange(self.mixtures)[:, None] * (_REACH + 1)
        self._latest = (rows + _REACH - lags)[..., None]  # (mixtures, 9, 1) where one tick's kernels look

    def _responses(self, x: Array, state: Array | None) -> tuple[Array, Array, Array]:
        """Of mixtures' kernels and mixtures (t, k), each over its width; the standardised features (t, c) and the new state.

        The state is (mixtures, reach).
        """
        if not self._learned:
            raise NotFittedError("expected an encoder that was fitted or loaded; call fit first")
        mean, scale = self._learned["mean"], self._learned["scale"]
        standard = (checked_clip(x, len(mean)) - mean) * scale
        t = len(standard)
        mixed = np.einsum("mkt,mk->kt", np.ascontiguousarray(standard.T).take(self._channels, 0), self._signs)
        past = np.concatenate([np.repeat(mixed[:, :1], _REACH, 1) if state is None else state, mixed], 1)
        m = len(mixed)
        if t == 1:
            windows = past.take(self._latest)
        else:
            windows = np.empty((m, _LENGTH, t), np.float32)
            for row, dilation in enumerate(_DILATIONS):
                group = slice(row * m // len(_DILATIONS), (row + 1) * m // len(_DILATIONS))
                windows[group] = _looking_back(past[group], t, dilation)
        responses = np.empty((t, (self.kernels + 1) * m), np.float32)
        kernels = responses[:, : self.kernels * m].reshape(t, m, self.kernels)
        kernels[:] = np.matmul(self._weights, windows).transpose(2, 0, 1)
        np.multiply(mixed.T, self._slope, out=responses[:, self.kernels * m :])
        return responses, standard, past[:, -_REACH:]


def _looking_back(past: Array, t: int, dilation: int) -> Array:
    """(m, time) to (m, 9, t): at each of the last `t` ticks what was there 0 to 8 times the dilation before; a view."""
    row, tick = past.strides
    last = past[:, past.shape[1] - t :]
    return np.lib.stride_tricks.as_strided(last, (len(past), _LENGTH, t), (row, -dilation * tick, tick), writeable=False)


def _cut(standard: Array) -> Array:
    return np.asarray(np.clip(standard, -_FARTHEST, _FARTHEST))


def _kernels(mixtures: int, count: int, rng: np.random.Generator) -> Array:
    """(mixtures, 9, count) float32: the 84 kernels over and over, of length 1."""
    twos = np.array(list(itertools.combinations(range(_LENGTH), 3)))
    kernels = np.full((len(twos), _LENGTH), -1.0, np.float32)
    np.put_along_axis(kernels, twos, 2.0, 1)
    kernels = kernels / np.float32(math.sqrt(18))
    drawn = kernels[rng.permutation(np.arange(mixtures * count) % len(kernels))]
    return np.ascontiguousarray(drawn.reshape(mixtures, count, _LENGTH).transpose(0, 2, 1))


def _mixtures(count: int, usable: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """For each mixture up to nine channels (count, m) and their weights, 0 where there are fewer."""
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
