"""The side of PyPI's `trackers` in `peers.py`: runs in an environment of its own and is asked line by line.

Each line of standard input is {"boxes": FILE.npz, "tracker": "sort" | "bytetrack" | "ocsort"}; the answer is
{"seconds": [...]}, one number a frame, for a new tracker over all frames of the file. Only `update` is timed.
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
        rows, scores, counts = file["boxes"].astype(np.float32), file["score"].astype(np.float32), file["counts"]
    ends = np.cumsum(counts)
    frames = [
        sv.Detections(xyxy=rows[end - count : end], confidence=scores[end - count : end], class_id=np.zeros(count, int))
        for count, end in zip(counts, ends, strict=True)
    ]
    model = KINDS[tracker]()
    seconds, ids = [], set()
    for frame in frames:
        start = time.perf_counter()
        found = model.update(frame)
        seconds.append(time.perf_counter() - start)
        ids |= set(np.asarray(found.tracker_id).tolist()) - {-1}
    return {"seconds": seconds, "ids": len(ids)}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(**json.loads(line))), flush=True)
