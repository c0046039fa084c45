"""The side of mediapipe 0.10.21 in `peers.py`: runs in an environment of its own and is asked line by line.

Each line of standard input is {"picture": FILE.npy}, (h, w, 3) uint8 RGB; the answer {"seconds": t, "joints": (17, 3) or null}:
`solutions.pose` at its defaults for single pictures (complexity 1, one person), COCO's joints as x, y in pixels and visibility.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import mediapipe as mp
import numpy as np

COCO = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]


def answer(pose: Any, picture: str) -> dict[str, Any]:
    """Look at one picture."""
    image = np.load(picture)
    start = time.perf_counter()
    found = pose.process(image).pose_landmarks
    seconds = time.perf_counter() - start
    height, width = image.shape[:2]
    places = found.landmark if found else []
    joints = [[places[i].x * width, places[i].y * height, places[i].visibility] for i in COCO] if places else None
    return {"seconds": seconds, "joints": joints}


if __name__ == "__main__":
    with mp.solutions.pose.Pose(static_image_mode=True) as model:
        for line in sys.stdin:
            print(json.dumps(answer(model, **json.loads(line))), flush=True)
