"""How near a drawn picture is to the real one: PSNR, SSIM, gradient similarity, and what moves between pictures.

Pictures are (h, w, 3) uint8 RGB; a region is a (h, w) mask. All sums are float64. Over several pictures, PSNR pools squared
errors first and takes the logarithm last (a mean of decibels would reward a few perfect pictures); SSIM and GMSD are means over
the pictures. None of them sees whether anything moves: print `motion_ratio` beside them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..errors import ShapeError
from ..types import Array

__all__ = ["Likeness", "flicker", "gmsd", "luma", "mean_step", "motion_ratio", "psnr", "ssim", "ssim_map"]

_PEAK = 255.0
_RADIUS, _SIGMA = 5, 1.5  # of the 11 x 11 window (Wang et al. 2004, section III.C)
_C1, _C2 = (0.01 * _PEAK) ** 2, (0.03 * _PEAK) ** 2
_CONTRAST = 170.0  # GMSD's constant for 8 bits (Xue et al. 2014, section III.C)


def luma(picture: Array) -> Array:
    """(h, w) float64 brightness 0 to 255 of (h, w, 3) uint8 RGB, by the weights of ITU-R BT.601."""
    return np.asarray(picture.astype(np.float64) @ (0.299, 0.587, 0.114))


def psnr(drawn: Array, real: Array, where: Array | None = None) -> float:
    """Peak signal to noise ratio over red, green and blue, decibels; infinite for equal pictures, NaN for an empty region.

    Args:
        drawn: (h, w, 3) uint8, or (n, h, w, 3): errors of all pictures are pooled before the logarithm.
        real: the same shape.
        where: (h, w) or (n, h, w) bool; everywhere if None.
    """
    _check(drawn, real)
    error = _squares(drawn, real)
    chosen = error if where is None else error[np.broadcast_to(where, error.shape)]
    return _decibels(float(chosen.sum()), chosen.size)


def _squares(drawn: Array, real: Array) -> Array:
    """(…, h, w) float64: squared error, mean of the channels."""
    gap = drawn.astype(np.int32) - real
    return np.asarray((gap * gap).sum(-1) / 3.0)


def _decibels(squares: float, pixels: int) -> float:
    if not pixels:
        return float("nan")
    return float(10 * np.log10(_PEAK**2 * pixels / squares)) if squares else float("inf")


def ssim_map(drawn: Array, real: Array) -> Array:
    """Structural similarity at each pixel, on brightness (Wang, Bovik, Sheikh, Simoncelli 2004, equation 13).

    Windows are 11 x 11 Gaussians of sigma 1.5, K1 0.01, K2 0.03, moments are weighted means (no sample correction). The 5
    pixels at each edge, whose windows reach beyond the picture, are NaN.

    Args:
        drawn: (h, w, 3) uint8.
        real: (h, w, 3) uint8.

    Returns:
        (h, w) float64, -1 to 1.
    """
    _check(drawn, real)
    x, y = luma(drawn), luma(real)
    mx, my = _blurred(x), _blurred(y)
    vx, vy = _blurred(x * x) - mx * mx, _blurred(y * y) - my * my
    vxy = _blurred(x * y) - mx * my
    found = (2 * mx * my + _C1) * (2 * vxy + _C2) / ((mx * mx + my * my + _C1) * (vx + vy + _C2))
    inside = np.full(found.shape, np.nan)
    core = slice(_RADIUS, -_RADIUS)
    inside[core, core] = found[core, core]
    return inside


def _blurred(plane: Array) -> Array:
    import cv2

    ramp = np.arange(-_RADIUS, _RADIUS + 1)
    window = np.exp(-0.5 * (ramp / _SIGMA) ** 2)
    window /= window.sum()
    return np.asarray(cv2.sepFilter2D(plane, cv2.CV_64F, window, window, borderType=cv2.BORDER_REFLECT))


def ssim(drawn: Array, real: Array, where: Array | None = None) -> float:
    """The mean of `ssim_map` over a region, edges left out; NaN where nothing of it is left."""
    return _mean(ssim_map(drawn, real), where)


def gmsd(drawn: Array, real: Array, where: Array | None = None) -> float:
    """Gradient magnitude similarity deviation (Xue, Zhang, Mou, Bovik 2014): 0 for equal pictures, more is worse, below 1.

    Measured on brightness at half size with Prewitt's gradients, as published. It stands in for perceptual measures that need
    a trained net; it is none.

    Args:
        drawn: (h, w, 3) uint8.
        real: (h, w, 3) uint8.
        where: (h, w) bool; a cell of 2 x 2 pixels counts when its upper left one does.
    """
    _check(drawn, real)
    return _deviation(_gradient_likeness(drawn, real), where)


def _gradient_likeness(drawn: Array, real: Array) -> Array:
    """(h // 2, w // 2) float64, 0 to 1: likeness of gradient magnitudes."""
    one, other = _slope(luma(drawn)), _slope(luma(real))
    return np.asarray((2 * one * other + _CONTRAST) / (one * one + other * other + _CONTRAST))


def _slope(plane: Array) -> Array:
    import cv2

    h, w = plane.shape[0] // 2, plane.shape[1] // 2
    half = plane[: 2 * h, : 2 * w].reshape(h, 2, w, 2).mean((1, 3))
    flat, step = np.full(3, 1 / 3), np.array((-1.0, 0, 1))
    across = cv2.sepFilter2D(half, cv2.CV_64F, step, flat, borderType=cv2.BORDER_REPLICATE)
    down = cv2.sepFilter2D(half, cv2.CV_64F, flat, step, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(np.hypot(across, down))


def _deviation(likeness: Array, where: Array | None) -> float:
    h, w = likeness.shape
    chosen = likeness if where is None else likeness[where[: 2 * h : 2, : 2 * w : 2]]
    return float(chosen.std()) if chosen.size else float("nan")


def _mean(plane: Array, where: Array | None) -> float:
    chosen = plane if where is None else plane[where]
    chosen = chosen[np.isfinite(chosen)]
    return float(chosen.mean()) if chosen.size else float("nan")


# ------------------------------------------------------------------------------------------------------------------- motion
def mean_step(before: Array, after: Array, where: Array | None = None) -> float:
    """Mean absolute change between two pictures, levels 0 to 255, over all channels; NaN for an empty region."""
    _check(before, after)
    gap = np.abs(before.astype(np.int16) - after)
    chosen = gap if where is None else gap[where]
    return float(chosen.mean(dtype=np.float64)) if chosen.size else float("nan")


def motion_ratio(drawn: Array, real: Array, where: Array | None = None) -> float:
    """How much the drawn pictures change from one to the next, over how much the real ones do.

    1 is as lively as reality, below about 0.5 frozen, above about 1.5 flickering. The real camera's noise counts as motion.

    Args:
        drawn: (n, h, w, 3) uint8, in order.
        real: the same moments.
        where: (n, h, w) bool; a step counts where either of its two pictures has it.

    Returns:
        the ratio; NaN where the real pictures do not change or there are fewer than two.
    """
    _check(drawn, real)
    steps = np.zeros(2)
    for i in range(len(real) - 1):
        region = None if where is None else where[i] | where[i + 1]
        steps += mean_step(drawn[i], drawn[i + 1], region), mean_step(real[i], real[i + 1], region)
    return float(steps[0] / steps[1]) if steps[1] > 0 else float("nan")


def flicker(pictures: Array, where: Array | None = None) -> float:
    """Mean absolute change between pictures (n, h, w, 3) that should all be one, levels 0 to 255; 0 is steady."""
    if len(pictures) < 2:
        return float("nan")
    return float(np.mean([mean_step(a, b, where) for a, b in itertools.pairwise(pictures)]))


def _check(drawn: Array, real: Array) -> None:
    if drawn.shape != real.shape or drawn.dtype != np.uint8 or real.dtype != np.uint8 or drawn.shape[-1] != 3:
        raise ShapeError(
            f"expected two (…, height, width, 3) uint8 pictures of one shape, got {drawn.shape} {drawn.dtype} "
            f"and {real.shape} {real.dtype}"
        )


# ---------------------------------------------------------------------------------------------------------- many pictures
@dataclass
class _Region:
    squares: float = 0.0
    pixels: int = 0
    ssim: list[float] = field(default_factory=list)
    gmsd: list[float] = field(default_factory=list)


class Likeness:
    """Gathers picture after picture what PSNR, SSIM and GMSD are in several regions.

    Attributes:
        pictures: how many were added.
    """

    def __init__(self) -> None:
        self.pictures = 0
        self._regions: dict[str, _Region] = {}

    def add(self, drawn: Array, real: Array, regions: Mapping[str, Array | None], *, structure: bool = True) -> None:
        """Take one more pair.

        Args:
            drawn: (h, w, 3) uint8.
            real: (h, w, 3) uint8.
            regions: by name, (h, w) bool or None for everywhere; an empty one does not count.
            structure: SSIM and GMSD too, which cost most of the time.
        """
        _check(drawn, real)
        error = _squares(drawn, real)
        similar = ssim_map(drawn, real) if structure else None
        likeness = _gradient_likeness(drawn, real) if structure else None
        self.pictures += 1
        for name, where in regions.items():
            region = self._regions.setdefault(name, _Region())
            chosen = error if where is None else error[where]
            region.squares += float(chosen.sum())
            region.pixels += chosen.size
            if similar is not None and likeness is not None and chosen.size:
                region.ssim.append(_mean(similar, where))
                region.gmsd.append(_deviation(likeness, where))

    def numbers(self) -> dict[str, float]:
        """`psnr_REGION`, `ssim_REGION` and `gmsd_REGION`, in the order in which regions came; NaN where a region was empty."""
        found: dict[str, float] = {}
        for name, region in self._regions.items():
            found[f"psnr_{name}"] = _decibels(region.squares, region.pixels)
            for kind, values in (("ssim", region.ssim), ("gmsd", region.gmsd)):
                known = [value for value in values if np.isfinite(value)]
                found[f"{kind}_{name}"] = float(np.mean(known)) if known else float("nan")
        return found
