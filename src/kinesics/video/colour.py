"""The decoder's pictures into RGB or into planes, with the right matrix and range."""

from __future__ import annotations

from typing import Any

import av
import numpy as np

from ..types import Array, is_bt709
from .orient import Orientation

BT709, UNTOLD, BT601 = 1, 2, 6  # ISO 23091-2 matrix coefficients
SAME_AS_601 = {5, 6}
VIDEO_RANGE, FULL_RANGE = 1, 2


def matrix_of(width: int, height: int) -> int:
    """The matrix that players assume for a picture of this size that does not tell: BT.709 for HD, BT.601 below."""
    return BT709 if is_bt709(width, height) else BT601


def rgb(picture: av.VideoFrame, orientation: Orientation) -> Array:
    """(h, w, 3) uint8 RGB in the displayed orientation; alpha is dropped, deeper colours are cut to 8 bits."""
    if picture.colorspace == UNTOLD:
        picture.colorspace = matrix_of(picture.width, picture.height)
    return orientation.apply(picture.to_ndarray(format="rgb24", threads=1))  # more stay for as long as any picture does


def planes(picture: av.VideoFrame, orientation: Orientation) -> tuple[Array, Array, Array] | None:
    """The picture's own (y, u, v) in the displayed orientation, or None.

    None unless the picture is 8 bit 4:2:0 of even size, video range, and coded with the matrix that `matrix_of` gives for its
    size: so planes always mean the same colours and a writer need not be told.
    """
    width, height = picture.width, picture.height
    if picture.format.name != "yuv420p" or width % 2 or height % 2 or picture.color_range == FULL_RANGE:
        return None
    expected = {BT709} if matrix_of(width, height) == BT709 else SAME_AS_601
    if picture.colorspace not in expected | {UNTOLD}:
        return None
    y, u, v = (orientation.apply(view(plane)) for plane in picture.planes)
    for array in (y, u, v):
        array.flags.writeable = False
    return y, u, v


def view(plane: Any) -> Array:
    """(h, w) uint8 view of a plane's memory, without its padding; it keeps the memory alive."""
    rows: Array = np.frombuffer(plane, np.uint8)[: plane.height * plane.line_size].reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]


def from_planes(planes: tuple[Array, Array, Array]) -> av.VideoFrame:
    """A picture for the encoder from (y, u, v) planes; y may be of odd size, its last row and column are then repeated."""
    height, width = planes[0].shape
    picture = av.VideoFrame(width + width % 2, height + height % 2, "yuv420p")
    for plane, values in zip(picture.planes, planes, strict=True):
        rows = view(plane)
        high, wide = values.shape
        rows[:high, :wide] = values
        rows[high:, :wide] = rows[high - 1 : high, :wide]
        rows[:, wide:] = rows[:, wide - 1 : wide]
    return picture


def from_rgb(image: Array) -> av.VideoFrame:
    """A picture for the encoder from (h, w, 3) uint8 RGB; made even by repeating the last row and column."""
    return _coded(image, "rgb24", "yuv420p")


def from_rgba(image: Array) -> av.VideoFrame:
    """A picture with alpha for the encoder from (h, w, 4) straight uint8 RGBA; made even like `from_rgb`."""
    return _coded(bled(image), "rgba", "yuva420p")


def _coded(image: Array, here: str, there: str) -> av.VideoFrame:
    height, width = image.shape[:2]
    if height % 2 or width % 2:
        image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format=here)
    matrix = matrix_of(picture.width, picture.height)
    return picture.reformat(format=there, dst_colorspace=matrix, dst_color_range=VIDEO_RANGE)


def bled(image: Array) -> Array:
    """RGBA whose colours run on for some pixels where it is transparent: half-size chroma then has no dark rim at edges."""
    import cv2

    clear = image[:, :, 3] == 0
    if not clear.any():
        return image
    height, width = clear.shape
    small = cv2.resize(image, ((width + 3) // 4, (height + 3) // 4), interpolation=cv2.INTER_NEAREST)
    weight = small[:, :, 3:].astype(np.float32)
    around = cv2.blur(np.concatenate([small[:, :, :3] * weight, weight], axis=2), (7, 7))
    mean = (around[:, :, :3] / np.maximum(around[:, :, 3:], 1e-3) + 0.5).astype(np.uint8)
    run_on = cv2.cvtColor(cv2.resize(mean, (width, height), interpolation=cv2.INTER_NEAREST), cv2.COLOR_RGB2RGBA)
    out = np.where(clear[:, :, None], run_on, image)
    out[:, :, 3] = image[:, :, 3]
    return out


def planes_to_rgb(planes: tuple[Array, Array, Array]) -> Array:
    """(h, w, 3) uint8 RGB of planes as `planes` gives them."""
    picture = from_planes(planes)
    picture.colorspace, picture.color_range = matrix_of(picture.width, picture.height), VIDEO_RANGE
    return picture.to_ndarray(format="rgb24", threads=1)


def fit(image: Array, size: tuple[int, int]) -> Array:
    """The picture, RGB or RGBA, as large as it fits into (width, height), its shape kept, black or transparent around it."""
    import cv2

    height, width = image.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    wide, high = max(1, min(size[0], round(width * scale))), max(1, min(size[1], round(height * scale)))
    small = cv2.resize(image, (wide, high), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    out = np.zeros((size[1], size[0], image.shape[2]), np.uint8)
    top, left = (size[1] - high) // 2, (size[0] - wide) // 2
    out[top : top + high, left : left + wide] = small
    return out
