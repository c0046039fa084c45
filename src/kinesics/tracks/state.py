"""All tracks in one array: a column a track, a row a quantity, so that one numpy call serves everybody.

Places are pixels, sizes are natural logarithms of pixels (a person who comes closer grows by a rate), variances of places are
in squares of the person's height. Both axes share a variance, as do width and height.
"""

from __future__ import annotations

import numpy as np

from ..types import Array

MEAN = slice(0, 4)  # x of the centre, y of the chest, log width, log height
RATE = slice(4, 8)  # the same per second
VAR = slice(8, 10)  # variance of place and of size
COV = slice(10, 12)  # their covariance with the rates
RATE_VAR = slice(12, 14)  # variance of the rates
LAST = slice(14, 18)  # MEAN as it was observed last
BORN, SEEN, ID, BELIEF = 18, 19, 20, 21
ROWS = 22

CHEST = 0.3  # of the way from the top of the box to its bottom: legs are hidden far more often than heads


def measured(boxes: Array) -> Array:
    """(n, 4) boxes x1 y1 x2 y2 as (4, n) observations in the order of `MEAN`."""
    low, size = boxes[:, :2].T.astype(np.float64), (boxes[:, 2:] - boxes[:, :2]).T.astype(np.float64)
    np.maximum(size, 1e-3, out=size)
    z = np.empty((4, len(boxes)))
    z[0] = low[0] + 0.5 * size[0]
    z[1] = low[1] + CHEST * size[1]
    np.log(size, out=z[2:])
    return z


def boxed(mean: Array) -> Array:
    """The inverse of `measured`: (4, n) to (n, 4)."""
    width, height = np.exp(mean[2:4])
    x, y = mean[0] - 0.5 * width, mean[1] - CHEST * height
    return np.stack([x, y, x + width, y + height], axis=1)
