"""A whole body from what a forest says, in three steps: a first guess, then twice better by looking at the votes around it.

After Dollár et al., "Cascaded pose regression" (2010): each step is learned from what the one before it got wrong.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..bodies import PARTS, part_mirror
from ..types import Array
from .anatomy import VOTED, mirror_order
from .perceptron import Perceptron, fit_perceptron

STEPS = 3
_REACH = 0.6  # metres: votes that gather farther from a joint are not meant for it
_STRONGER = 0.02  # metres that a place may lie farther away for each unit of its strength's logarithm
_FLIP = np.array([-1, 1, 1], np.float32)
_FIRST = 1024  # numbers in each hidden layer of the first step
_AGREE = 1.5  # two looks at one picture count for as many independent ones


@dataclass(frozen=True)
class Guess:
    """Bodies in the frame of `Evidence`.

    Attributes:
        joints: (n, 23, 3) metres.
        spread: (n, 23) metres, how far from the truth they may be.
        swap: (n,) chance that left and right are exchanged.
    """

    joints: Array
    spread: Array
    swap: Array

    def settled(self) -> Guess:
        """The same with the sides that are more likely."""
        return self.exchanged(self.swap > 0.5)

    def mirrored(self) -> Guess:
        """The same seen in a mirror."""
        order = mirror_order()
        return Guess(self.joints[:, order] * _FLIP, self.spread[:, order], self.swap)

    def exchanged(self, rows: Array) -> Guess:
        """The same with left and right exchanged in these rows, (n,) bool."""
        order = mirror_order()
        joints = np.where(rows[:, None, None], self.joints[:, order], self.joints)
        spread = np.where(rows[:, None], self.spread[:, order], self.spread)
        return Guess(joints, spread, np.where(rows, 1 - self.swap, self.swap))


@dataclass(frozen=True)
class Nearby:
    """Of each joint the place where votes gather that it most likely means.

    Attributes:
        way: (n, 23, 3) metres from the joint to that place, 0 where there is none.
        strength: (n, 23) logarithm of its strength, 0 where there is none.
    """

    way: Array
    strength: Array


def nearby(joints: Array, modes: Array, strengths: Array) -> Nearby:
    """The place of each joint's modes (n, 23, m, 3) that is nearest to it, a stronger one counting as nearer."""
    way = modes - joints[:, :, None]
    strong = np.log1p(strengths * 1e3)
    far = np.linalg.norm(way, axis=-1)
    cost = np.where(np.isfinite(far) & (far < _REACH), far - _STRONGER * strong, np.inf)
    best = cost.argmin(axis=-1)[..., None]
    there = np.isfinite(np.take_along_axis(cost, best, -1)[..., 0])
    chosen = np.take_along_axis(way, best[..., None], 2)[:, :, 0]
    return Nearby(
        np.where(there[..., None], chosen, 0).astype(np.float32),
        np.where(there, np.take_along_axis(strong, best, -1)[..., 0], 0).astype(np.float32),
    )


@dataclass(frozen=True)
class Cascade:
    """Three networks, each on from the other."""

    nets: tuple[Perceptron, ...]

    def first(self, features: Array) -> Guess:
        """A first guess from features (n, f) of the evidence: what is seen and what a mirror would show, together."""
        both = _looked(self.nets[0], features, mirrored_features(features))
        straight, mirrored = both[0].settled(), both[1].mirrored().settled()
        as_is = np.linalg.norm(straight.joints - mirrored.joints, axis=-1).mean(axis=1)
        crossed = np.linalg.norm(straight.joints - mirrored.joints[:, mirror_order()], axis=-1).mean(axis=1)
        mirrored = mirrored.exchanged(crossed < as_is)
        odds = (odds_of(straight.swap) + odds_of(mirrored.swap)) / _AGREE
        return Guess((straight.joints + mirrored.joints) / 2, (straight.spread + mirrored.spread) / 2, 1 / (1 + np.exp(-odds)))

    def better(self, guess: Guess, modes: Array, strengths: Array) -> Guess:
        """The guess, its sides settled, after the other steps; modes (n, 23, m, 3) in the same frame, strengths (n, 23, m)."""
        for net in self.nets[1:]:
            guess = _moved(net, guess, _around(guess, modes, strengths))
        return guess

    def arrays(self) -> dict[str, Array]:
        """All it has learned, by name."""
        held: dict[str, Array] = {}
        for i, net in enumerate(self.nets):
            held |= {f"mean_{i}": net.mean, f"scale_{i}": net.scale}
            held |= {f"layer_{i}_{k}": layer.astype(np.float16) for k, layer in enumerate(net.layers)}
        return held

    @classmethod
    def of(cls, arrays: Mapping[str, Any]) -> Cascade:
        """What `arrays` gave."""
        return cls(
            tuple(
                Perceptron(
                    arrays[f"mean_{i}"],
                    arrays[f"scale_{i}"],
                    tuple(np.asarray(arrays[f"layer_{i}_{k}"], np.float32) for k in range(6)),
                    len(VOTED),
                )
                for i in range(STEPS)
            )
        )


