"""Masks as COCO run lengths: pixels counted down the columns, runs of 0 and 1 in turn, beginning with 0.

The compressed string is that of the COCO tools: each count (from the fourth on its difference to the count two before) in
groups of five bits, lowest first, a sixth bit that says "more follows", each group as the character 48 above it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import FormatError
from ..types import Array

__all__ = ["counts_mask", "mask_counts", "pack", "unpack"]

LARGEST = 1 << 28  # pixels of a mask: 16384 x 16384


def mask_counts(mask: Array) -> list[int]:
    """Run lengths of a (h, w) bool mask."""
    flat = np.asarray(mask, bool).ravel(order="F")
    if not flat.size:
        return []
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(edges, prepend=0, append=flat.size)
    return ([0] if flat[0] else []) + runs.tolist()  # type: ignore[no-any-return]


def counts_mask(counts: Sequence[int], size: tuple[int, int]) -> Array:
    """(h, w) bool mask from run lengths and its size (height, width).

    Raises:
        FormatError: the runs do not fill the picture exactly, or the picture is beyond 2^28 pixels.
    """
    height, width = size
    if min(height, width) < 0 or height * width > LARGEST:
        raise FormatError(f"a mask of {width}x{height} pixels is beyond what is read ({LARGEST} pixels)")
    runs = np.asarray(counts, np.int64)
    if (runs < 0).any() or runs.sum() != height * width:
        raise FormatError(f"the runs of a mask should be 0 or more and sum to {height}x{width}, got {int(runs.sum())}")
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape(width, height).T


def pack(counts: Sequence[int]) -> str:
    """Run lengths as the compressed string."""
    out = bytearray()
    for i, count in enumerate(counts):
        value = count - counts[i - 2] if i > 2 else count
        more = True
        while more:
            bits, value = value & 31, value >> 5
            more = value != (-1 if bits & 16 else 0)  # bit 16 is the sign of the last group
            out.append(48 + bits + 32 * more)
    return out.decode("ascii")


def unpack(text: str) -> list[int]:
    """Run lengths from the compressed string.

    Raises:
        FormatError: a character that no such string has, or an end in the middle of a number.
    """
    counts: list[int] = []
    value = shift = 0
    for letter in text:
        bits = ord(letter) - 48
        if not 0 <= bits < 64 or shift > 60:
            raise FormatError(f"a compressed mask holds {letter!r} where no such string has it")
        value |= (bits & 31) << shift
        shift += 5
        if not bits & 32:
            value -= (bits & 16) << (shift - 4)
            counts.append(value + counts[-2] if len(counts) > 2 else value)
            value = shift = 0
    if shift:
        raise FormatError("a compressed mask ends in the middle of a number")
    return counts
