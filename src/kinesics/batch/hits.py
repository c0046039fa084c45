"""From windows that are like an example to hits: windows of one person that overlap are one."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..types import Array
from .example import Example

__all__ = ["KEPT", "KNOWN", "WINDOW", "Found"]

KNOWN = 0.5  # likeness from which it is more likely the same kind of movement than not
KEPT = 64  # windows for each hit that is asked for
APART = 1e7  # seconds, more than any clip lasts: puts people one after the other on one line of time
WINDOW = np.dtype(
    [
        ("clip", "i4"),
        ("epoch", "i4"),
        ("person", "i8"),
        ("start", "f8"),
        ("end", "f8"),
        ("at", "f8"),
        ("score", "f4"),
        ("likeness", "f8"),
    ]
)


class Found:
    """The best windows so far; memory is bounded by how many hits are asked for.

    Args:
        asked: what is searched for.
        count: of hits.

    Attributes:
        seen: windows that were taken.
    """

    def __init__(self, asked: Example, count: int) -> None:
        self.seen, self._asked, self._kept = 0, asked, KEPT * count
        self._alike, self._others = np.zeros(0, WINDOW), np.zeros(0, WINDOW)

    def add(self, windows: Array) -> None:
        """Take windows (n,) `WINDOW` whose likeness is known; the example itself is left out."""
        self.seen += len(windows)
        asked = self._asked
        same = (windows["clip"] == asked.clip) & (windows["epoch"] == asked.epoch) & (windows["person"] == asked.person)
        windows = windows[~(same & (windows["start"] < asked.end) & (windows["end"] > asked.start))]
        alike = windows["likeness"] >= KNOWN
        if alike.any():
            self._alike = self._best(united(np.concatenate([self._alike, windows[alike]])))
        self._others = self._best(np.concatenate([self._others, windows[~alike]]))

    def _best(self, windows: Array) -> Array:
        order = np.lexsort((windows["start"], windows["person"], windows["epoch"], windows["clip"], -windows["likeness"]))
        return np.asarray(windows[order[: self._kept]])

    def best(self, count: int) -> list[Any]:
        """Hits as rows of `WINDOW`, the likest first.

        What is alike and of one person grows together where it overlaps: somebody who walks for a minute is one hit of a
        minute. Of what is not alike only the likest window is told.
        """
        hits = list(self._alike[:count])
        for window in self._others:
            if len(hits) >= count:
                break
            if not any(_overlap(window, hit) for hit in hits):
                hits.append(window)
        return hits


def _overlap(one: Any, other: Any) -> bool:
    same = all(one[name] == other[name] for name in ("clip", "epoch", "person"))
    return bool(same and one["start"] < other["end"] and one["end"] > other["start"])


def united(windows: Array) -> Array:
    """Windows (n,) that overlap as one (m,): from the first start to the last end, otherwise as the likest of them."""
    windows = windows[np.lexsort((windows["start"], windows["person"], windows["epoch"], windows["clip"]))]
    who = np.stack([windows[name].astype(np.int64) for name in ("clip", "epoch", "person")])
    line = np.concatenate([[0], np.cumsum((who[:, 1:] != who[:, :-1]).any(0))]) * APART
    reach = np.maximum.accumulate(windows["end"] + line)
    new = np.concatenate([[True], (windows["start"] + line)[1:] >= reach[:-1]])
    group = np.cumsum(new) - 1
    order = np.lexsort((windows["start"], -windows["likeness"], group))
    likest = windows[order[np.flatnonzero(new)]].copy()
    at = np.flatnonzero(new)
    likest["start"], likest["end"] = windows["start"][at], np.maximum.reduceat(windows["end"], at)
    return np.asarray(likest)
