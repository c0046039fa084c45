"""Random numbers inside compiled loops: a state of 64 bits that a numpy generator seeds, the same on every machine.

The generator is xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016).
"""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array


def fresh(rng: np.random.Generator) -> Array:
    """(1,) uint64: a state to hand to the functions below, which change it."""
    return rng.integers(1, 2**63, 1, dtype=np.uint64)


@numba.njit(cache=True, nogil=True)
def bits(state: Array) -> np.uint64:
    """The next 64 random bits."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    word: np.uint64 = x * np.uint64(2685821657736338717)
    return word


@numba.njit(cache=True, nogil=True)
def share(word: np.uint64, which: int) -> float:
    """One of the four numbers from 0 to below 1, in steps of 1/65536, that 64 bits hold; `which` is 0 to 3."""
    return float((word >> np.uint64(16 * which)) & np.uint64(65535)) / 65536.0


@numba.njit(cache=True, nogil=True)
def normal(state: Array) -> float:
    """Nearly a standard normal number: a sum of four uniform ones, never beyond 3.5."""
    word = bits(state)
    return float((share(word, 0) + share(word, 1) + share(word, 2) + share(word, 3) - 2.0) * 1.7320508)
