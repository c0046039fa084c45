"""How an embedding learns: performances of one kind of motion are to lie together, and apart from all others of a batch.

Supervised contrastive learning (Khosla et al., NeurIPS 2020) over many kinds of motion, a new handful each step. A motion's
mirror image, and the motion run backwards, are kinds of their own: four times as many kinds for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch.nn import functional

from ..types.arrays import Array
from .augment import Strength, augment
from .features import Features, streams
from .layout import Layout
from .net import StreamNet
from .training import one_cycle
from .training_set import TrainingSet

__all__ = ["EmbeddingRecipe", "Source", "answers", "learn_features", "train_embedding"]


@dataclass(frozen=True)
class Source:
    """Clips to learn from.

    Attributes:
        data: pieces of clips on the grid.
        labels: (n,) int, the kind of each piece.
        kinds: how many kinds of it a step takes, drawn with their variants.
    """

    data: TrainingSet
    labels: Array
    kinds: int


@dataclass(frozen=True)
class EmbeddingRecipe:
    """How to train.

    Attributes:
        steps: of the optimiser.
        examples: performances of a kind in a step.
        rate, decay: highest learning rate and weight decay of AdamW.
        temperature: of the contrast.
        reversed: share of the kinds that are run backwards.
        longest: moments; of longer pieces a part is taken.
        width, numbers: channels of a stream, and numbers of the embedding each stream gives.
        kernel, dilations: of the convolutions.
        dropout: share of the pooled channels left out.
        strength: of the augmentation.
    """

    steps: int = 3000
    examples: int = 2
    rate: float = 4e-3
    decay: float = 0.02
    temperature: float = 0.1
    reversed: float = 0.3
    longest: int = 48
    width: int = 64
    numbers: int = 64
    kernel: int = 5
    dilations: tuple[int, ...] = (1, 2, 4)
    dropout: float = 0.0
    strength: Strength = field(default_factory=lambda: Strength(pace=0.35, turn=15.0, noise=0.03))


def learn_features(data: TrainingSet, layout: Layout, recipe: EmbeddingRecipe, rng: np.random.Generator) -> Features:
    """Features standardised over a thousand augmented pieces."""
    rows = rng.permutation(len(data))[:1000]
    points, known, lengths = augment(data.points[rows], data.known[rows], data.lengths[rows], layout, recipe.strength, rng)
    return Features.of_pieces(layout, points, known, lengths)


def train_embedding(
    sources: Sequence[Source],
    features: Features,
    recipe: EmbeddingRecipe,
    *,
    seed: int,
    start: StreamNet | None = None,
    progress: Callable[[int, float], object] | None = None,
) -> StreamNet:
    """Train on all of the sources together.

    Args:
        sources: at least one; labels of different sources never mean the same.
        features: standardised.
        recipe: how.
        seed: of all chance.
        start: a network to go on from; by default a new one.
        progress: told the step and the loss now and then; a true answer ends training there.

    Returns:
        the network, in evaluation mode.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = start or new_net(features, recipe)
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    rows = [{kind: np.flatnonzero(source.labels == kind) for kind in np.unique(source.labels)} for source in sources]
    net.train()
    for step in range(recipe.steps):
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * one_cycle(step / recipe.steps)
        parts, kinds, first = [], [], 0
        for source, by_kind in zip(sources, rows, strict=True):
            part, kind = _batch(source, by_kind, features, recipe, rng)
            parts.append(part)
            kinds.append(kind + first)
            first += 4 * (int(source.labels.max()) + 1)
        x, mask = _together(parts)
        loss = _contrast(_joined(net(x, mask)), torch.from_numpy(np.concatenate(kinds)), recipe.temperature)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        if progress is not None and step % 50 == 49 and progress(step + 1, loss.item()):
            break
    return net.eval()


def new_net(features: Features, recipe: EmbeddingRecipe) -> StreamNet:
    """A network that has learned nothing."""
    return StreamNet(streams(features.layout), recipe.numbers, recipe.width, recipe.kernel, recipe.dilations, recipe.dropout)


def answers(net: StreamNet, data: TrainingSet, features: Features, batch: int = 200) -> Array:
    """What the network says of whole pieces: (n, streams * numbers) float32 of length 1."""
    rows = [np.arange(a, min(a + batch, len(data))) for a in range(0, len(data), batch)]
    net.eval()
    with torch.no_grad():
        out = [_joined(net(*_ready(data.points[r], data.known[r], data.lengths[r], features))) for r in rows]
    return np.asarray(torch.cat(out).numpy())


