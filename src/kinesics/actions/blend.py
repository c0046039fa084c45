"""The network and random convolutions side by side: two ways to see the same movement that err differently.

Their answers are averaged as logarithms of probabilities (a product of experts; Hinton 2002). For the beginning of an action
each has a head of its own, which learned from beginnings.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..types.arrays import Array
from .calibration import softmax
from .network import NetEncoder, NetHead
from .ridge import RidgeHead
from .rocket import RocketEncoder

__all__ = ["BlendEncoder", "BlendHead"]

LATE, EARLY = 0.25, 0.6  # share of the random convolutions in answers to whole actions (usually) and to beginnings


class BlendEncoder:
    """Features to the network's channels and, beside them, the random convolutions'.

    Args:
        net, rocket: fitted.
        width: channels of one weight of the network; the convolutions' are filled up with zeros to a multiple of it.
    """

    def __init__(self, net: NetEncoder, rocket: RocketEncoder, width: int) -> None:
        self.net, self.rocket, self.width = net, rocket, width

    def start(self) -> Any:
        """Nothing seen yet."""
        return self.net.start(), self.rocket.start()

    def encode(self, x: Array, state: Any) -> tuple[Array, Array, Any]:
        """See `Encoder`."""
        first, weight, before = self.net.encode(x, state[0])
        start, end, columns = self._columns(first.shape[1], x.shape[1])
        z = np.empty((len(first), columns), np.float32)
        z[:, :start], z[:, end:] = first, 0
        past = self.rocket.encode(x, state[1], z[:, start:end])[2]
        weights = np.ones((len(z), weight.shape[1] + (columns - start) // self.width), np.float32)
        weights[:, : weight.shape[1]] = weight
        return z, weights, (before, past)

    def sums(self, x: Array) -> tuple[Array, Array]:
        """What `encode` gives for a whole clip, added up over time: (f,) and (g,)."""
        first, weight, _ = self.net.encode(x, self.net.start())
        start, end, columns = self._columns(first.shape[1], x.shape[1])
        z = np.zeros(columns)
        z[:start], z[start:end] = first.sum(0), self.rocket.sums(x)[0]
        weights = np.full(weight.shape[1] + (columns - start) // self.width, len(x), np.float32)
        weights[: weight.shape[1]] = weight.sum(0)
        return z, weights

    def _columns(self, start: int, channels: int) -> tuple[int, int, int]:
        """Where the random convolutions' columns start and end, and how many there are in all."""
        end = start + sum(self.rocket.widths(channels))
        return start, end, end + (start - end) % self.width


class BlendHead:
    """Pooled vectors to classes.

    Args:
        net: reads the first columns; it knows how long beginnings last.
        late, early: read those after them; early None: the network alone answers for beginnings.
        left_out: what `late` and `early` say of clips they did not learn from, by the share that is seen; not saved.
        share: of the random convolutions in the answer to whole actions.
    """

    def __init__(
        self,
        net: NetHead,
        late: RidgeHead,
        early: RidgeHead | None,
        left_out: dict[float, tuple[Array, Array]] | None = None,
        share: float = LATE,
    ) -> None:
        self.net, self.late, self.early, self.left_out, self.share = net, late, early, left_out or {}, share

    def parts(self, pooled: Array) -> tuple[Array, Array]:
        """(n, f) of whole actions to logarithms of probabilities (n, classes): the network's, the random convolutions'."""
        return self.net.logits(self.place(pooled)), _sure(self.late.logits(self.rocket_columns(pooled)))

    def rocket_columns(self, pooled: Array) -> Array:
        """Those of pooled vectors (n, f) that the random convolutions gave."""
        return pooled[:, self._first : self._first + self.late.columns_]

    def logits(self, pooled: Array, seconds: Array | float = np.inf) -> Array:
        """(n, f) after `seconds` (n,) to (n, classes): mean logarithms of probabilities."""
        out = self.net.logits(self.place(pooled), seconds)
        rows = self.rocket_columns(pooled)
        if np.ndim(seconds) == 0:
            head, share = (self.late, self.share) if seconds >= self.net.until else (self.early, EARLY)
            return out if head is None else _mixed(out, head.logits(rows), share)
        late = np.broadcast_to(np.asarray(seconds) >= self.net.until, len(pooled))
        for head, which, share in ((self.late, late, self.share), (self.early, ~late, EARLY)):
            if head is not None and which.any():
                out[which] = _mixed(out[which], head.logits(rows[which]), share)
        return out

    def place(self, pooled: Array) -> Array:
        """The columns that tell where a movement lies among others: the network's."""
        return pooled[..., : self._first]

    @property
    def _first(self) -> int:
        """Of the random convolutions' columns: the network's are before it."""
        streams, width, _ = self.net.weight.shape
        return int(streams * width)

    def arrays(self) -> dict[str, Array]:
        """For a bundle."""
        parts: dict[str, Any] = {"net": self.net, "late": self.late, "early": self.early}
        arrays = {f"{part}.{name}": v for part, head in parts.items() if head is not None for name, v in head.arrays().items()}
        return {**arrays, "blend.share": np.array(self.share)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, Array]) -> BlendHead:
        """Back from a bundle."""
        parts: dict[str, dict[str, Array]] = {"net": {}, "late": {}, "early": {}, "blend": {}}
        for key, value in arrays.items():
            part, _, name = key.partition(".")
            parts[part][name] = value
        early = RidgeHead.from_arrays(parts["early"]) if parts["early"] else None
        share = float(parts["blend"]["share"])
        return cls(NetHead.from_arrays(parts["net"]), RidgeHead.from_arrays(parts["late"]), early, share=share)


def _mixed(net: Array, rocket: Array, share: float) -> Array:
    """Logarithms of probabilities (n, classes) of the network, and logits of the random convolutions, weighed."""
    return net + share * (_sure(rocket) - net)


def _sure(logits: Array) -> Array:
    """Logits (n, classes) to logarithms of probabilities."""
    return np.asarray(np.log(softmax(logits) + 1e-9))
