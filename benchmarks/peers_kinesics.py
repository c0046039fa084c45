"""Our side of `peers.py`'s tracks, in a process of its own so that it too may be held to one thread; asked line by line.

Each line of standard input is {"people": n, "store": FILE.npz}: made walkers are followed, {"seconds": [...]} is answered, one
number a frame, and the same boxes and scores are stored in FILE for the others. Only `update` is timed.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np

from kinesics.testing import walking_people
from kinesics.tracks import Tracker

FRAMES, DROP = 300, 0.05


def answer(people: int, store: str) -> dict[str, Any]:
    """Follow made walkers with a new tracker, of whom one in twenty is missed in each frame."""
    frames = walking_people(people, FRAMES / 30, drop=DROP, seed=1)
    boxes, score = (np.concatenate([getattr(one, key) for one, _ in frames]) for key in ("boxes", "score"))
    np.savez(store, boxes=boxes, score=score, counts=[len(one) for one, _ in frames])
    tracker, seconds, ids = Tracker(), [], set()
    for one, at in frames:
        start = time.perf_counter()
        found = tracker.update(one, at)
        seconds.append(time.perf_counter() - start)
        ids |= set(found.ids.tolist()) - {-1}
    return {"seconds": seconds, "ids": len(ids)}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(**json.loads(line))), flush=True)
