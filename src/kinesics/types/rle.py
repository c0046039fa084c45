"""Outlines as COCO run lengths: pixels counted down the columns, runs of 0 and 1 in turn, beginning with 0.

The compressed string is that of the COCO tools: each count (from the fourth on its difference to the count two before) in
groups of five bits, lowest first, a sixth bit that says "more follows", each group as the character 48 above it. Nothing here
makes an array of the picture's size: a window is turned into runs of the whole picture by counting, and back.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import FormatError
from .arrays import Array

__all__ = ["LARGEST", "counts_window", "pack", "unpack", "window_counts"]

LARGEST = 1 << 28  # pixels of a picture with outlines, and of all windows of one picture: 16384 x 16384
GROUPS = 12  # of five bits in one number at most


def window_counts(x: int, y: int, window: Array, size: tuple[int, int]) -> Array:
    """(m,) int64 run lengths in a picture (height, width) of a window (hi, wi) bool whose upper left pixel is x, y."""
    height, width = size
    padded = np.zeros((window.shape[1], window.shape[0] + 2), np.uint8)  # (wi, hi + 2): one column of the picture a row
    padded[:, 1:-1] = window.T
    change = np.flatnonzero(padded[:, 1:] != padded[:, :-1])  # where runs begin and end, in turn
    column, row = np.divmod(change, window.shape[0] + 1)
    edges = (column + x) * height + row + y
    turns = edges[1:-1].reshape(-1, 2)  # an end and the next beginning
    turns = turns[turns[:, 0] != turns[:, 1]]  # the lowest pixel of a column and the uppermost of the next are one run
    runs = np.diff(np.concatenate([[0], edges[:1], turns.ravel(), edges[-1:], [height * width]]))
    return runs[:-1] if len(runs) and runs[-1] == 0 else runs


def counts_window(counts: Any, size: tuple[int, int], room: int = LARGEST) -> tuple[int, int, Array]:
    """x, y and the smallest window (hi, wi) bool that holds what runs in a picture (height, width) say.

    Raises:
        FormatError: the runs do not fill the picture exactly, it is beyond 2^28 pixels, or the window beyond `room`; before
            anything large is made.
    """
    height, width = size
    if min(height, width) < 0 or height * width > LARGEST:
        raise FormatError(f"an outline in a picture of {width}x{height} pixels is beyond what is read ({LARGEST} pixels)")
    try:
        runs = np.asarray(counts, np.int64).reshape(-1)
    except (TypeError, ValueError, OverflowError):
        raise FormatError("the runs of an outline should be whole numbers") from None
    if (len(runs) and (runs.min() < 0 or runs.max() > height * width)) or runs.sum() != height * width:
        raise FormatError(f"the runs of an outline should be 0 or more and fill {width}x{height} pixels exactly")
    bounds = np.concatenate([[0], np.cumsum(runs)])
    starts, ends = bounds[1:-1:2], bounds[2::2]
    starts, ends = starts[ends > starts], ends[ends > starts]
    if not len(starts):
        return 0, 0, np.zeros((0, 0), bool)
    first, top = np.divmod(starts, height)
    last, bottom = np.divmod(ends - 1, height)
    x1, x2 = int(first[0]), int(last[-1]) + 1
    whole = bool((first != last).any())  # a run over two columns touches both edges of the picture
    y1, y2 = (0, height) if whole else (int(top.min()), int(bottom.max()) + 1)
    high = y2 - y1
    if (x2 - x1) * high > room:
        raise FormatError(f"the outlines of one picture cover more than is read ({LARGEST} pixels)")
    inner = np.zeros(2 * len(starts) + 2, np.int64)
    inner[1:-1:2] = (first - x1) * high + top - y1
    inner[2:-1:2] = (last - x1) * high + bottom - y1 + 1
    inner[-1] = (x2 - x1) * high
    flat = np.repeat(np.arange(len(inner) - 1) % 2 == 1, np.diff(inner))  # ((x2 - x1) * high,)
    return x1, y1, np.ascontiguousarray(flat.reshape(x2 - x1, high).T)


def pack(counts: Any) -> str:
    """Run lengths as the compressed string."""
    runs = np.asarray(counts, np.int64)
    values = runs.copy()
    values[3:] -= runs[1:-2]
    groups = np.arange(1, GROUPS + 1)
    limits = np.int64(1) << (5 * groups - 1)  # what fits into so many groups with its sign
    magnitude = np.where(values < 0, ~values, values)
    needed = np.searchsorted(limits, magnitude, side="right") + 1
    shift = 5 * (groups[: int(needed.max(initial=1))] - 1)
    bits = (values[:, None] >> shift) & 31  # (m, groups)
    place = np.arange(len(shift))
    bits += 48 + 32 * (place < needed[:, None] - 1)
    return bits[place < needed[:, None]].astype(np.uint8).tobytes().decode("ascii")


def unpack(text: str | bytes) -> Array:
    """(m,) int64 run lengths from the compressed string.

    Raises:
        FormatError: a character that no such string has, or an end in the middle of a number.
    """
    try:
        data = text.encode("ascii") if isinstance(text, str) else bytes(text)
    except UnicodeEncodeError as error:
        raise FormatError(f"a compressed outline holds {text[error.start]!r} where no such string has it") from None
    bits: Array = np.frombuffer(data, np.uint8).astype(np.int64) - 48
    strange = np.flatnonzero((bits < 0) | (bits > 63))
    if len(strange):
        raise FormatError(f"a compressed outline holds {chr(data[strange[0]])!r} where no such string has it")
    if not len(bits):
        return bits
    if bits[-1] & 32:
        raise FormatError("a compressed outline ends in the middle of a number")
    ends = np.flatnonzero(bits < 32)
    starts = np.append(0, ends[:-1] + 1)
    lengths = ends - starts + 1
    if lengths.max() > GROUPS:
        raise FormatError(f"a compressed outline holds a number of {lengths.max()} characters")
    shift = 5 * (np.arange(len(bits)) - np.repeat(starts, lengths))
    values = np.add.reduceat((bits & 31) << shift, starts) - ((bits[ends] & 16) << (5 * lengths - 4))
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    return np.asarray(values)
