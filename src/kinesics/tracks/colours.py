"""What people wear: histograms of colours, upper and lower body apart."""

from __future__ import annotations

import numpy as np

from ..types import Array, Frame

_LEVELS = 3  # of red, green and blue each
_PARTS = ((0.18, 0.5), (0.5, 0.88))  # from the top of the box: trunk, legs
_ACROSS, _DOWN = 8, 12  # picture elements looked at in each part
BINS = len(_PARTS) * _LEVELS**3


def colours(image: Array | Frame, boxes: Array) -> Array:
    """Histograms (n, 54) of boxes (n, 4), as square roots that sum to 1 when squared: the product of two is their likeness.

    Args:
        image: (h, w, 3) uint8 RGB, or a frame, of which only the picture elements looked at are converted.
        boxes: pixels; parts beyond the picture take the colours of its edge.
    """
    n = len(boxes)
    width, height = image.size if isinstance(image, Frame) else (image.shape[1], image.shape[0])
    across = 0.25 + 0.5 * (np.arange(_ACROSS) + 0.5) / _ACROSS  # the middle half: the sides are background
    down = np.concatenate([low + (high - low) * (np.arange(_DOWN) + 0.5) / _DOWN for low, high in _PARTS])
    low, size = boxes[:, None, :2].astype(np.float64), (boxes[:, None, 2:] - boxes[:, None, :2]).astype(np.float64)
    x = np.clip(low[..., 0] + across * size[..., 0], 0, width - 1).astype(np.intp)  # (n, 8)
    y = np.clip(low[..., 1] + down * size[..., 1], 0, height - 1).astype(np.intp)  # (n, 24)
    level = _elements(image, y[:, :, None], x[:, None, :]) // (255 // _LEVELS + 1)  # (n, 24, 8, 3)
    kind = level @ np.array([_LEVELS**2, _LEVELS, 1])
    part = np.repeat(np.arange(len(_PARTS)), _DOWN) * _LEVELS**3
    place = kind + part[:, None] + np.arange(n)[:, None, None] * BINS
    count = np.bincount(place.ravel(), minlength=n * BINS).reshape(n, BINS)
    return np.asarray(np.sqrt(count / (len(down) * len(across))))


def _elements(image: Array | Frame, y: Array, x: Array) -> Array:
    """RGB, 0 to 255, of single picture elements."""
    planes = image.planes if isinstance(image, Frame) else None
    if not isinstance(image, Frame):
        return image[y, x]
    if planes is None:
        return image.image[y, x]
    luma, u, v = planes
    yuv = np.stack([luma[y, x], u[y // 2, x // 2], v[y // 2, x // 2]], axis=-1)
    rgb = yuv @ image.matrix[:, :3].T + image.matrix[:, 3]
    return np.asarray(rgb.clip(0, 255).astype(np.uint8))
