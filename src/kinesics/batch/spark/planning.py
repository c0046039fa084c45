"""Which clips go together: Spark hands out parts, and a part of a few minutes costs no more than one of a second."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import TypeVar

__all__ = ["SMALLEST", "parts_of"]

T = TypeVar("T", bound=tuple[object, ...])

SMALLEST = 1 / 64  # of a slot's fair share of all bytes: no part is planned smaller, since each costs Spark a tenth of a second


def parts_of(clips: Iterable[T], sizes: Iterable[int], slots: int) -> list[list[T]]:
    """Cut a corpus into parts, so that all slots end at about the same time, however slow some clips turn out.

    Factoring (Hummel, Schonberg and Flynn 1992): the first parts, one for each slot, hold half of all bytes together, the next
    ones half of the rest, and so on. Within such a round the largest clips come first, each into the part that has least
    (longest processing time first, Graham 1969).

    Args:
        clips: in any order.
        sizes: bytes of each, which stand for the time it takes.
        slots: parts that are worked on at the same time.

    Returns:
        parts in the order in which they are to be started; none is empty, no clip is left out. Equal clips give equal parts.
    """
    ordered = sorted(zip(sizes, clips, strict=True), key=lambda pair: (-pair[0], pair[1]))
    waiting = [(max(size, 1), clip) for size, clip in ordered]
    rest = sum(size for size, _ in waiting)
    least = SMALLEST * rest / max(slots, 1)
    parts: list[list[T]] = []
    while waiting:
        quota = max(rest / 2, least * slots)
        taken, chosen = 0, 0
        while chosen < len(waiting) and (chosen < slots or taken < quota):
            taken += waiting[chosen][0]
            chosen += 1
        parts += _spread(waiting[:chosen], slots)
        waiting, rest = waiting[chosen:], rest - taken
    return parts


def _spread(pairs: Sequence[tuple[int, T]], slots: int) -> list[list[T]]:
    """One round: the largest first, each into the part that has least; the part with most comes first."""
    bins: list[list[tuple[int, T]]] = [[] for _ in range(min(slots, len(pairs)))]
    heap = [(0, i) for i in range(len(bins))]
    for size, clip in pairs:
        filled, i = heap[0]
        heapq.heapreplace(heap, (filled + size, i))
        bins[i].append((size, clip))
    bins.sort(key=lambda part: -sum(size for size, _ in part))
    return [[clip for _, clip in part] for part in bins]
