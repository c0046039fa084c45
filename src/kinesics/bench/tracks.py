"""The tracker alone: how many frames of made people it follows in a second, on one thread."""

from __future__ import annotations

import time

import numpy as np

from ..testing.people import walking_people
from ..tracks import Tracker

__all__ = ["bench_tracks"]


def bench_tracks(people: int = 20, frames: int = 300, *, drop: float = 0.05, repeats: int = 5) -> dict[str, float]:
    """Follow `people` walkers of whom each frame misses the share `drop`; only `update` is timed.

    Returns:
        fps (of the fastest of `repeats` runs), ms_p50, ms_p95, ms_p99 of its frames, people, frames and ids, how many ids
        were given (as many as people if nobody was ever lost).
    """
    film = walking_people(people, frames / 30, drop=drop)
    best, ids = np.full(frames, np.inf), 0
    for _ in range(repeats):
        tracker, spent, seen = Tracker(), np.empty(len(film)), set[int]()
        for at, (crowd, moment) in enumerate(film):
            start = time.perf_counter()
            found = tracker.update(crowd, moment)
            spent[at] = time.perf_counter() - start
            seen.update(found.ids.tolist())
        if spent.sum() < best.sum():
            best, ids = spent, len(seen - {-1})
    p50, p95, p99 = (1000 * np.percentile(best, (50, 95, 99))).tolist()
    return {
        "fps": frames / float(best.sum()),
        "ms_p50": p50,
        "ms_p95": p95,
        "ms_p99": p99,
        "people": people,
        "frames": frames,
        "ids": ids,
    }
