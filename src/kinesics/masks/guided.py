"""The guided filter: a coarse mask takes on the edges of the picture it belongs to."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array

__all__ = ["guided"]


def guided(picture: Array, mask: Array, radius: int, eps: float) -> Array:
    """Let a mask follow a colour picture (He, Sun and Tang, Guided image filtering, ECCV 2010, equations 19 to 21).

    Within every window the mask is a linear function of the three colours; that function is what comes out, at every pixel.

    Args:
        picture: (h, w, 3) float32 0 to 1.
        mask: (h, w) float32 0 to 1.
        radius: of the windows, pixels.
        eps: variance of colour below which a window counts as flat.

    Returns:
        (h, w) float32 0 to 1.
    """

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
    offset = level - (slope * colour).sum(axis=-1)
    return np.asarray(np.clip((mean(slope) * picture).sum(axis=-1) + mean(offset), 0, 1))


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
