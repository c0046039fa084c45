"""The two small detectors of MediaPipe, for palms and for faces: what their outputs mean."""

from __future__ import annotations

import functools

import numpy as np

from ..types import Array
from ..weights import load

__all__ = ["SpotDetector"]

STRIDES = {"palm_detection_full": (8, 16, 16, 16), "face_detection_short_range": (8, 16, 16, 16)}
SIDES = {"palm_detection_full": 192, "face_detection_short_range": 128}
RANGES = {"palm_detection_full": (0.0, 1.0), "face_detection_short_range": (-1.0, 1.0)}


class SpotDetector:
    """Palms or faces in a square picture (Bazarevsky et al., BlazeFace, 2019; Zhang et al., MediaPipe Hands, 2020).

    Args:
        name: "palm_detection_full" or "face_detection_short_range".
        threads: how many the net may use.

    Attributes:
        size: side of the picture it takes.
    """

    def __init__(self, name: str, threads: int) -> None:
        self._net = load(name, threads=threads)
        self._anchors = _anchors(name)
        self.size, self._range = SIDES[name], RANGES[name]

    def see(self, picture: Array) -> tuple[Array, Array, Array]:
        """What is in a picture (size, size, 3) uint8, without non-maximum suppression, best first.

        Returns:
            scores (m,) of all above 0.2, boxes (m, 4) xyxy and points (m, k, 2) in the picture's pixels.
        """
        low, high = self._range
        found, logit = self._net.run((picture.astype(np.float32) * ((high - low) / 255) + low)[None])
        score = 1 / (1 + np.exp(-np.clip(logit[0, :, 0].astype(float), -50, 50)))
        best = np.flatnonzero(score > 0.2)
        best = best[np.argsort(-score[best], kind="stable")]
        centre = self._anchors[best] * self.size
        raw = found[0, best].astype(float).reshape(len(best), found.shape[2] // 2, 2)  # centre, size, then points
        middle, half = raw[:, 0] + centre, raw[:, 1] / 2
        return score[best], np.concatenate([middle - half, middle + half], axis=1), raw[:, 2:] + centre[:, None]


@functools.cache
def _anchors(name: str) -> Array:
    """(n, 2) shares of the picture: two anchors a layer at the middle of each cell, layers of one stride together."""
    side, strides = SIDES[name], STRIDES[name]
    rows = []
    for stride in sorted(set(strides)):
        cells, each = -(-side // stride), 2 * strides.count(stride)
        y, x = np.mgrid[:cells, :cells]
        rows.append(np.repeat(np.stack([x.ravel() + 0.5, y.ravel() + 0.5], axis=1) / cells, each, axis=0))
    return np.concatenate(rows)
