"""What people wear: histograms of colours, upper and lower body apart."""

from __future__ import annotations

import numpy as np

from ..types import Array

_LEVELS = 3  # of red, green and blue each
_PARTS = ((0.18, 0.5), (0.5, 0.88))  # from the top of the box: trunk, legs
_ACROSS, _DOWN = 8, 12  # picture elements looked at in each part
BINS = len(_PARTS) * _LEVELS**3


def colours(image: Array, boxes: Array) -> Array:
    """Histograms (n, 54) of boxes (n, 4), as square roots that sum to 1 when squared: the product of two is their likeness.

    Args:
        image: (h, w, 3) uint8 RGB.
        boxes: pixels; parts beyond the picture take the colours of its edge.
    """
    n = len(boxes)
    across = 0.25 + 0.5 * (np.arange(_ACROSS) + 0.5) / _ACROSS  # the middle half: the sides are background
    down = np.concatenate([low + (high - low) * (np.arange(_DOWN) + 0.5) / _DOWN for low, high in _PARTS])
    low, size = boxes[:, None, :2].astype(np.float64), (boxes[:, None, 2:] - boxes[:, None, :2]).astype(np.float64)
    x = np.clip(low[..., 0] + across * size[..., 0], 0, image.shape[1] - 1).astype(np.intp)  # (n, 8)
    y = np.clip(low[..., 1] + down * size[..., 1], 0, image.shape[0] - 1).astype(np.intp)  # (n, 24)
    level = image[y[:, :, None], x[:, None, :]] // (255 // _LEVELS + 1)  # (n, 24, 8, 3)
    kind = level @ np.array([_LEVELS**2, _LEVELS, 1])
    part = np.repeat(np.arange(len(_PARTS)), _DOWN) * _LEVELS**3
    place = kind + part[:, None] + np.arange(n)[:, None, None] * BINS
    count = np.bincount(place.ravel(), minlength=n * BINS).reshape(n, BINS)
    return np.asarray(np.sqrt(count / (len(down) * len(across))))
