"""A Kalman filter in seconds (constant rate, white acceleration), for all tracks at once.

The axes are independent and alike, so the covariance is three numbers a track for places and three for sizes, and every step
is a closed form without a matrix to invert (Bar-Shalom et al., Estimation with Applications to Tracking, 2001, chapter 6).
"""

from __future__ import annotations

import numpy as np

from ..types import Array
from .state import BORN, COV, ID, LAST, MEAN, RATE, RATE_VAR, ROWS, SEEN, VAR

NOISE = np.array([[0.03], [0.08]]) ** 2  # variance of a measured place (heights) and size (log)
_WANDER = np.array([[0.25], [0.005]])  # strength of the acceleration of place and size, per second³
_FIRST = np.array([[1.0], [0.15]]) ** 2  # variance of the rates of somebody new: heights and log a second
_GROWTH_FADES = 0.5  # seconds after which a person who grew stops growing in the prediction
_AFTER = 0.6  # seconds unseen after which the next observation sets the rates anew


def born(z: Array, time: float) -> Array:
    """State of new tracks from (4, n) observations."""
    state = np.zeros((ROWS, z.shape[1]))
    state[MEAN] = state[LAST] = z
    state[VAR], state[RATE_VAR] = NOISE, _FIRST
    state[BORN] = state[SEEN] = time
    state[ID] = -1
    return state


def predict(state: Array, seconds: float, unrest: Array) -> None:
    """Move all tracks on by `seconds`, in place; how little that is trusted grows with the (2, 1) `unrest` of the scene."""
    wander = _WANDER * unrest
    state[MEAN] += seconds * state[RATE]
    state[6:8] *= np.exp(-seconds / _GROWTH_FADES)
    var, cov, rate_var = state[VAR], state[COV], state[RATE_VAR]
    var += seconds * (2 * cov + seconds * rate_var) + wander * (seconds**3 / 3)
    cov += seconds * rate_var + wander * (seconds**2 / 2)
    rate_var += wander * seconds


def correct(seen: Array, z: Array, time: float) -> None:
    """Bring the tracks `seen` (their columns of the state, changed in place) to their observations (4, n)."""
    gap = time - seen[SEEN]
    var, cov = seen[VAR], seen[COV]
    share = 1 / (var + NOISE)
    off = z - seen[MEAN]
    seen[MEAN] += (var * share).repeat(2, axis=0) * off
    seen[RATE] += (cov * share).repeat(2, axis=0) * off
    seen[RATE_VAR] -= cov * cov * share
    share *= NOISE
    var *= share
    cov *= share
    lost = gap > _AFTER
    if lost.any():
        _restart(seen, z, gap, np.flatnonzero(lost))
    seen[LAST] = z
    seen[SEEN] = time


def carry(state: Array, columns: Array, learned: Array) -> None:
    """Move those who were not seen as the camera did: by what the filter learned about all others, in place.

    Args:
        state: of all tracks.
        columns: who was seen; with fewer than three nothing happens, as nobody can tell the camera's motion from theirs.
        learned: (6, n) by how much the first six rows of their state were corrected.
    """
    if len(columns) < 3 or len(columns) == state.shape[1]:
        return
    unseen = np.ones(state.shape[1], bool)
    unseen[columns] = False
    shift = np.median(learned, axis=1) * (len(columns) / (len(columns) + 2))  # two who turn together are no camera
    state[0:2, unseen] += shift[0:2, None]
    state[4:6, unseen] += shift[4:6, None]


def _restart(seen: Array, z: Array, gap: Array, rows: Array) -> None:
    """Trust the observations at both ends of an occlusion, not what was made up between (OC-SORT, Cao et al., CVPR 2023)."""
    seconds, noise = gap[rows], NOISE[0, 0]
    seen[0:4, rows] = z[:, rows]
    seen[4:6, rows] = (z[:2, rows] - seen[14:16, rows]) / seconds
    seen[6:8, rows] = 0
    seen[8, rows] = noise
    seen[10, rows] = noise / seconds
    seen[12, rows] = 2 * noise / seconds**2 + _WANDER[0, 0] * seconds / 3
