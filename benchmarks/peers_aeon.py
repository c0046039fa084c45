"""The side of PyPI's `aeon` in `peers.py`: MiniRocket and ridge, in an environment of its own, asked line by line.

MiniRocket (Dempster, Schmidt & Webb, KDD 2021) over joints and velocities, 10,000 kernels, as one would write it today. The
first line of standard input is {"store": FILE.npz}, the clips that `peers_actions.py` stored; each next line, {}, is answered
with {"clips": [...], "right": share}: seconds of each clip, asked one by one, from joints to label.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
from aeon.transformations.collection.convolution_based import MiniRocket
from sklearn.linear_model import RidgeClassifierCV
from sklearn.preprocessing import StandardScaler

LENGTH, ASKED = 64, 40


def series(points: Any, times: Any) -> Any:
    """(channels, 64): the joints, centred on the body and scaled, and how they move."""
    flat = points.reshape(len(points), -1)
    at = np.linspace(times[0], times[-1], LENGTH)
    right = np.clip(np.searchsorted(times, at), 1, len(times) - 1)
    share = ((at - times[right - 1]) / (times[right] - times[right - 1]))[:, None]
    joints = ((1 - share) * flat[right - 1] + share * flat[right]).reshape(LENGTH, -1, points.shape[-1])
    joints = (joints - joints.mean((0, 1))) / joints[..., 1].std()
    both = np.concatenate([joints, np.gradient(joints, axis=0)], -1)
    return both.reshape(LENGTH, -1).T.astype(np.float32)


def main() -> None:
    """Learn, then answer for as long as it is asked."""
    with np.load(json.loads(sys.stdin.readline())["store"]) as file:
        labels, learned = file["labels"].tolist(), int(file["learned"])
        clips = [(file[f"points_{i}"], file[f"times_{i}"]) for i in range(len(labels))]
    rocket = MiniRocket(n_jobs=1, random_state=0)
    features = rocket.fit_transform(np.stack([series(*clip) for clip in clips[:learned]]))
    scaler = StandardScaler(with_mean=False).fit(features)
    head = RidgeClassifierCV(alphas=np.logspace(-3, 3, 10)).fit(scaler.transform(features), labels[:learned])
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        seconds, right = [], 0
        for clip, label in zip(clips[learned : learned + ASKED], labels[learned:], strict=False):
            start = time.perf_counter()
            found = head.predict(scaler.transform(rocket.transform(series(*clip)[None])))[0]
            seconds.append(time.perf_counter() - start)
            right += found == label
        print(json.dumps({"clips": seconds, "right": right / len(seconds)}), flush=True)


if __name__ == "__main__":
    main()
