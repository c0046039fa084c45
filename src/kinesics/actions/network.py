"""The trained network at work, through ONNX Runtime: a clip at once or moment by moment, one graph for both."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..types.arrays import Array

__all__ = ["NetEncoder", "NetHead"]


class NetEncoder:
    """Features to attention-weighted channels, causally.

    Args:
        graph: bytes of the ONNX file that `export.py` writes: x and what each convolution remembers to z, weight and the same.
        parameters: how many numbers were learned.
    """

    def __init__(self, graph: bytes, parameters: int = 0) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.graph, self.parameters = graph, parameters
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._memories = [(i.name, tuple(i.shape[1:])) for i in self._session.get_inputs()[1:]]

    def start(self) -> list[Array]:
        """Nothing seen yet."""
        return [np.zeros((1, *shape), np.float32) for _, shape in self._memories]

    def encode(self, x: Array, state: Any) -> tuple[Array, Array, Any]:
        """(t, c) features to z (t, f), weight (t, g) and the new state."""
        given = dict(zip((name for name, _ in self._memories), state, strict=True))
        z, weight, *after = self._session.run(None, {"x": np.asarray(x, np.float32)[None], **given})
        return z[0], weight[0], after


class NetHead:
    """Pooled channels to classes: a linear answer of each stream, probabilities averaged.

    Args:
        weight: (streams, width, classes).
        bias: (streams, classes).
        early_weight, early_bias: the same for beginnings of actions,
        until: which are all that last less than these seconds.
    """

    def __init__(self, weight: Array, bias: Array, early_weight: Array, early_bias: Array, until: float) -> None:
        self.weight, self.bias = weight, bias
        self.early_weight, self.early_bias, self.until = early_weight, early_bias, until

    def logits(self, pooled: Array, seconds: Array | float = np.inf) -> Array:
        """(n, f) after `seconds` (n,) to (n, classes): logarithms of the mean probabilities."""
        pooled = np.asarray(pooled, np.float32)
        if np.ndim(seconds) == 0:
            if seconds >= self.until:
                return _averaged(pooled, self.weight, self.bias)
            return _averaged(pooled, self.early_weight, self.early_bias)
        late = np.broadcast_to(np.asarray(seconds) >= self.until, len(pooled))
        if late.all():
            return _averaged(pooled, self.weight, self.bias)
        out = _averaged(pooled, self.early_weight, self.early_bias)
        if late.any():
            out[late] = _averaged(pooled[late], self.weight, self.bias)
        return out

    def arrays(self) -> dict[str, Array]:
        """For a bundle."""
        early = {"early_weight": self.early_weight, "early_bias": self.early_bias, "until": np.array(self.until)}
        return {"weight": self.weight, "bias": self.bias, **early}

    @classmethod
    def from_arrays(cls, arrays: dict[str, Array]) -> NetHead:
        """Back from a bundle."""
        early = arrays["early_weight"], arrays["early_bias"], float(arrays["until"])
        return cls(arrays["weight"], arrays["bias"], *early)


def _averaged(pooled: Array, weight: Array, bias: Array) -> Array:
    streams, width, _ = weight.shape
    parts = pooled.reshape(-1, streams, width).transpose(1, 0, 2) @ weight + bias[:, None]
    parts -= parts.max(-1, keepdims=True)
    np.exp(parts, out=parts)
    parts /= parts.sum(-1, keepdims=True)
    return np.asarray(np.log(parts.sum(0) / streams + 1e-9))
