"""Parts of a picture made so that nobody can tell what was there.

What is inside a region is covered fully; edges are soft outside it only. Nets can learn to tell people apart by faces that were
blurred or pixelated too little (McPherson et al., Defeating image obfuscation with deep learning, 2016): both covers are made
of a picture reduced to very few cells, and these are rounded to few shades.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import cv2
import numpy as np

from ..errors import ShapeError, UsageError
from ..types import Array

__all__ = ["COVERS", "FLAT", "cover_mask", "cover_spots", "flat_picture"]

COVERS = ("blur", "pixelate", "solid")
FLAT = (24, 24, 28)  # what stands where nothing may be seen
SOFT = 1.22  # where a soft edge ends, in radii of the region
CELLS = 5.0  # cells across a region, which is about one and a half times as wide as the face in it
TEMPLATE = 96


def flat_picture(size: tuple[int, int]) -> Array:
    """(h, w, 3) uint8 of one colour, for a (width, height)."""
    return np.full((size[1], size[0], 3), FLAT, np.uint8)


def cover_spots(image: Array, spots: Array, how: str = "blur", *, rounded: bool = True, out: Array | None = None) -> Array:
    """Cover ovals or boxes of a picture.

    Args:
        image: (h, w, 3) uint8; it is not changed.
        spots: (n, 4) x, y of the middle, half width and half height, pixels; parts beyond the picture are fine.
        how: "blur", "pixelate" or "solid".
        rounded: ovals; else boxes.
        out: covered here, in place, instead of on a copy: a picture that has been covered elsewhere already.

    Returns:
        (h, w, 3) uint8.

    Raises:
        UsageError: `how` is unknown.
        ShapeError: the spots are not (n, 4) finite numbers with sizes above 0.
    """
    spots = np.asarray(spots, float)
    _check(how)
    if spots.ndim != 2 or spots.shape[1] != 4 or not np.isfinite(spots).all() or (spots[:, 2:] <= 0).any():
        raise ShapeError(f"cover_spots: expected (n, 4) finite x, y, half width, half height above 0; got {spots.shape}")
    out = image.copy() if out is None else out
    for x, y, rx, ry in spots.tolist():
        part = _window(x, y, SOFT * rx + 1, SOFT * ry + 1, image)
        if part is not None:
            weight = _weight(x, y, rx, ry, part, rounded)
            _blend(out, part, _covered(image, part, 2 * min(rx, ry) / CELLS, how), weight)
    return out


def cover_mask(
    image: Array, mask: Array, cell: float, how: str = "blur", *, soft: float = 4.0, out: Array | None = None
) -> Array:
    """Cover whatever a mask says.

    Args:
        image: (h, w, 3) uint8; it is not changed.
        mask: (h, w) bool.
        cell: how large the smallest thing is that may still be told apart, pixels.
        how: "blur", "pixelate" or "solid".
        soft: width of the soft edge, pixels; it lies outside the mask.
        out: covered here, in place, instead of on a copy.

    Returns:
        (h, w, 3) uint8.

    Raises:
        UsageError: `how` is unknown.
        ShapeError: the mask has another size than the picture.
    """
    _check(how)
    if mask.shape != image.shape[:2]:
        raise ShapeError(f"cover_mask: expected a mask of the picture's size {image.shape[:2]}, got {mask.shape}")
    out = image.copy() if out is None else out
    width = max(round(soft), 1)
    x, y, w, h = cv2.boundingRect(mask.view(np.uint8) if mask.dtype == bool else mask.astype(np.uint8))
    if not w:
        return out
    left, top = max(x - 2 * width, 0), max(y - 2 * width, 0)
    part = slice(top, min(y + h + 2 * width, mask.shape[0])), slice(left, min(x + w + 2 * width, mask.shape[1]))
    grown = cv2.dilate(mask[part].astype(np.uint8) * 255, np.ones((2 * width + 1, 2 * width + 1), np.uint8))
    weight = cv2.blur(grown, (2 * width + 1, 2 * width + 1)).astype(np.float32) / 255
    weight[mask[part]] = 1.0
    _blend(out, part, _covered(image, part, max(cell, 2.0), how), weight)
    return out


def _check(how: str) -> None:
    if how not in COVERS:
        raise UsageError(f"nothing is covered by {how!r}; there are {', '.join(COVERS)}")


def _window(x: float, y: float, rx: float, ry: float, image: Array) -> tuple[slice, slice] | None:
    """The part of the picture round a spot, or None where it lies outside."""
    left, right = max(int(np.floor(x - rx)), 0), min(int(np.ceil(x + rx)) + 1, image.shape[1])
    top, bottom = max(int(np.floor(y - ry)), 0), min(int(np.ceil(y + ry)) + 1, image.shape[0])
    return (slice(top, bottom), slice(left, right)) if right > left and bottom > top else None


def _weight(x: float, y: float, rx: float, ry: float, part: tuple[slice, slice], rounded: bool) -> Array:
    """(h, w) float32 of a window: 1 in the region, falling to 0 outside it."""
    rows, columns = part
    scale = TEMPLATE / (2 * SOFT)  # of a radius, in the template
    u = (np.arange(columns.start, columns.stop, dtype=np.float32) - x) / rx * scale + (TEMPLATE - 1) / 2
    v = (np.arange(rows.start, rows.stop, dtype=np.float32) - y) / ry * scale + (TEMPLATE - 1) / 2
    if len(u) == 1 or len(v) == 1:
        return np.ones((len(v), len(u)), np.float32)
    fx, fy = (u[-1] - u[0]) / (len(u) - 1), (v[-1] - v[0]) / (len(v) - 1)
    there = np.array([[fx, 0, u[0]], [0, fy, v[0]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(_template(rounded), there, (len(u), len(v)), flags=flags))


@functools.cache
def _template(rounded: bool) -> Array:
    """(TEMPLATE, TEMPLATE) float32 weight of a spot with radius 1 in a window of ±SOFT."""
    at = np.abs(np.arange(TEMPLATE, dtype=np.float32) - (TEMPLATE - 1) / 2) * (2 * SOFT / TEMPLATE)
    far = np.hypot(at[:, None], at) if rounded else np.maximum(at[:, None], at)
    return np.asarray(
        np.clip((SOFT - 0.03 - far) / (SOFT - 0.03 - 1.03), 0, 1), np.float32
    )  # 0.03: a template's cell, so that 1 is 1 after warping


def _covered(image: Array, part: tuple[slice, slice], cell: float, how: str) -> Array:
    """What stands over a window, (h, w, 3) uint8."""
    rows, columns = part
    size = columns.stop - columns.start, rows.stop - rows.start
    if how == "solid":
        return flat_picture(size)
    wide, high = (max(round(length / cell), 1) for length in size)
    few = cv2.resize(image[part], (wide, high), interpolation=cv2.INTER_AREA).reshape(high, wide, 3)
    few = (few & 0xF0) | 8  # 16 shades a channel
    if how == "pixelate":
        return np.asarray(cv2.resize(few, size, interpolation=cv2.INTER_NEAREST))
    few = cv2.GaussianBlur(few, (0, 0), 0.8).reshape(high, wide, 3)
    return np.asarray(cv2.resize(few, size, interpolation=cv2.INTER_LINEAR))


def _blend(out: Array, part: tuple[slice, slice], cover: Array, weight: Array) -> None:
    """Lay a cover over a part of `out`, in place."""
    under = np.ascontiguousarray(out[part])
    out[part] = cv2.blendLinear(cover, under, weight, np.subtract(1, weight))


def spots_of(boxes: Sequence[Sequence[float]] | Array) -> Array:
    """Boxes x1 y1 x2 y2 as spots: middle, half width, half height; at least a pixel each."""
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    middle, half = (boxes[:, :2] + boxes[:, 2:]) / 2, np.maximum((boxes[:, 2:] - boxes[:, :2]) / 2, 0.5)
    return np.concatenate([middle, half], axis=1)
