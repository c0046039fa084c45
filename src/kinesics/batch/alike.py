"""Rows of numbers into groups of those that are alike: average linkage, with pairs that must stay apart."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..types import Array

__all__ = ["Groups", "alike"]

STEPS = (0.75, 0.5, 0.25, 0.0)  # of the way from the least likeness to 1: the most alike are joined first
TILE = 512, 8192  # rows and columns that are compared at a time: bounds the memory


def alike(vectors: Array, least: float, apart: Iterable[tuple[int, int]] = ()) -> Array:
    """Group vectors so that those of a group have, on average over pairs, a cosine of `least` or more.

    Agglomerative clustering with average linkage (Sokal and Michener 1958), in rounds: each group finds the one most like it,
    and those pairs that are alike enough are joined, the most alike first. An average never rises when others join (average
    linkage is reducible, Bruynooghe 1977), so a group that is like no other is done with, and few are compared again. The mean
    cosine of two groups is the product of their mean vectors: n rows cost at most n² of these a round, and memory for n.

    Args:
        vectors: (n, d) of length 1.
        least: mean cosine at which two groups are one.
        apart: pairs of rows that are never in one group.

    Returns:
        (n,) int64, the number of each row's group: the smallest row in it.
    """
    groups = Groups(np.asarray(vectors, np.float32), apart)
    for step in STEPS:
        while groups.join(least + step * (1 - least), least):
            pass
    return groups.labels()


class Groups:
    """Groups of rows that grow together.

    Args:
        vectors: (n, d) float32 of length 1.
        apart: pairs of rows that are never in one group.
    """

    def __init__(self, vectors: Array, apart: Iterable[tuple[int, int]] = ()) -> None:
        n = len(vectors)
        self._sums, self._sizes = vectors.copy(), np.ones(n, np.float32)
        self._parent = np.arange(n)
        self._alive = np.arange(n)  # groups that may still be joined, by their smallest row
        self._value, self._partner = np.full(n, -np.inf, np.float32), np.full(n, -1)
        self._stale = np.ones(n, bool)
        self._rivals: dict[int, set[int]] = {}
        for a, b in apart:
            self._rivals.setdefault(a, set()).add(b)
            self._rivals.setdefault(b, set()).add(a)

    def labels(self) -> Array:
        """(n,) the smallest row of each row's group."""
        return np.array([self._root(row) for row in range(len(self._parent))], np.int64)

    def join(self, sure: float, least: float) -> int:
        """One round: join groups whose mean cosine is `sure` or more; those under `least` are done with for good.

        Returns:
            how many were joined; 0 only where no two are that much alike.
        """
        alive = self._alive
        self._compare(alive[self._stale[alive]])
        self._alive = alive = alive[self._value[alive] >= least]
        proposals = alive[self._value[alive] >= sure]
        order = np.lexsort((proposals, -self._value[proposals]))
        changed: set[int] = set()
        joined = 0
        for row in proposals[order].tolist():
            a, b = self._root(row), self._root(int(self._partner[row]))
            if a == b or b in self._rivals.get(a, ()) or ({a, b} & changed and self._mean_cosine(a, b) < sure):
                continue
            changed.add(self._unite(min(a, b), max(a, b)))
            joined += 1
        self._alive = alive = alive[self._parent[alive] == alive]
        marks = np.zeros(len(self._parent), bool)
        marks[list(changed)] = True
        partner = np.array([self._root(row) for row in self._partner[alive].tolist()], np.int64)
        self._stale[alive] = marks[alive] | (marks[partner] if len(alive) else False)
        return joined

    def _root(self, row: int) -> int:
        while self._parent[row] != row:
            self._parent[row] = self._parent[self._parent[row]]
            row = int(self._parent[row])
        return row

    def _mean_cosine(self, a: int, b: int) -> float:
        return float(self._sums[a] @ self._sums[b]) / float(self._sizes[a] * self._sizes[b])

    def _unite(self, a: int, b: int) -> int:
        """Put b into a."""
        self._parent[b] = a
        self._sums[a] += self._sums[b]
        self._sizes[a] += self._sizes[b]
        for rival in self._rivals.pop(b, ()):
            self._rivals[rival].discard(b)
            self._rivals[rival].add(a)
            self._rivals.setdefault(a, set()).add(rival)
        return a

    def _compare(self, rows: Array) -> None:
        """Find for each of these groups the one that is most like it, of those that are alive."""
        columns = self._alive
        means = self._sums[columns] / self._sizes[columns, None]
        for start in range(0, len(rows), TILE[0]):
            some = rows[start : start + TILE[0]]
            mine = self._sums[some] / self._sizes[some, None]
            value, partner = np.full(len(some), -np.inf, np.float32), np.full(len(some), -1)
            for first in range(0, len(columns), TILE[1]):
                part = columns[first : first + TILE[1]]
                cosines = mine @ means[first : first + TILE[1]].T
                self._forbid(cosines, some, part)
                best = cosines.argmax(axis=1)
                found = cosines[np.arange(len(some)), best]
                better = found > value
                value[better], partner[better] = found[better], part[best[better]]
            self._value[some], self._partner[some] = value, partner
        self._stale[rows] = False

    def _forbid(self, cosines: Array, rows: Array, columns: Array) -> None:
        """No group is like itself, nor like one that it must stay apart from."""
        own = np.minimum(np.searchsorted(columns, rows), len(columns) - 1)
        lines = np.flatnonzero(columns[own] == rows)
        cosines[lines, own[lines]] = -np.inf
        for line, row in enumerate(rows.tolist()):
            if others := self._rivals.get(row):
                rivals = np.fromiter(others, np.int64)
                places = np.minimum(np.searchsorted(columns, rivals), len(columns) - 1)
                cosines[line, places[columns[places] == rivals]] = -np.inf
