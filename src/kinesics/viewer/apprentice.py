"""The nets while they learn: steps, averages of what was learned, and a file to go on from."""

from __future__ import annotations

import copy
import math
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch

from ..weights.bundle import pack, read_bundle, unpack, write_bundle
from .export import export, restore
from .inputs import FEATURES, FINE, INPUTS
from .learning import Studio
from .lessons import Lesson

__all__ = ["Apprentice"]

STEADY = 0.99  # share of the average that stays at each step
WORKERS = 2
WARM = 0.03  # share of training in which the rate rises


class Apprentice:
    """Learns to draw one person, or many.

    Args:
        start: graphs to begin from, by stage; {} for none.
        rate: of learning, at its highest.
        seed: of the first weights.
    """

    def __init__(self, *, start: Mapping[str, bytes], rate: float, seed: int = 0) -> None:
        self.studio, self.rate = Studio(seed), rate
        for name, net in self._nets().items():
            if name in start:
                restore(net, start[name])
        torch.set_num_threads(1)  # two threads with half a batch each do more than one net in two threads
        self.studios = [self.studio, *(self.studio.twin() for _ in range(WORKERS - 1))]
        self.average = copy.deepcopy(self._nets())
        self.optimiser = torch.optim.AdamW(self.studio.parameters(), lr=rate, weight_decay=1e-4, betas=(0.9, 0.98))
        self.taken = 0
        self._sums: dict[str, float] = {}

    def _nets(self) -> dict[str, torch.nn.Module]:
        return {"core": self.studio.core, "refiner": self.studio.refiner, "head": self.studio.head}

    def step(self, lessons: list[Lesson], share: float) -> None:
        """Learn from one batch; `share` of the training is over, 0 to 1."""
        rate = self.rate * min(share / WARM + 0.02, 1.0) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(share, 1.0))))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        parts = [lessons[i::WORKERS] for i in range(WORKERS) if lessons[i::WORKERS]]
        with ThreadPoolExecutor(len(parts)) as pool:
            told = list(pool.map(_gradients, self.studios, parts, [len(part) / len(lessons) for part in parts]))
        self._gather()
        torch.nn.utils.clip_grad_norm_(self.studio.parameters(), 0.5)
        self.optimiser.step()
        self.taken += 1
        steady = min(STEADY, self.taken / (self.taken + 10))
        with torch.no_grad():
            for name, net in self._nets().items():
                for kept, new in zip(self.average[name].parameters(), net.parameters(), strict=True):
                    kept.lerp_(new, 1 - steady)
        for by_tier in told:
            for tier, value in by_tier.items():
                self._sums[tier] = self._sums.get(tier, 0.0) + value
        self._sums["n"] = self._sums.get("n", 0.0) + 1

    def _gather(self) -> None:
        """The gradients of all threads into those of the first."""
        for same in zip(*(studio.parameters() for studio in self.studios), strict=True):
            parts = [p.grad for p in same if p.grad is not None]
            same[0].grad = torch.stack(parts).sum(0) if parts else None
            for p in same[1:]:
                p.grad = None

    def errors(self) -> dict[str, float]:
        """Mean loss of each tier since it was last asked."""
        count = self._sums.pop("n", 1.0)
        found = {tier: round(value / count, 5) for tier, value in self._sums.items()}
        self._sums = {}
        return found

    def nets(self) -> dict[str, bytes]:
        """Graphs of what has been learned, by stage."""
        core, refiner, head = (self.average[name] for name in ("core", "refiner", "head"))
        return {
            "core": export(core, {"x": (INPUTS, 64, 64)}, ["answer"]),
            "refiner": export(refiner, {"picture": (16, 128, 128), "features": (FEATURES, 64, 64)}, ["residual", "fine"]),
            "head": export(head, {"picture": (64, 128, 128), "fine": (FINE, 128, 128)}, ["residual"]),
        }

    def save(self, path: str | Path | None, done: int) -> None:
        """Write what is needed to go on; nothing if `path` is None."""
        if path is None:
            return
        state: dict[str, Any] = {}
        for name, net in self._nets().items():
            state |= {f"{name}/{key}": value.numpy() for key, value in net.state_dict().items()}
            state |= {f"average/{name}/{key}": value.numpy() for key, value in self.average[name].state_dict().items()}
        write_bundle(path, {"kind": "viewer-training", "done": done}, {"state.npz": pack(state)})

    def resume(self, path: str | Path | None) -> int:
        """Go on from a file that `save` wrote; the steps that were done, 0 if there is no file."""
        if path is None or not os.path.exists(path):
            return 0
        head, parts = read_bundle(path, "viewer-training")
        state = {key: torch.from_numpy(value) for key, value in unpack(parts["state.npz"]).items()}
        for name, net in self._nets().items():
            net.load_state_dict({k: state[f"{name}/{k}"] for k in net.state_dict()})
            self.average[name].load_state_dict({k: state[f"average/{name}/{k}"] for k in net.state_dict()})
        self.taken = int(head["done"])
        return self.taken


def _gradients(studio: Studio, lessons: list[Lesson], share: float) -> dict[str, float]:
    """One thread's part of a step: gradients by themselves, and the losses by tier."""
    for p in studio.parameters():
        p.grad = None
    loss, by_tier = studio.loss(lessons)
    (loss * share).backward()  # type: ignore[no-untyped-call]
    return {tier: value * share for tier, value in by_tier.items()}
