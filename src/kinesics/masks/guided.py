"""The guided filter: a coarse mask takes on the edges of the picture it belongs to."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array

__all__ = ["guided"]


def guided(picture: Array, mask: Array, radius: int, eps: float) -> Array:
    """Let a mask follow a colour picture (He, Sun and Tang, Guided image filtering, ECCV 2010, equations 19 to 21).

    Within every window the mask is a linear function of the three colours; that function is what comes out, at every pixel. The
    functions of wide windows are found in a smaller picture (He and Sun, Fast guided filter, 2015).

    Args:
        picture: (h, w, 3) float32 0 to 1.
        mask: (h, w) float32 0 to 1.
        radius: of the windows, pixels.
        eps: variance of colour below which a window counts as flat.

    Returns:
        (h, w) float32 0 to 1.
    """
    height, width = mask.shape
    step = max(round(radius / 2.5), 1)
    if min(height, width) < 8 * step:
        step = 1
    size = (-(-width // step), -(-height // step))
    small = [cv2.resize(x, size, interpolation=cv2.INTER_AREA) for x in (picture, mask)] if step > 1 else [picture, mask]
    slope, offset = _functions(np.asarray(small[0]), np.asarray(small[1]), max(round(radius / step), 1), eps)
    if step > 1:
        slope, offset = (np.asarray(cv2.resize(x, (width, height), interpolation=cv2.INTER_LINEAR)) for x in (slope, offset))
    r, g, b = cv2.split(picture * slope)
    return np.asarray(np.clip(r + g + b + offset, 0, 1))


def _functions(picture: Array, mask: Array, radius: int, eps: float) -> tuple[Array, Array]:
    """Slopes (h, w, 3) and offsets (h, w) of the mask over the colours, averaged over the windows that hold a pixel."""

    def mean(x: Array) -> Array:
        return np.asarray(cv2.blur(x, (2 * radius + 1, 2 * radius + 1), borderType=cv2.BORDER_REFLECT))

    colour, level = mean(picture), mean(mask)
    r, g, b = cv2.split(picture)
    squares = mean(cv2.merge([r * r, g * g, b * b]))
    crossed = mean(cv2.merge([r * g, r * b, g * b]))
    joint = mean(picture * mask[..., None]) - colour * level[..., None]
    mr, mg, mb = cv2.split(colour)
    rr, gg, bb = squares[..., 0] - mr * mr + eps, squares[..., 1] - mg * mg + eps, squares[..., 2] - mb * mb + eps
    rg, rb, gb = crossed[..., 0] - mr * mg, crossed[..., 1] - mr * mb, crossed[..., 2] - mg * mb
    slope = _solve((rr, gg, bb, rg, rb, gb), joint)
    return mean(slope), mean(level - (slope * colour).sum(axis=-1))


def _solve(symmetric: tuple[Array, ...], right: Array) -> Array:
    """Solutions of the 3x3 symmetric systems (rr, gg, bb, rg, rb, gb), each (h, w), for right (h, w, 3)."""
    rr, gg, bb, rg, rb, gb = symmetric
    a, b, c = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    d, e, f = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    scale = 1 / (rr * a + rg * b + rb * c)
    x, y, z = cv2.split(right)
    return np.stack(
        [(a * x + b * y + c * z) * scale, (b * x + d * y + e * z) * scale, (c * x + e * y + f * z) * scale], axis=-1
    )
