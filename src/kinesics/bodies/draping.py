"""Cloth that hangs over the chest instead of clinging to it."""

from __future__ import annotations

import functools

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from ..types import Array
from .unwrapping import average

_CELL = 0.01  # metres
_SOFT = 4.0  # cells
_OUT = 0.009  # metres that cloth stands off


def draped(rest: Array) -> Array:
    """The dressed body at rest (v, 3) with the front of its top drawn smooth, as a height over the plane behind it."""
    share = _chest()
    some = np.flatnonzero(share > 0)
    x, y, z = rest[some].astype(float).T
    column, row = (x - x.min()) / _CELL + 12, (y - y.min()) / _CELL + 12
    shape = int(row.max()) + 14, int(column.max()) + 14
    where = np.round(row).astype(int) * shape[1] + np.round(column).astype(int)
    count = np.bincount(where, minlength=shape[0] * shape[1]).reshape(shape).astype(float)
    total = np.bincount(where, z, minlength=shape[0] * shape[1]).reshape(shape)
    seen = (count > 0).astype(float)
    known = gaussian_filter(np.where(seen > 0, total / np.maximum(count, 1), 0), _SOFT)
    height = known / np.maximum(gaussian_filter(seen, _SOFT), 1e-3)
    smooth = map_coordinates(height, [row, column], order=1, mode="nearest") - _OUT
    out = rest.copy()
    out[some, 2] += (share[some] * (smooth - z)).astype(np.float32)
    return out


@functools.cache
def _chest() -> Array:
    """(v,) how much a vertex belongs to the front of the chest."""
    base = average()
    at = base.skin
    trunk = np.zeros(len(at), bool)
    trunk[np.unique(base.faces[base.pages == 1])] = True
    high, low = np.clip((at[:, 1] + 0.53) / 0.07, 0, 1), np.clip((-0.15 - at[:, 1]) / 0.09, 0, 1)
    wide, front = np.clip((0.150 - np.abs(at[:, 0])) / 0.035, 0, 1), np.clip((-0.03 - at[:, 2]) / 0.03, 0, 1)
    return np.asarray(0.95 * trunk * high * low * wide * front)
