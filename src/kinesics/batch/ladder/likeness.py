"""How much a try is like its source when it is shown at the source's size: SSIM, everywhere; `vmaf.py` where it can be had."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...types import Array
from .encoding import Coded, decoded_luma
from .sizes import luma_at
from .spool import Sample

__all__ = ["Ssim", "structure"]

LOOKS = 16  # pictures of a sample that are compared
BLOCK = 4
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


@dataclass(frozen=True)
class _Moments:
    mean: Array
    variance: Array


def structure(one: Array, other: Array) -> float:
    """Mean structural similarity of two (h, w) uint8 brightnesses of at least 8 x 8, at most 1.

    Wang, Bovik, Sheikh and Simoncelli 2004, equation 13, over flat windows of 8 x 8 pixels, 4 apart: as encoders do, as
    there are hundreds of pictures a shot (`metrics.ssim` has the Gaussian windows of the paper).
    """
    return _likeness(one, _moments(_real(one)), other)


def _likeness(one: Array, known: _Moments, other: Array) -> float:
    x, y = _real(one), _real(other)
    mine = _moments(y)
    product = known.mean * mine.mean
    covariance = _windows(x * y) - product
    above = (2 * product + _C1) * (2 * covariance + _C2)
    below = (known.mean**2 + mine.mean**2 + _C1) * (known.variance + mine.variance + _C2)
    return float((above / below).mean(dtype=np.float64))


def _real(luma: Array) -> Array:
    high, wide = (side // BLOCK * BLOCK for side in luma.shape)
    return np.ascontiguousarray(luma[:high, :wide], np.float32)


def _moments(values: Array) -> _Moments:
    mean = _windows(values)
    return _Moments(mean, np.maximum(_windows(values * values) - mean * mean, 0))


def _windows(values: Array) -> Array:
    """Means of windows of 2 x 2 blocks of 4 x 4 pixels."""
    import cv2

    to = (values.shape[1] // BLOCK, values.shape[0] // BLOCK)
    blocks = np.asarray(cv2.resize(values, to, interpolation=cv2.INTER_AREA))
    return np.asarray((blocks[1:, 1:] + blocks[1:, :-1] + blocks[:-1, 1:] + blocks[:-1, :-1]) * np.float32(0.25))


class Ssim:
    """Compares up to 16 pictures of a sample, evenly spread."""

    measure = "ssim"

    def __init__(self, sample: Sample) -> None:
        self._store, self._slots = sample.store, sample.slots
        n = len(self._slots)
        looks = np.linspace(0, n - 1, min(n, LOOKS)).round().astype(int).tolist()
        self._known = {i: _moments(_real(self._luma(i))) for i in looks}

    def _luma(self, number: int) -> Array:
        return self._store.read(self._slots[number])[0]

    def __call__(self, coded: Coded) -> float:
        """Mean likeness, at most 1, to five digits."""
        found = [
            _likeness(self._luma(i), self._known[i], luma_at(luma, self._store.size))
            for i, luma in enumerate(decoded_luma(coded))
            if i in self._known
        ]
        return round(float(np.mean(found)), 5)

    def close(self) -> None:
        """Nothing to give back."""
