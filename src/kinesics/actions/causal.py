"""A trained stream network at work in plain numpy: causal convolutions, a moment or a clip at a time.

Small networks spend their time on the way in and out of a runtime; this one needs none and loads in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..types import Array

__all__ = ["CausalEncoder", "channel_counts"]

STEEPEST = 6.0  # the logarithm of an attention weight, at most; as in net.py


def channel_counts(arrays: Mapping[str, Array]) -> tuple[int, int]:
    """(streams, channels of each) of a network's arrays."""
    streams = sum(name.startswith("stems.") and name.endswith(".weight") for name in arrays)
    return streams, arrays["stems.0.weight"].shape[0]


class CausalEncoder:
    """Features to attention-weighted channels, by the law of `encoding.Encoder`.

    Args:
        arrays: parameters of a `StreamNet` by their names there; normalisation is folded into the convolutions here.
        spans: (start, end) of each stream in the features.
        dilations: of the convolutions.
    """

    def __init__(self, arrays: Mapping[str, Array], spans: list[tuple[int, int]], dilations: tuple[int, ...]) -> None:
        given = {name: np.asarray(value, np.float32) for name, value in arrays.items()}
        self.spans, self.dilations = spans, dilations
        self.streams, self.width = channel_counts(given)
        factor, offset = _affine(given, "stem_norm")
        self._stems = []
        for i in range(self.streams):
            rows = slice(i * self.width, (i + 1) * self.width)
            weight = given[f"stems.{i}.weight"][:, :, 0] * factor[rows, None]
            bias = given[f"stems.{i}.bias"] * factor[rows] + offset[rows]
            self._stems.append((np.ascontiguousarray(weight.T), bias))
        self._layers = []
        for i in range(len(dilations)):
            factor, offset = _affine(given, f"norms.{i}")
            weight = (given[f"convolutions.{i}.weight"] * factor[:, None, None]).reshape(
                self.streams, self.width, self.width, -1
            )
            # (g, out, in, kernel) -> (g, kernel * in, out)
            self._layers.append(
                (np.ascontiguousarray(weight.transpose(0, 3, 2, 1).reshape(self.streams, -1, self.width)), offset)
            )
        self.kernel = given["convolutions.0.weight"].shape[2]
        self._attention = given["attention.weight"].reshape(self.streams, self.width), given["attention.bias"]

    def start(self) -> list[Array]:
        """Nothing seen yet: the past of each convolution, (moments, channels)."""
        channels = self.streams * self.width
        return [np.zeros((d * (self.kernel - 1), channels), np.float32) for d in self.dilations]

    def encode(self, x: Array, state: Any) -> tuple[Array, Array, list[Array]]:
        """(t, c) features to z (t, f), weight (t, g) and the new state."""
        x = np.asarray(x, np.float32)
        h = np.concatenate([x[:, a:b] @ w + bias for (a, b), (w, bias) in zip(self.spans, self._stems, strict=True)], axis=1)
        np.maximum(h, 0, out=h)
        after = []
        for (weight, offset), dilation, past in zip(self._layers, self.dilations, state, strict=True):
            whole = np.concatenate([past, h])  # (past + t, channels)
            after.append(whole[len(whole) - len(past) :].copy())
            h = h + self._step(whole, weight, offset, dilation, len(x))
        groups = h.reshape(len(x), self.streams, self.width)
        score = (groups * self._attention[0]).sum(-1) + self._attention[1]
        each = np.exp(np.clip(score, -STEEPEST, STEEPEST))
        return (groups * each[..., None]).reshape(len(x), -1), each, after

    def _step(self, whole: Array, weight: Array, offset: Array, dilation: int, t: int) -> Array:
        taps = [whole[k * dilation : k * dilation + t].reshape(t, self.streams, self.width) for k in range(self.kernel)]
        seen = np.stack(taps, axis=2).transpose(1, 0, 2, 3).reshape(self.streams, t, -1)  # (g, t, kernel * in)
        out = (seen @ weight).transpose(1, 0, 2).reshape(t, -1) + offset
        return np.asarray(np.maximum(out, 0))


def _affine(arrays: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    factor = arrays[f"{name}.gain"] / np.sqrt(arrays[f"{name}.spread"] + 1e-4)
    return factor, arrays[f"{name}.bias"] - arrays[f"{name}.mean"] * factor
