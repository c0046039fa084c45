"""From a clip to what a head judges: the grid, features, an encoder, pooled over all of it or over every beginning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import UsageError
from ..types import PoseSequence, Skeleton
from ..types.arrays import Array
from .blend import BlendHead
from .encoding import Encoder, summed
from .features import Features, FeatureStream
from .grid import grid_clip, moment_count
from .joints import map_joints
from .training_set import two_or_one

__all__ = ["Reader", "fitting", "judged"]

PIECE = 1024  # moments that are worked on at once, so that an hour needs no more room than a minute


def fitting(clip: PoseSequence, body: Skeleton, dims: int, people: int) -> PoseSequence:
    """The clip as a model wants it: its joints by name, its people, its dimensions.

    Raises:
        UsageError: joints that cannot be mapped, or a flat clip where depth is needed.
    """
    if clip.points.shape[3] < dims:
        raise UsageError(
            "this model reads joints in 3D (metres) and the clip has joints in a picture; train it with view='2d' (--view 2d)"
        )
    clip = two_or_one(clip if clip.skeleton.joints == body.joints else map_joints(clip, body), people)
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

    def moments(self, clip: PoseSequence) -> Iterator[tuple[Array, Array]]:
        """Vectors z (t, f) and weight (t, g) of the moments, piece by piece; nothing where nobody is seen."""
        state = self.encoder.start()
        points, known = self._gridded(clip)
        if not known.any():
            return
        if len(points) <= PIECE:
            yield self.encoder.encode(self.features.of(points[None], known[None])[0], state)[:2]
            return
        stream = FeatureStream(self.features)
        for start in range(0, len(points), PIECE):
            piece = slice(start, start + PIECE)
            z, weight, state = self.encoder.encode(stream.push(points[piece], known[piece]), state)
            yield z, weight

    def pooled(self, clip: PoseSequence) -> Array | None:
        """(f,) over the whole clip; None where nobody is seen."""
        points, known = self._gridded(clip)
        if not known.any():
            return None
        if len(points) <= PIECE:
            return mean(*summed(self.encoder, self.features.of(points[None], known[None])[0]))
        z, weight = np.zeros(1), np.zeros(1)
        for some, weights in self.moments(clip):
            z, weight = z + some.sum(0, dtype=np.float64), weight + weights.sum(0, dtype=np.float64)
        return mean(z, weight)

    def _gridded(self, clip: PoseSequence) -> tuple[Array, Array]:
        layout = self.features.layout
        return grid_clip(fitting(clip, self.body, layout.dims, layout.people), layout.rate)

    def running(self, clip: PoseSequence) -> Iterator[Array]:
        """(t, f) over the clip up to every moment, piece by piece; nothing where nobody is seen."""
        before: tuple[Array | float, Array | float] = (0.0, 0.0)
        for moments in self.moments(clip):
            z, weight = (np.cumsum(part, 0, dtype=np.float64) + had for part, had in zip(moments, before, strict=True))
            before = z[-1], weight[-1]
            yield mean(z, weight)

    def beginnings(self, clip: PoseSequence, shares: Sequence[float]) -> Array | None:
        """(shares, f) over the clip up to each share of its moments, 0 to 1; None where nobody is seen."""
        count = moment_count(clip.times, self.features.layout.rate)
        at = np.clip(np.ceil(np.asarray(shares) * count).astype(int) - 1, 0, max(count - 1, 0))
        out, start = None, 0
        for piece in self.running(clip):
            out = np.empty((len(at), piece.shape[1]), np.float32) if out is None else out
            here = (at >= start) & (at < start + len(piece))
            out[here] = piece[at[here] - start]
            start += len(piece)
        return out


def judged(head: Any, pooled: Array, seconds: Array | float) -> Array:
    """Logits (n, c) of pooled vectors (n, f) after `seconds`; only a blend minds how long it was."""
    return np.asarray(head.logits(pooled, seconds) if isinstance(head, BlendHead) else head.logits(pooled))


def mean(z: Array, weight: Array) -> Array:
    """Sums (…, f) over weights (…, g)."""
    parts = z.reshape(*weight.shape, -1) / np.maximum(weight, 1e-9)[..., None]
    return np.asarray(parts.reshape(z.shape), np.float32)
