"""Where weighted points in space gather: the modes of their density, found by mean shift (Comaniciu and Meer, 2002)."""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array

ROUNDS = 6  # of mean shift; it has come to rest by then
_SLOTS = 1 << 12


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _pulled(points: Array, weights: Array, begin: int, end: int, place: Array, wide: float, sums: Array) -> None:
    """Weight under the biweight kernel (1 - d² / r²)², r = 2.5 bandwidths, and that times the way to the points: sums (4,)."""
    px, py, pz, w32 = np.float32(place[0]), np.float32(place[1]), np.float32(place[2]), np.float32(wide)
    one, none = np.float32(1), np.float32(0)
    total, sx, sy, sz = none, none, none, none
    for i in range(begin, end):
        x, y, z = points[i, 0] - px, points[i, 1] - py, points[i, 2] - pz
        near = max(one - (x * x + y * y + z * z) * w32, none)
        w = weights[i] * near * near
        total += w
        sx += w * x
        sy += w * y
        sz += w * z
    sums[0], sums[1], sums[2], sums[3] = total, sx, sy, sz


@numba.njit(cache=True, nogil=True)
def climb(points: Array, weights: Array, begin: int, end: int, place: Array, bandwidth: float, rounds: int) -> float:
    """Move `place` (3,) uphill to a mode; the density there."""
    wide = 1.0 / (6.25 * bandwidth * bandwidth)
    sums = np.zeros(4)
    for _ in range(rounds):
        _pulled(points, weights, begin, end, place, wide, sums)
        total = sums[0]
        if total <= 0:
            break
        for axis in range(3):
            place[axis] += sums[1 + axis] / total
        if sums[1] * sums[1] + sums[2] * sums[2] + sums[3] * sums[3] < 1e-6 * total * total:
            break
    return float(sums[0])


@numba.njit(cache=True, nogil=True)
def _gathered(points: Array, weights: Array, begin: int, end: int, cell: float, keys: Array, sums: Array, used: Array) -> int:
    """Sum the points by cells of space in a hash table; how many cells there are."""
    count = 0
    for i in range(begin, end):
        a, b, c = int(np.floor(points[i, 0] / cell)), int(np.floor(points[i, 1] / cell)), int(np.floor(points[i, 2] / cell))
        key = ((a & 0xFFFF) << 32) | ((b & 0xFFFF) << 16) | (c & 0xFFFF)
        slot = (a * 73856093 ^ b * 19349663 ^ c * 83492791) & (_SLOTS - 1)
        while keys[slot] != -1 and keys[slot] != key:
            slot = (slot + 1) & (_SLOTS - 1)
        if keys[slot] == -1:
            if count == _SLOTS // 2:
                continue  # far more cells than a person has
            keys[slot] = key
            sums[slot] = 0.0
            used[count] = slot
            count += 1
        w = weights[i]
        sums[slot, 0] += w
        sums[slot, 1] += w * points[i, 0]
        sums[slot, 2] += w * points[i, 1]
        sums[slot, 3] += w * points[i, 2]
    return count


@numba.njit(cache=True, nogil=True)
def _fullest(sums: Array, used: Array, cells: int) -> int:
    best = -1
    for n in range(cells):
        if sums[used[n], 0] > 0 and (best < 0 or sums[used[n], 0] > sums[best, 0]):
            best = used[n]
    return best


@numba.njit(cache=True, nogil=True)
def _clear(sums: Array, used: Array, cells: int, place: Array, reach: float) -> None:
    """Take away the cells that a mode has explained: a heap across cells is one heap."""
    for n in range(cells):
        row = sums[used[n]]
        if row[0] > 0:
            x, y, z = row[1] / row[0] - place[0], row[2] / row[0] - place[1], row[3] / row[0] - place[2]
            if x * x + y * y + z * z < reach * reach:
                row[0] = 0.0


@numba.njit(cache=True, nogil=True)
def _insert(modes: Array, found: Array, count: int, place: Array, strength: float) -> None:
    at = count
    while at > 0 and found[at - 1] < strength:
        found[at], modes[at] = found[at - 1], modes[at - 1]
        at -= 1
    found[at] = strength
    modes[at, 0], modes[at, 1], modes[at, 2] = place[0], place[1], place[2]


@numba.njit(cache=True, nogil=True)
def find_modes(points: Array, weights: Array, starts: Array, bandwidths: Array, most: int) -> tuple[Array, Array]:
    """The strongest modes of several groups of points.

    Args:
        points: (n, 3) float32 metres, those of group g from starts[g] to starts[g + 1].
        weights: (n,) float32, not negative.
        starts: (g + 1,) int64.
        bandwidths: (g,) metres.
        most: modes wanted of each group.

    Returns:
        modes (g, most, 3) float32, NaN where there are fewer, and their densities (g, most), falling.
    """
    groups = len(starts) - 1
    modes = np.full((groups, most, 3), np.nan, np.float32)
    found = np.zeros((groups, most), np.float32)
    keys, sums, used = np.full(_SLOTS, -1, np.int64), np.zeros((_SLOTS, 4)), np.zeros(_SLOTS, np.int64)
    place = np.zeros(3)
    for g in range(groups):
        cells = _gathered(points, weights, starts[g], starts[g + 1], 2 * bandwidths[g], keys, sums, used)
        got = 0
        for _ in range(most + 3):
            best = _fullest(sums, used, cells)
            if best < 0 or got == most:
                break
            for axis in range(3):
                place[axis] = sums[best, 1 + axis] / sums[best, 0]
            sums[best, 0] = 0.0
            strength = climb(points, weights, starts[g], starts[g + 1], place, bandwidths[g], ROUNDS)
            _clear(sums, used, cells, place, 2.5 * bandwidths[g])
            if _is_new(modes[g], got, place, 1.5 * bandwidths[g]):
                _insert(modes[g], found[g], got, place, strength)
                got += 1
        for n in range(cells):
            keys[used[n]] = -1
    return modes, found


@numba.njit(cache=True, nogil=True)
def _is_new(modes: Array, count: int, place: Array, apart: float) -> bool:
    for i in range(count):
        x, y, z = modes[i, 0] - place[0], modes[i, 1] - place[1], modes[i, 2] - place[2]
        if x * x + y * y + z * z < apart * apart:
            return False
    return True