def _batch(
    source: Source, by_kind: dict[int, Array], features: Features, recipe: EmbeddingRecipe, rng: np.random.Generator
) -> tuple[tuple[torch.Tensor, torch.Tensor], Array]:
    """Performances of some kinds: features and mask, and the kind of each (4 variants a label)."""
    variants = np.array([(label, v) for label in by_kind for v in range(2)])
    chosen = variants[rng.permutation(len(variants))[: source.kinds]]
    chosen[:, 1] += 2 * (rng.random(len(chosen)) < recipe.reversed)
    at = np.concatenate(
        [
            rng.choice(by_kind[label], recipe.examples, replace=len(by_kind[label]) < recipe.examples)
            for label, _ in chosen.tolist()
        ]
    )
    variant = np.repeat(chosen[:, 1], recipe.examples)
    data = source.data
    points, known, lengths = _cut(data.points[at], data.known[at], data.lengths[at], recipe.longest, rng)
    points, known = _varied(points, known, lengths, variant, features.layout)
    points, known, lengths = augment(points, known, lengths, features.layout, recipe.strength, rng)
    return _ready(points, known, lengths, features), np.repeat(chosen[:, 0], recipe.examples) * 4 + variant


def _cut(points: Array, known: Array, lengths: Array, longest: int, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """A part of what is longer than `longest` moments."""
    start = (np.maximum(lengths - longest, 0) * rng.random(len(lengths))).astype(int)
    at = np.minimum(start[:, None] + np.arange(min(longest, points.shape[1]))[None], points.shape[1] - 1)
    row = np.arange(len(points))[:, None]
    return points[row, at], known[row, at], np.minimum(lengths, longest)


def _varied(points: Array, known: Array, lengths: Array, variant: Array, layout: Layout) -> tuple[Array, Array]:
    """Variant 1 and 3: mirrored; 2 and 3: backwards."""
    points, known = points.copy(), known.copy()
    flip, order = variant % 2 == 1, list(layout.mirror)
    points[flip] = points[flip][:, :, :, order] * np.array([-1, 1, 1][: points.shape[-1]], np.float32)
    known[flip] = known[flip][:, :, :, order]
    for i in np.flatnonzero(variant >= 2):
        n = int(lengths[i])
        points[i, :n], known[i, :n] = points[i, :n][::-1].copy(), known[i, :n][::-1].copy()
        points[i, n:], known[i, n:] = points[i, n - 1], known[i, n - 1]
    return points, known


def _ready(points: Array, known: Array, lengths: Array, features: Features) -> tuple[torch.Tensor, torch.Tensor]:
    longest = int(lengths.max())
    points, known = points[:, :longest], known[:, :longest]
    mask = np.arange(longest)[None] < lengths[:, None]
    x = features.of(points, known).astype(np.float32) * mask[..., None]
    return torch.from_numpy(np.ascontiguousarray(x.transpose(0, 2, 1))), torch.from_numpy(mask[:, None].astype(np.float32))


def _together(parts: list[tuple[torch.Tensor, torch.Tensor]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(x.shape[2] for x, _ in parts)
    padded = [[functional.pad(value, (0, longest - value.shape[2])) for value in part] for part in parts]
    return torch.cat([x for x, _ in padded]), torch.cat([mask for _, mask in padded])


def _joined(out: torch.Tensor) -> torch.Tensor:
    """(b, streams, numbers) to (b, streams * numbers) of length 1, each stream with an equal say."""
    even: torch.Tensor = functional.normalize(out, dim=2).flatten(1) / float(out.shape[1] ** 0.5)
    return even


def _contrast(rows: torch.Tensor, kinds: torch.Tensor, temperature: float) -> torch.Tensor:
    """Supervised contrastive loss, the form with the sum outside the logarithm."""
    likeness = rows @ rows.T / temperature
    self_ = torch.eye(len(rows), dtype=torch.bool)
    likeness = likeness.masked_fill(self_, -1e4)
    same = (kinds[:, None] == kinds[None]) & ~self_
    share: torch.Tensor = (likeness - likeness.logsumexp(1, keepdim=True)) * same
    loss: torch.Tensor = -(share.sum(1) / same.sum(1).clamp(min=1)).mean()
    return loss
