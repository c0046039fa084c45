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
CELLS = {"pixelate": 4.0, "solid": 1.0, "blur": 1.6}  # across a region, one and a half times as wide as the face in it:
# with more of them what is blurred is a smooth oval of its own shade, which detectors take for a face
TEMPLATE = 96


def flat_picture(size: tuple[int, int]) -> Array:
    """(h, w, 3) uint8 of one colour, for a (width, height)."""
    row = np.tile(np.array(FLAT, np.uint8), (size[0], 1))
    return np.broadcast_to(row, (size[1], size[0], 3)).copy()


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
            _blend(out, part, _covered(image, part, 2 * min(rx, ry) / CELLS[how], how), weight)
    return out


def cover_mask(
    image: Array,
    mask: Array,
    cell: float,
    how: str = "blur",
    *,
    corner: tuple[int, int] = (0, 0),
    grow: float = 0.0,
    soft: float = 0.0,
    out: Array | None = None,
) -> Array:
    """Cover whatever a mask says.

    Args:
        image: (h, w, 3) uint8; it is not changed.
        mask: (hi, wi) bool, of the whole picture or of a window of it.
        cell: how large the smallest thing is that may still be told apart, pixels.
        how: "blur", "pixelate" or "solid".
        corner: x, y of the window's upper left pixel.
        grow: so many pixels round the mask are covered fully too, some more where that is quicker.
        soft: width of the soft edge beyond them, pixels.
        out: covered here, in place, instead of on a copy.

    Returns:
        (h, w, 3) uint8.

    Raises:
        UsageError: `how` is unknown.
        ShapeError: the window reaches beyond the picture.
    """
    _check(how)
    (x, y), (high, wide) = corner, mask.shape
    if min(x, y) < 0 or x + wide > image.shape[1] or y + high > image.shape[0]:
        raise ShapeError(f"cover_mask: a window of {mask.shape} at {corner} is not in a picture of {image.shape[:2]}")
    out = image.copy() if out is None else out
    if not mask.any():
        return out
    pad = int(np.ceil(grow + 2.5 * soft)) + 4 * _coarse(grow, soft)
    left, top = max(x - pad, 0), max(y - pad, 0)
    part = slice(top, min(y + high + pad, image.shape[0])), slice(left, min(x + wide + pad, image.shape[1]))
    cover = _covered(image, part, max(cell, 2.0), how)
    if grow == soft == 0:
        out[part] = cv2.copyTo(cover, _padded(mask, corner, part), np.ascontiguousarray(out[part]))
    else:
        _blend(out, part, cover, _spread(_padded(mask, corner, part), grow, soft))
    return out


def _coarse(grow: float, soft: float) -> int:
    """Pixels a cell in which the edge of a mask may be made."""
    return int(np.clip(max(grow, soft) / 3, 1, 12))


def _padded(mask: Array, corner: tuple[int, int], part: tuple[slice, slice]) -> Array:
    """A mask's window as uint8 of a larger one."""
    rows, columns = part
    whole = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    top, left = corner[1] - rows.start, corner[0] - columns.start
    whole[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    return whole


def _spread(mask: Array, grow: float, soft: float) -> Array:
    """(h, w) float32: 1 up to `grow` pixels from what is set in (h, w) uint8, then falling."""
    cell = _coarse(grow, soft)
    high, wide = (-(-n // cell) for n in mask.shape)
    full = np.zeros((high * cell, wide * cell), np.uint8)
    np.multiply(mask, 255, out=full[: mask.shape[0], : mask.shape[1]])
    # a single pixel of the largest cell still is 255 / 144 of an average
    few = (cv2.resize(full, (wide, high), interpolation=cv2.INTER_AREA).reshape(high, wide) > 0).astype(np.uint8)
    ramp = int(np.ceil(soft / cell))
    reach = int(np.ceil(grow / cell)) + 1 + int(np.ceil(1.5 * ramp))  # what blurs is a square, as far as its corners
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    weight = cv2.blur(cv2.dilate(few, kernel).astype(np.float32), (2 * ramp + 1, 2 * ramp + 1))
    large = cv2.resize(weight, (wide * cell, high * cell), interpolation=cv2.INTER_LINEAR)[: mask.shape[0], : mask.shape[1]]
    return np.ascontiguousarray(large)


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
