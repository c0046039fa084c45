"""Cloth that hangs over the chest instead of clinging to it."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags

from ..types import Array
from .unwrapping import average

_ROUNDS = 24


def draped(rest: Array) -> Array:
    """The dressed body at rest (v, 3) with the front of its top drawn smooth."""
    even, near = rest.astype(float), _around()
    for _ in range(_ROUNDS):
        even = near @ even
    share = _chest()[:, None]
    out = rest + share * (even - rest) * [0.6, 0.6, 1.0] - share * [0.0, 0, 0.004]
    return np.asarray(out.astype(np.float32))


@functools.cache
def _chest() -> Array:
    """(v,) how much a vertex belongs to the front of the chest."""
    at = average().skin
    high, low = np.clip((at[:, 1] + 0.52) / 0.05, 0, 1), np.clip((-0.16 - at[:, 1]) / 0.08, 0, 1)
    return np.asarray(
        high * low * np.clip((0.165 - np.abs(at[:, 0])) / 0.03, 0, 1) * np.clip((-0.02 - at[:, 2]) / 0.04, 0, 1) * 0.85
    )


@functools.cache
def _around() -> Any:
    """What takes the mean of each vertex and its neighbours, as a sparse matrix."""
    faces, count = average().faces, len(average().skin)
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    ones = csr_matrix((np.ones(len(pairs)), pairs.T), (count, count))
    near = ((ones + ones.T + csr_matrix((np.ones(count), (np.arange(count),) * 2), (count, count))) > 0).astype(float)
    return diags(1 / np.asarray(near.sum(1)).ravel()) @ near
