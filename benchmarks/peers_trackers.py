"""The side of PyPI's `trackers` in `peers.py`: runs in an environment of its own and is asked line by line.

Each line of standard input is {"boxes": FILE.npz, "tracker": "sort" | "bytetrack" | "ocsort"}; the answer is
{"seconds": [...], "switches": n} for a new tracker over all frames of the file: one number a frame, and how often a person's id
changed (the true person travels as the class, at which these trackers do not look). Only `update` is timed.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import supervision as sv
from trackers import ByteTrackTracker, OCSORTTracker, SORTTracker

KINDS: dict[str, Any] = {"sort": SORTTracker, "bytetrack": ByteTrackTracker, "ocsort": OCSORTTracker}


def answer(boxes: str, tracker: str) -> dict[str, Any]:
    """Follow the boxes of one file with the library's own defaults."""
    with np.load(boxes) as file:
        rows, scores = file["boxes"].astype(np.float32), file["score"].astype(np.float32)
        people, counts = file["ids"].astype(int), file["counts"]
    ends = np.cumsum(counts)
    frames = [
        sv.Detections(xyxy=rows[a:b], confidence=scores[a:b], class_id=people[a:b])
        for a, b in zip(ends - counts, ends, strict=True)
    ]
    model = KINDS[tracker]()
    seconds, last, switches = [], dict[int, int](), 0
    for frame in frames:
        start = time.perf_counter()
        found = model.update(frame)
        seconds.append(time.perf_counter() - start)
        for person, track in zip(found.class_id.tolist(), found.tracker_id.tolist(), strict=True):
            if track >= 0:
                switches += last.get(person, track) != track
                last[person] = track
    return {"seconds": seconds, "switches": switches}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(**json.loads(line))), flush=True)
