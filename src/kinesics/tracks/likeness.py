"""How much a detection speaks for a track: log-odds that both are the same person, from place and size.

Each coordinate is compared in units of what the filter expects it to be off by, under Student's t distribution: a box cut by an
obstacle is far off in one coordinate and right in the others, and its tails forgive that.
"""

from __future__ import annotations

import numpy as np

from ..types import Array
from .state import VAR

_FREEDOM = 3.0  # degrees of freedom of the t distribution
_SPREAD = np.array([[0.06], [0.16]]) ** 2  # how far a right box may be off although the track is known: heights, log
_BEST = 7.0  # log-odds of a perfect fit
_UNIT = float(np.log(_SPREAD.prod()))


def place_likeness(state: Array, z: Array) -> Array:
    """Log-odds (n_tracks, n) of every track against observations (4, n); above 0 speaks for the same person."""
    var = state[VAR] + _SPREAD  # (2, tracks)
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
