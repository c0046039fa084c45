"""Pairs become groups: connected components, each around its exemplar, so that small steps do not chain up what differs.

Of two groups only the exemplars are compared. The better file wins and speaks for both. At the end every member has been
compared with its exemplar; one that is not like it leaves, and those that left may find together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ...types import Array

__all__ = ["grouped"]

ROUNDS = 3


def grouped(
    pairs: Iterable[tuple[int, int]], worth: Array, alike: Callable[[int, int], float | None]
) -> dict[int, dict[int, float]]:
    """Groups of two and more.

    Args:
        pairs: that may be alike, the most likely first.
        worth: how good each is to keep; of equal ones the one with the lower number is kept.
        alike: how alike two are, or None if they are not; asked as seldom as can be, the lower number first.

    Returns:
        exemplar -> member -> how alike it is to the exemplar; the exemplar is a member too, with 1.
    """
    known: dict[tuple[int, int], float | None] = {}

    def likeness(a: int, b: int) -> float | None:
        key = min(a, b), max(a, b)
        if key not in known:
            known[key] = alike(*key)
        return known[key]

    done: dict[int, dict[int, float]] = {}
    left = [(a, b) for a, b in pairs]
    for _ in range(ROUNDS):
        if not left:
            break
        gone: set[int] = set()
        for exemplar, members in _components(left, worth, likeness).items():
            values = {member: 1.0 if member == exemplar else likeness(exemplar, member) for member in members}
            stay = {member: value for member, value in values.items() if value is not None}
            gone |= values.keys() - stay.keys()
            if len(stay) > 1:
                done[exemplar] = stay
        left = [(a, b) for a, b in left if a in gone and b in gone]
    return done


def _components(
    pairs: Iterable[tuple[int, int]], worth: Array, likeness: Callable[[int, int], float | None]
) -> Mapping[int, list[int]]:
    """Exemplar -> members, of components of two and more; members may have been joined by way of an earlier exemplar."""
    leader: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for a, b in pairs:
        one, other = leader.setdefault(a, a), leader.setdefault(b, b)
        members.setdefault(one, [one])
        members.setdefault(other, [other])
        if one == other or likeness(one, other) is None:
            continue
        best, rest = sorted((one, other), key=lambda unit: (-float(worth[unit]), unit))
        members[best] += members.pop(rest)
        for unit in members[best]:
            leader[unit] = best
    return {best: found for best, found in members.items() if len(found) > 1}