def fit_cascade(
    features: Array,
    joints: Array,
    modes: Array,
    strengths: Array,
    *,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> Cascade:
    """Learn the three steps.

    Args:
        features: (n, f) of the evidence.
        joints: (n, 23, 3) the truth in its frame.
        modes: (n, 23, m, 3) in that frame, NaN for none.
        strengths: (n, 23, m).
        seed: of all chance.
        progress: is told the share done.
    """
    order = mirror_order()
    nets = [
        fit_perceptron(
            features, joints, order, flipped=mirrored_features, hidden=_FIRST, seed=seed,
            progress=functools.partial(_tell, progress, 0),
        )
    ]  # fmt: skip
    guess = Cascade(tuple(nets)).first(features).settled()
    for step in range(1, STEPS):
        around = _around(guess, modes, strengths)
        net = fit_perceptron(
            around, joints - guess.joints, order, flipped=_mirrored_around, exchange=False, seed=seed + step,
            progress=functools.partial(_tell, progress, step),
        )  # fmt: skip
        nets.append(net)
        guess = _moved(net, guess, around)
    return Cascade(tuple(nets))


def _moved(net: Perceptron, guess: Guess, around: Array) -> Guess:
    """The guess after one of the later steps, which looks straight and in a mirror."""
    straight, mirrored = _looked(net, around, _mirrored_around(around))
    other = mirrored.mirrored()
    return Guess(guess.joints + (straight.joints + other.joints) / 2, (straight.spread + other.spread) / 2, guess.swap)


def _looked(net: Perceptron, straight: Array, mirrored: Array) -> tuple[Guess, Guess]:
    """What a network says of both, which are read together: its weights cross the memory once."""
    said, n = net(np.concatenate([straight, mirrored])), len(straight)
    return Guess(*(part[:n] for part in said)), Guess(*(part[n:] for part in said))


def odds_of(chance: Array) -> Array:
    """Logarithm of the odds."""
    held = np.clip(chance, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(held / (1 - held)))


def _tell(progress: Callable[[float], None], step: int, share: float) -> None:
    progress((step + share) / STEPS)


def _around(guess: Guess, modes: Array, strengths: Array) -> Array:
    """(n, 23 * 16 + 1) features of a guess: itself, and the votes around it, its own and the other side's."""
    n, order = len(guess.joints), mirror_order()
    own = nearby(guess.joints, modes, strengths)
    other = nearby(guess.joints, modes[:, order], strengths[:, order])
    top = np.nan_to_num(modes[:, :, 0] - guess.joints)
    first = np.log1p(strengths[:, :, 0] * 1e3)
    vectors = [x.reshape(n, -1) for x in (guess.joints, own.way, other.way, top)]
    numbers = [own.strength, other.strength, first, np.log(guess.spread), guess.swap[:, None]]
    return np.concatenate([*vectors, *numbers], axis=1).astype(np.float32)


def _mirrored_around(around: Array) -> Array:
    """What `_around` would give in a mirror."""
    n, k, order = len(around), len(VOTED), mirror_order()
    vectors, numbers, swap = np.split(around, [12 * k, 16 * k], axis=1)
    vectors = vectors.reshape(n, 4, k, 3)[:, :, order] * _FLIP
    numbers = numbers.reshape(n, 4, k)[:, :, order]
    return np.concatenate([vectors.reshape(n, -1), numbers.reshape(n, -1), swap], axis=1)


def mirrored_features(features: Array) -> Array:
    """Features (n, f) of evidence as they would be had the camera looked into a mirror."""
    k, p, n = len(VOTED), len(PARTS) - 1, len(features)
    sides, parts = mirror_order(), part_mirror()[1:] - 1
    cuts = np.cumsum([k * 6, k * 2, p * 3, p, 15])
    modes, strengths, middles, areas, extent, turn = np.split(features, cuts, axis=1)
    modes = modes.reshape(n, k, 2, 3)[:, sides] * _FLIP
    middles = middles.reshape(n, p, 3)[:, parts] * _FLIP
    strengths = strengths.reshape(n, k, 2)[:, sides]
    wide = np.concatenate([-extent[:, 4::-1], extent[:, 5:]], axis=1)
    turn = turn * np.array([1, 1, -1, -1, 1, 1], features.dtype)
    flat = [x.reshape(n, -1) for x in (modes, strengths, middles)]
    return np.concatenate([*flat, areas[:, parts], wide, turn], axis=1)
