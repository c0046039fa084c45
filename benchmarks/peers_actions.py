"""Our side of `peers.py`'s actions, in a process of its own so that it too may be held to one thread; asked line by line.

The first line of standard input is {"store": FILE.npz}: a model learns made clips for a moment; the clips are stored in FILE
for the others. Each next line, {}, is answered with {"clips": [...], "frames": [...], "right": share}: seconds of each clip,
asked one by one, and of each frame of one of them as it streams.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np

from kinesics.actions import ActionClassifier
from kinesics.evaluate.cost import stepping_seconds
from kinesics.testing import made_clips

LEARNED, ASKED = 60, 40


def store(clips: list[Any], labels: list[str], file: str) -> None:
    """Clips of unlike length in one file."""
    arrays = {f"points_{i}": clip.points for i, clip in enumerate(clips)}
    np.savez(file, labels=labels, learned=LEARNED, **arrays, **{f"times_{i}": clip.times for i, clip in enumerate(clips)})


def main() -> None:
    """Learn, then answer for as long as it is asked."""
    clips, labels, subjects = made_clips(10)
    store(clips, labels, json.loads(sys.stdin.readline())["store"])
    model = ActionClassifier(minutes=0.1).fit(clips[:LEARNED], labels[:LEARNED], subjects=subjects[:LEARNED])
    print(json.dumps({"parameters": getattr(model, "parameters_", None)}), flush=True)
    for turn, _ in enumerate(sys.stdin):
        seconds, right = [], 0
        for clip, label in zip(clips[LEARNED : LEARNED + ASKED], labels[LEARNED:], strict=False):
            start = time.perf_counter()
            proba = model.predict_proba([clip])
            seconds.append(time.perf_counter() - start)
            right += str(model.classes_[int(proba[0].argmax())]) == label
        frames = stepping_seconds(model, [clips[LEARNED + turn % ASKED]], 1)
        print(json.dumps({"clips": seconds, "frames": frames, "right": right / len(seconds)}), flush=True)


if __name__ == "__main__":
    main()
