"""How far the hashes of two shots agree, when the moments of one are laid over those of the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...types import Array
from .units import Units

__all__ = ["SHIFTS", "STILL", "Agreement", "agreement", "distance", "limit"]

SHIFTS = (0.0, 0.125, -0.125, 0.25, -0.25, 0.375, -0.375, 0.5, -0.5)  # seconds by which the start may be trimmed
SHARE = 0.6  # of the shorter one's moments, and of the longer one's length, that must be covered
VIEWS = ((0, 0), (0, 1), (0, 2), (1, 0), (2, 0))  # which hash of one against which of the other
RESTLESS, QUIET, STILL = 1.0, 0.35, 0.12  # levels of movement
STIRS = 0.25  # levels: what moves so much is no still shot, even if hard coding froze its copy
FIRM, LOOSE = 15.0, 21.5  # bits of 64 that may differ where much moves, and where next to nothing does
SHIFTED = 6.0  # bits for each second by which one is moved
SURE = 0.5  # of the limit: no other shift is tried
PICTURE = 16.0  # bits in which the pictures may differ


@dataclass(frozen=True)
class Agreement:
    """How two shots agree.

    Attributes:
        bits: of 64, in which they differ: of what moves, or of the pictures where nothing does.
        limit: what `bits` may be for duplicates.
        rank: the lower the more likely; those that only the pictures speak for come last.
        pairs: (k, 2) moments of the one and of the other, counted within each.
    """

    bits: float
    limit: float
    rank: float
    pairs: Array


def distance(a: Array, b: Array) -> Array:
    """In how many of 64 bits hashes differ; of uint64 arrays that broadcast."""
    return np.asarray(np.bitwise_count(a ^ b))


def limit(moves: Array | float) -> Array:
    """In how many bits of what moves duplicates may differ: fewer where much moves, and noise does not drown it."""
    firm = np.clip(np.log(np.maximum(moves, 1e-3) / QUIET) / np.log(RESTLESS / QUIET), 0, 1)
    return np.asarray(LOOSE + (FIRM - LOOSE) * firm)


def agreement(units: Units, a: int, b: int) -> Agreement | None:
    """How two units agree; None if they cannot be duplicates: too different in length, or in what is seen, or only one
    of them is a still picture.
    """
    one, other = units.moments(a), units.moments(b)
    long = sorted((units.end[a] - units.start[a], units.end[b] - units.start[b]))
    if long[0] < SHARE * long[1] - 0.5 or units.still[a] != units.still[b]:
        return None
    looks = _distances(units.picture[one], units.picture[other]), _distances(units.change[one], units.change[other])
    moves = np.minimum(units.moves[one][:, None], units.moves[other])
    stirs = max(float(units.moves[one].mean()), float(units.moves[other].mean())) >= STIRS
    found = []
    for shift in SHIFTS if one.stop - one.start > 1 else SHIFTS[:1]:
        pairs = _matched(units.time[one], units.time[other] + shift)
        if len(pairs) >= SHARE * min(one.stop - one.start, other.stop - other.start):
            found.append(_laid(*looks, moves, pairs, abs(shift), stirs))
            if found[-1].rank < SURE:
                break
    good = [laid for laid in found if laid.bits <= laid.limit]
    return min(good, key=lambda laid: laid.rank, default=None)


def _distances(one: Array, other: Array) -> Array:
    """(5, n, m) bits in which the hashes of moments differ, in each of `VIEWS`."""
    return np.stack([distance(one[:, None, v], other[:, w]) for v, w in VIEWS])


def _laid(pictures: Array, changes: Array, moves: Array, pairs: Array, shift: float, stirs: bool) -> Agreement:
    i, j = pairs.T
    picture = pictures[:, i, j].mean(1)  # (5,)
    weight = moves[i, j] / (moves[i, j] + QUIET)
    change = changes[:, i, j] @ weight / max(weight.sum(), 1e-9)
    view = int((picture + change).argmin())
    told = float(change[view]) + SHIFTED * shift
    much = float(moves[i, j].mean())
    if len(pairs) == 1 or (much < STILL and not stirs):
        bits = float(picture.min())
        return Agreement(bits, PICTURE, 1 + (bits if len(pairs) == 1 else told) / 64, pairs)
    most = float(limit(much))
    return Agreement(told if picture[view] <= PICTURE else 64.0, most, told / most, pairs)


def _matched(one: Array, other: Array) -> Array:
    """(k, 2) moments at nearly the same time; each is in one pair at most."""
    gap = np.abs(one[:, None] - other)
    steps = [float(np.median(np.diff(times))) for times in (one, other) if len(times) > 1]
    near = 0.5 * min(steps, default=0.25) + 1e-3
    nearest = gap.argmin(1)
    rows = np.arange(len(one))
    good = (gap[rows, nearest] <= near) & (gap.argmin(0)[nearest] == rows)
    return np.stack([rows[good], nearest[good]], 1)
