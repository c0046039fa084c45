"""From a clip to what a head judges: the grid, features, an encoder, pooled over all of it or over every beginning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import UsageError
from ..types import PoseSequence, Skeleton
from ..types.arrays import Array
from .encoding import Encoder
from .features import Features
from .grid import grid_clip
from .joints import map_joints
from .network import NetHead
from .training_set import two_or_one

__all__ = ["Reader", "fitting", "judged"]


def fitting(clip: PoseSequence, body: Skeleton, dims: int, people: int) -> PoseSequence:
    """The clip as a model wants it: its joints by name, its people, its dimensions.

    Raises:
        UsageError: joints that cannot be mapped, or a flat clip where depth is needed.
    """
    if clip.points.shape[3] < dims:
        raise UsageError(
            "this model reads joints in 3D (metres) and the clip has joints in a picture; train it with view='2d' (--view 2d)"
        )
    clip = two_or_one(map_joints(clip, body), people)
    if clip.points.shape[3] > dims:
        clip = PoseSequence(clip.points[..., :dims], clip.scores, clip.times, clip.skeleton, clip.ids, clip.size)
    return clip


@dataclass(frozen=True)
class Reader:
    """Clips to pooled vectors.

    Attributes:
        features: of the model.
        encoder: fitted.
        body: names of the joints.
    """

    features: Features
    encoder: Encoder
    body: Skeleton

    def moments(self, clip: PoseSequence) -> tuple[Array, Array] | None:
        """Vectors z (t, f) and weight (t, g) of each moment; None where nobody is seen."""
        layout = self.features.layout
        points, known = grid_clip(fitting(clip, self.body, layout.dims, layout.people), layout.rate)
        if not known.any():
            return None
        z, weight, _ = self.encoder.encode(self.features.of(points[None], known[None])[0], self.encoder.start())
        return z, weight

    def pooled(self, clip: PoseSequence) -> Array | None:
        """(f,) over the whole clip; None where nobody is seen."""
        moments = self.moments(clip)
        return None if moments is None else mean(moments[0].sum(0), moments[1].sum(0))

    def beginnings(self, clip: PoseSequence, shares: Sequence[float] | None = None) -> Array | None:
        """(m, f) over the clip up to every moment, or up to each share of it; None where nobody is seen."""
        moments = self.moments(clip)
        if moments is None:
            return None
        z, weight = (np.cumsum(part, 0, dtype=np.float64) for part in moments)
        if shares is not None:
            at = np.clip(np.ceil(np.asarray(shares) * len(z)).astype(int) - 1, 0, len(z) - 1)
            z, weight = z[at], weight[at]
        return mean(z, weight)


def judged(head: Any, pooled: Array, seconds: Array | float) -> Array:
    """Logits (n, c) of pooled vectors (n, f) after `seconds`; only the network's head minds how long it was."""
    return np.asarray(head.logits(pooled, seconds) if isinstance(head, NetHead) else head.logits(pooled))


def mean(z: Array, weight: Array) -> Array:
    """Sums (…, f) over weights (…, g)."""
    parts = z.reshape(*weight.shape, -1) / np.maximum(weight, 1e-9)[..., None]
    return np.asarray(parts.reshape(z.shape), np.float32)
