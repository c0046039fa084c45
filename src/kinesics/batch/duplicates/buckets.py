"""Pairs that are worth a look, without looking at all pairs: shots that share a part of a hash meet in a bucket.

Locality-sensitive hashing by bands (Gionis, Indyk, Motwani 1999): a band is a block of frequencies, the lowest ones most of
all, for they change least. Two shots meet when a band is equal at two moments. Moments of shots that move are known by their
movement and by nothing else: so all pieces of one camera's film do not fall into one bucket.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...types import Array
from .agreement import PICTURE, SHIFTS, STILL, distance, limit
from .prints import SIDE
from .units import Units

__all__ = ["meetings"]

QUIET = 0.6  # levels: a moment that moves less is also known by its picture
FEW = 1 << 17  # moments, above which bands are wider
MEETS = 48  # in a bucket each meets so many, the next by its whole hash: a bucket of thousands does not make millions of pairs
LATER = max(SHIFTS) + 0.2  # seconds by which two moments that meet may lie apart in their shots
VOTES = 3  # moments of one must meet some of the other, if there are as many
_NTH = 1 << 10  # more moments than a unit has
_NARROW = ((0, 4, 0, 4), (0, 2, 0, 8), (2, 4, 0, 8), (0, 8, 0, 2), (0, 8, 2, 4), (0, 3, 0, 6), (0, 6, 0, 3))
_WIDE = ((0, 5, 0, 5), (0, 3, 0, 8), (3, 6, 0, 8), (0, 8, 0, 3), (0, 8, 3, 6), (0, 4, 0, 6), (0, 6, 0, 4))


def meetings(units: Units) -> Array:
    """(p, 2) units that share a bucket, each pair once, the lower first."""
    count = np.diff(units.offsets)
    owner = np.repeat(np.arange(len(units)), count)
    nth = np.arange(len(owner)) - units.offsets[owner]
    moving, quiet = (units.moves >= STILL) & (count[owner] > 1), (units.moves < QUIET) | (count[owner] == 1)
    codes = [np.zeros(0, np.int64)]
    for which, hashes, near in (
        (moving, units.change, limit(units.moves)),
        (quiet, units.picture, np.full(len(owner), PICTURE)),
    ):
        for a, b in _of(hashes[which], owner[which], units.time[which], near[which]):
            a, b = np.flatnonzero(which)[np.stack([a, b])]
            first, last = np.minimum(a, b), np.maximum(a, b)
            codes.append(np.unique((owner[first] * len(units) + owner[last]) * _NTH + nth[first]))
    pairs, votes = np.unique(np.unique(np.concatenate(codes)) // _NTH, return_counts=True)
    found = np.stack(np.divmod(pairs, max(1, len(units))), 1)
    return np.asarray(found[votes >= np.minimum(VOTES, count[found].min(1) // 2).clip(1)])


def _of(hashes: Array, owner: Array, time: Array, near: Array) -> Iterator[tuple[Array, Array]]:
    """Moments of different units that are equal in a band, near in all bits, and at about the same time.

    Args:
        hashes: (m, 3) uint64.
        owner: (m,).
        time: (m,) seconds.
        near: (m,) bits in which two may differ; the larger of both counts.
    """
    flat = hashes.reshape(-1)
    which = np.repeat(np.arange(len(hashes)), hashes.shape[1])
    for band in _NARROW if len(hashes) < FEW else _WIDE:
        key = _band(flat, band)
        order = np.lexsort((which, flat, key))
        sorted_, value, moment = key[order], flat[order], which[order]
        for step in range(1, MEETS + 1):
            same = np.flatnonzero(sorted_[step:] == sorted_[:-step])
            if not len(same):
                break
            a, b = moment[same], moment[same + step]
            met = (owner[a] != owner[b]) & (np.abs(time[a] - time[b]) <= LATER)
            met &= distance(value[same], value[same + step]) <= np.maximum(near[a], near[b])
            if met.any():
                yield a[met], b[met]


def _band(hashes: Array, band: tuple[int, int, int, int]) -> Array:
    """(n,) int64: the bits of a block of frequencies (rows from, to, columns from, to)."""
    bits = np.unpackbits(np.ascontiguousarray(hashes).view(np.uint8).reshape(-1, SIDE), axis=1).reshape(-1, SIDE, SIDE)
    top, bottom, left, right = band
    block = bits[:, top:bottom, left:right].reshape(len(bits), (bottom - top) * (right - left))
    return np.asarray(block.astype(np.int64) @ (1 << np.arange(block.shape[1], dtype=np.int64)))
