"""MediaPipe's selfie net: whoever is close to the camera, as a soft outline."""

from __future__ import annotations

import numpy as np

from ..types import Array
from ..weights import load
from .turned import Turned

__all__ = ["SelfieNet"]

SIDE = 256


class SelfieNet:
    """Selfie segmentation (Google, 2021).

    Args:
        threads: how many the net may use.

    Raises:
        WeightsError: the net is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1) -> None:
        self._net = load("selfie_segmentation", threads=threads)

    def look(self, image: Array, square: Turned, *, mirrored: bool = False) -> Array:
        """(256, 256) float32 0 to 1: how much each cell of a square of (h, w, 3) uint8 RGB is a person, whoever it is."""
        cut = square.shown(image, SIDE)
        seen: Array = self._net.run(np.ascontiguousarray(cut[:, :, ::-1]) if mirrored else cut)[0][0, :, :, 0]
        return np.ascontiguousarray(seen[:, ::-1]) if mirrored else seen
