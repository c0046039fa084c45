"""How the network learns: other performances of every clip each round, one cycle of the learning rate, beginnings too."""

from __future__ import annotations

import time as clocks
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from ..types.arrays import Array
from .augment import Strength, augment, unsettle
from .features import Features, streams
from .layout import Layout
from .net import StreamNet
from .reference import Reference
from .training_set import TrainingSet

__all__ = ["Recipe", "parameters", "train_net"]

Progress = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        width, kernel, dilations: of the network.
        epochs: times round the clips; more where there are few (`steps` at least), fewer where there are many.
        steps: of the optimiser, at least.
        batch: clips a step.
        rate, decay: highest learning rate and weight decay of AdamW (Loshchilov and Hutter 2019).
        smoothing: of the labels (Szegedy et al. 2016).
        dropout: share of pooled features left out.
        strength: of the augmentation.
    """

    width: int = 64
    kernel: int = 5
    dilations: tuple[int, ...] = (1, 2, 4)
    epochs: int = 45
    steps: int = 450
    batch: int = 32
    rate: float = 4e-3
    decay: float = 0.05
    smoothing: float = 0.1
    dropout: float = 0.3
    strength: Strength = field(default_factory=Strength)


def train_net(
    data: TrainingSet,
    labels: Array,
    classes: int,
    features: Features,
    recipe: Recipe,
    *,
    seed: int,
    seconds: float = float("inf"),
    progress: Progress | None = None,
) -> StreamNet:
    """Train on all of `data`.

    Args:
        data: n pieces of clips.
        labels: (n,) class of each piece.
        classes: how many there are.
        features: standardised as learned from these pieces.
        recipe: how.
        seed: of all chance.
        seconds: wall time it may take; the learning rate comes down in time.
        progress: told of every time round; a true answer ends training there.

    Returns:
        the network, in evaluation mode.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = _new_net(features.layout, classes, recipe)
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    a_round = -(-len(data) // recipe.batch)
    rounds = max(recipe.epochs, -(-recipe.steps // a_round))
    target = torch.from_numpy(labels.astype(np.int64))
    start, step = clocks.perf_counter(), 0
    for turn in range(rounds):
        x, mask, lengths = _performances(data, features, recipe, rng)
        confusion, losses = np.zeros((classes, classes), int), []
        for rows in _batches(len(data), recipe.batch, rng):
            share = max(step / (rounds * a_round), (clocks.perf_counter() - start) / seconds)
            for group in optimiser.param_groups:
                group["lr"] = recipe.rate * one_cycle(share)
            longest = int(lengths[rows].max())
            net.train()
            h, weight = net.trunk(x[rows, :, :longest], mask[rows, :, :longest])
            out = net.answer(net.pooled(h, weight))
            loss = _loss(out, target[rows], recipe)
            early = net.early_answer(net.pooled(h.detach(), weight.detach(), _beginnings(lengths[rows], rng)))
            loss = loss + _loss(early, target[rows], recipe)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            step += 1
            losses.append(loss.item())
            np.add.at(confusion, (target[rows].numpy(), out.softmax(-1).mean(1).argmax(1).numpy()), 1)
        spent = clocks.perf_counter() - start
        told = {
            "step": turn + 1,
            "steps": rounds,
            "seconds": spent,
            "loss": float(np.mean(losses)),
            "accuracy": float(np.trace(confusion)) / len(data),
            "confusion": confusion,
        }
        if (progress is not None and progress(told)) or spent > seconds:
            break
    return net.eval()


def parameters(layout: Layout, classes: int, recipe: Recipe) -> int:
    """Numbers that a network of a layout learns."""
    return sum(p.numel() for p in _new_net(layout, classes, recipe).parameters())


def _new_net(layout: Layout, classes: int, recipe: Recipe) -> StreamNet:
    return StreamNet(streams(layout), classes, recipe.width, recipe.kernel, recipe.dilations, recipe.dropout)


def _loss(out: torch.Tensor, target: torch.Tensor, recipe: Recipe) -> torch.Tensor:
    """Cross-entropy of every stream's answer (b, g, c)."""
    wanted = target[:, None].expand(-1, out.shape[1])
    return functional.cross_entropy(out.flatten(0, 1), wanted.flatten(), label_smoothing=recipe.smoothing)


def one_cycle(share: float) -> float:
    """Factor of the learning rate after a share of training: up in a sixth of it, down as a cosine (Smith and Topin 2019)."""
    if share < 0.15:
        return float(0.04 + 0.96 * (1 - np.cos(np.pi * share / 0.15)) / 2)
    return float(1e-4 + (1 - 1e-4) * (1 + np.cos(np.pi * min((share - 0.15) / 0.85, 1.0))) / 2)


def _performances(
    data: TrainingSet, features: Features, recipe: Recipe, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """New performances of all clips: features (n, c, t), mask (n, 1, t), lengths (n,)."""
    layout = features.layout
    points, known, lengths = augment(data.points, data.known, data.lengths, layout, recipe.strength, rng)
    longest = int(lengths.max())
    points, known = points[:, :longest], known[:, :longest]
    placed, roots = unsettle(*Reference(layout).place(points, known), layout, recipe.strength, rng)
    x = features.placed(placed, known, roots)
    mask = np.arange(longest)[None] < lengths[:, None]
    x *= mask[..., None]
    ready = torch.from_numpy(np.ascontiguousarray(x.transpose(0, 2, 1), np.float32))
    return ready, torch.from_numpy(mask[:, None].astype(np.float32)), torch.from_numpy(lengths)


def _batches(count: int, size: int, rng: np.random.Generator) -> list[torch.Tensor]:
    """Shuffled rows, in batches of nearly equal size."""
    order = rng.permutation(count)
    return [torch.from_numpy(rows) for rows in np.array_split(order, max(1, -(-count // size))) if len(rows)]


def _beginnings(lengths: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    shares = torch.from_numpy(rng.uniform(0.15, 1.0, len(lengths)))
    return torch.clamp(torch.ceil(lengths * shares), min=2)
