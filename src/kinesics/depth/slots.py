"""Which pixels of a node choose its split, and where in the work they stand."""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array
from .sampling import mixed


def stirred(keys: Array) -> Array:
    """`mixed` of many."""
    return np.array([mixed(key) for key in keys], np.uint64) if len(keys) < 4 else _stirred(keys)


@numba.njit(cache=True, nogil=True)
def _stirred(keys: Array) -> Array:
    out = np.empty(len(keys), np.uint64)
    for i in range(len(keys)):
        out[i] = mixed(keys[i])
    return out


@numba.njit(cache=True, nogil=True)
def count_labels(nodes: Array, labels: Array, out: Array) -> None:
    """Add to out[node, label] for each pixel that is in a node."""
    for k in range(len(nodes)):
        if nodes[k] >= 0:
            out[nodes[k], labels[k]] += 1


@numba.njit(cache=True, nogil=True)
def give_slots(nodes: Array, sizes: Array, asked: Array, ends: Array, slots: Array) -> None:
    """Give asked[n] of the sizes[n] pixels of a node, evenly spread, the slots from ends[n] on; others get -1."""
    rank = np.zeros(len(sizes), np.int64)
    for k in range(len(nodes)):
        n = nodes[k]
        slots[k] = -1
        if n < 0 or asked[n] == 0:
            continue
        r = rank[n]
        rank[n] = r + 1
        if asked[n] == sizes[n]:
            slots[k] = np.int32(ends[n] + r)
        else:
            place = r * asked[n] // sizes[n]
            if (r + 1) * asked[n] // sizes[n] > place:
                slots[k] = np.int32(ends[n] + place)
