"""Our side of `peers.py`'s tracks, in a process of its own so that it too may be held to one thread; asked line by line.

Each line of standard input is {"people": n, "joints": bool, "store": FILE.npz}: 300 frames of made walkers, one in twenty of
whom is missed in each, are followed, with joints or as boxes only. The answer is {"seconds": [...], "switches": n}: one number
a frame, and how often a person's id changed. The same people are stored in FILE for the others. Only `update` is timed.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np

from kinesics.testing import walking_people
from kinesics.tracks import Tracker

SECONDS, DROP = 10.0, 0.05


def answer(people: int, store: str, joints: bool) -> dict[str, Any]:
    """Follow made walkers with a new tracker."""
    film = walking_people(people, SECONDS, drop=DROP, seed=1, joints=joints)
    rows = {key: np.concatenate([getattr(one, key) for one, _ in film]) for key in ("boxes", "score", "ids")}
    np.savez(store, counts=[len(one) for one, _ in film], **rows)
    unknown = [(one.with_ids(np.full(len(one), -1)), at) for one, at in film]
    tracker, seconds, last, switches = Tracker(), [], dict[int, int](), 0
    for (truth, _), (one, at) in zip(film, unknown, strict=True):
        start = time.perf_counter()
        found = tracker.update(one, at)
        seconds.append(time.perf_counter() - start)
        for person, track in zip(truth.ids.tolist(), found.ids.tolist(), strict=True):
            if track >= 0:
                switches += last.get(person, track) != track
                last[person] = track
    return {"seconds": seconds, "switches": switches}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(**json.loads(line))), flush=True)
