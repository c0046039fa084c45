"""What a node of a tree asks about a pixel: is there a step in depth between two places near it?

f = D(x + u F / D(x)) - D(x + v F / D(x)) (Shotton et al., "Real-time human pose recognition in parts from single depth images",
2011, equation 1), with u and v in metres on the plane through x and F the focal length in pixels, so that the answer changes
neither with the distance of the person nor with the camera. All in whole numbers: depth in millimetres, u and v in tenths of a
millimetre, places rounded by floor(x + 0.5) before they are added to the pixel's. Whatever is outside the picture, outside the
person (0) or beyond `FARTHEST` is `BACKGROUND`.
"""

from __future__ import annotations

import numpy as np

from ..errors import ShapeError
from ..types import Array, Camera

BACKGROUND = 32000  # mm: behind everything
FARTHEST = 16000  # mm: what lies farther is background
REACH_UNIT = 0.1  # mm: steps of u and v
LARGEST = 1 << 23  # pixels of a picture: places must be exact in float32
EDGE = 2000  # mm: a step beyond it is one to or from the background


def padded(depth: Array) -> Array:
    """(h, w) uint16 millimetres as (h + 2, w + 2) int16 with `BACKGROUND` around and wherever nobody is."""
    out = np.full((depth.shape[0] + 2, depth.shape[1] + 2), BACKGROUND, np.int16)
    inner = out[1:-1, 1:-1]
    np.copyto(inner, depth.astype(np.int16), where=(depth > 0) & (depth < FARTHEST))
    return out


def feature(depth: Array, camera: Camera, row: int, column: int, offsets: Array) -> int:
    """The feature of one pixel, as plainly as it can be said; kernels must agree with it exactly.

    Args:
        depth: (h, w) uint16 millimetres, 0 where nobody is.
        camera: of the picture.
        row: of the pixel.
        column: of the pixel; there must be depth.
        offsets: (4,) u right, u down, v right, v down, tenths of a millimetre.

    Returns:
        millimetres.
    """
    here = np.float32(depth[row, column])
    scales = np.array([camera.fx, camera.fy] * 2, np.float32) * np.float32(REACH_UNIT) / here
    steps = np.floor(np.asarray(offsets, np.float32) * scales + np.float32(0.5)).astype(int)

    def at(right: int, down: int) -> int:
        r, c = row + down, column + right
        inside = 0 <= r < depth.shape[0] and 0 <= c < depth.shape[1]
        return int(depth[r, c]) if inside and 0 < depth[r, c] < FARTHEST else BACKGROUND

    return at(steps[0], steps[1]) - at(steps[2], steps[3])


def draw_offsets(rng: np.random.Generator, count: int, reach: float, alone: float = 0.85) -> Array:
    """Random u and v.

    Args:
        rng: decides all.
        count: how many pairs.
        reach: longest, metres; lengths are drawn denser near 0.
        alone: share of the pairs whose v is 0: they compare a place with the pixel itself, and win most nodes.

    Returns:
        (count, 4) int16 tenths of a millimetre.
    """
    length = reach * rng.random((count, 2)) ** 2
    angle = rng.random((count, 2)) * (2 * np.pi)
    length[rng.random(count) < alone, 1] = 0
    pairs = np.stack([length * np.cos(angle), length * np.sin(angle)], -1).reshape(count, 4)
    return np.rint(pairs * 1e4).astype(np.int16)


def make_thresholds(count: int, span: float) -> Array:
    """Thresholds, symmetric and denser near 0; the outermost two set apart the steps to and from the background.

    Args:
        count: how many, odd, 3 to 255.
        span: of all but the outermost, metres either way.

    Returns:
        (count,) int16 millimetres, rising. A pixel goes left when its feature is below.
    """
    half = (count - 1) // 2
    inner = np.rint(span * 1000 * (np.arange(1, half) / max(half - 1, 1)) ** 1.5)
    inner = np.maximum.accumulate(np.maximum(inner, np.arange(1, half)))
    above = np.concatenate([inner, [EDGE]])
    return np.concatenate([-above[::-1], [0], above]).astype(np.int16)


def bins_of(thresholds: Array) -> Array:
    """(65536,) uint8: how many thresholds a feature has reached; a feature f is looked up at f + 32768."""
    return np.searchsorted(thresholds, np.arange(-32768, 32768), side="right").astype(np.uint8)


def check_pixels(depth: Array, camera: Camera, rows: Array, columns: Array) -> None:
    """Refuse pictures and pixels that a forest cannot be asked about.

    Raises:
        ShapeError: not a picture in whole millimetres, not as large as the camera says, or a pixel outside it.
    """
    if depth.ndim != 2 or depth.dtype != np.uint16:
        raise ShapeError(f"depth: expected (h, w) uint16 millimetres, got {depth.dtype} {depth.shape}; see depth.millimetres")
    if depth.size > LARGEST:
        raise ShapeError(f"depth: expected at most {LARGEST} pixels, got {depth.shape}")
    if depth.shape != (camera.height, camera.width):
        raise ShapeError(f"depth: the camera has {camera.height} x {camera.width} pixels, the picture {depth.shape}")
    if rows.ndim != 1 or rows.shape != columns.shape:
        raise ShapeError(f"rows and columns: expected two (n,), got {rows.shape} and {columns.shape}")
    if rows.size and not (
        0 <= rows.min() and rows.max() < depth.shape[0] and 0 <= columns.min() and columns.max() < depth.shape[1]
    ):
        raise ShapeError(f"rows and columns: a pixel outside the picture of {depth.shape}")
