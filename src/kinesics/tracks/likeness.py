"""How much a detection speaks for a track: log-odds that both are the same person, from place and size.

Each coordinate is compared in units of what it is expected to be off by, under Student's t distribution: a box cut by an
obstacle is far off in one coordinate and right in the others, and its tails forgive that. How far right boxes are off depends
on the scene (a tripod at 30 frames a second, a car at 10), so it is learned while following: `Unrest`.
"""

from __future__ import annotations

import math

import numpy as np

from ..types import Array
from .state import VAR

_FREEDOM = 5.0  # degrees of freedom of the t distribution
_SPREAD = np.array([[0.06], [0.16]]) ** 2  # how far a right box is off in a restless scene: heights, log
_BEST = 7.5  # log-odds of a perfect fit there
_UNIT = float(np.log(_SPREAD.prod()))
_CALM, _WILD = 0.2, 3.0  # limits of the unrest
_SETTLES = 3.0  # seconds, for one person, over which the unrest is averaged
_BLUNDER = 4.0  # squared errors beyond so many spreads count as so many


class Unrest:
    """The variance by which boxes miss their predictions in this scene, as (2, 1) multiples of what is usual: place, size."""

    def __init__(self) -> None:
        self.value = np.ones((2, 1))

    def learn(self, off: Array, heights: Array, seconds: float) -> None:
        """Take in how far (4, n) observations of people seen a frame ago were off; `heights` (n,) are theirs in pixels."""
        square = off * off
        square[:2] /= heights * heights
        square = np.minimum(square.reshape(2, -1) / _SPREAD, _BLUNDER).sum(axis=1, keepdims=True) / (2 * len(heights))
        share = 1 - math.exp(-seconds * len(heights) / _SETTLES)
        self.value = np.minimum(np.maximum(self.value + share * (square - self.value), _CALM), _WILD)


def place_likeness(state: Array, z: Array, unrest: Array) -> Array:
    """Log-odds (n_tracks, n) of every track against observations (4, n); above 0 speaks for the same person."""
    var = state[VAR] + _SPREAD * unrest  # (2, tracks)
    scale = 1 / (_FREEDOM * var)
    scale[0] *= np.exp(-2 * state[3])  # pixels to heights
    off = z[:, None, :] - state[:4, :, None]  # (4, tracks, n)
    off *= off
    off *= scale.repeat(2, axis=0)[:, :, None]
    off += 1
    off[:2] *= off[2:]
    heavy = np.log(off[0] * off[1])
    heavy *= -(_FREEDOM + 1) / 2
    heavy += (_BEST + _UNIT - np.log(var[0] * var[1]))[:, None]
    return np.asarray(heavy)
