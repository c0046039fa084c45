"""What the crop net is shown and what becomes of its answer: crops, lines, the keyframe's crop bent to the pose, the seam."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array
from .crop_frames import CROP, CropFrame
from .footage import SIZE

__all__ = ["ANSWERS", "INPUTS", "LINES", "bent", "by_twos", "crop_input", "from_twos", "line_maps", "seam", "stitched"]

LINES = 6
"""Line drawings a crop has: palm and five fingers, or brows, eyes, nose, outer and inner lips, jaw."""
INPUTS = 4 + 4 + LINES + 1
"""Channels of the net: what is drawn so far, the keyframe's crop, the lines, whether it is a face."""
ANSWERS = 4 + 1
"""What it says of each pixel: a residual of colour and alpha, and how much of the keyframe to take."""
_HAND = (
    (((0, 5, 9, 13, 17, 0), False),),
    *((((0 if base == 1 else base, *range(base + (base != 1), base + 4)), False),) for base in (1, 5, 9, 13, 17)),
)
_FACE = (
    (((17, 18, 19, 20, 21), False), ((22, 23, 24, 25, 26), False)),
    ((tuple(range(36, 42)), True), (tuple(range(42, 48)), True)),
    ((tuple(range(27, 36)), False),),
    ((tuple(range(48, 60)), True),),
    ((tuple(range(60, 68)), True),),
    ((tuple(range(17)), False),),
)
FEATHER = 9  # crop pixels from nothing to all at the seam
RIM = 2  # outermost crop pixels that are never drawn
SOFT = 5.0  # squared crop pixels at which a point's pull is halved
GRID = 32  # places at which the bending is computed


def line_maps(frame: CropFrame) -> Array:
    """(LINES, 64, 64) float32 0 to 1: the points of a crop joined by lines; lines with a missing end are not drawn."""
    made = np.zeros((LINES, CROP, CROP), np.uint8)
    fixed = np.rint(np.nan_to_num(frame.points) * 16).astype(np.int32)
    there = np.asarray(np.isfinite(frame.points).all(axis=1))
    for drawing, lines in zip(made, _FACE if frame.part == "face" else _HAND, strict=True):
        for line, closed in lines:
            for a, b in zip(line, (*line[1:], line[0]) if closed else line[1:], strict=False):
                if there[a] and there[b]:
                    cv2.line(drawing, tuple(fixed[a].tolist()), tuple(fixed[b].tolist()), 255, 1, cv2.LINE_AA, 4)
    return made.astype(np.float32) / 255


def bent(wanted: CropFrame, held: CropFrame) -> Array:
    """(64, 64, 2) float32: for each pixel of the wanted crop, where on the canvas of a keyframe it is seen.

    Every point that both crops have pulls its surroundings along, the nearer the more (Shepard's interpolation of the points'
    displacements; SOFT keeps it smooth).

    Args:
        wanted: the crop to be drawn.
        held: the keyframe's crop of the same part.
    """
    at = (np.arange(GRID) + 0.5) * (CROP / GRID) - 0.5
    places = np.stack(np.broadcast_arrays(at[None, :], at[:, None]), axis=-1).reshape(-1, 2)
    k = len(wanted.points) if wanted.part == "face" else 21
    both = np.isfinite(wanted.points[:k]).all(axis=1) & np.isfinite(held.points[:k]).all(axis=1)
    to, come = wanted.points[:k][both], held.points[:k][both] - wanted.points[:k][both]
    if wanted.part != "face":  # halfway along the fingers too
        to, come = np.concatenate([to, (to[1:] + to[:-1]) / 2]), np.concatenate([come, (come[1:] + come[:-1]) / 2])
    squared = (places**2).sum(axis=1)[:, None] - 2 * places @ to.T + (to**2).sum(axis=1)
    weight = 1 / (np.maximum(squared, 0) + SOFT) ** 2
    there = places + weight @ come / np.maximum(weight.sum(axis=1), 1e-12)[:, None]
    back = cv2.invertAffineTransform(held.matrix)
    canvas = (there @ back[:, :2].T + back[:, 2]).reshape(GRID, GRID, 2).astype(np.float32)
    return np.asarray(cv2.resize(canvas, (CROP, CROP), interpolation=cv2.INTER_LINEAR))


def crop_input(drawn: Array, kept: Array, frame: CropFrame) -> Array:
    """(INPUTS, 64, 64) float32 for the net.

    Args:
        drawn: (64, 64, 4) uint8, what is drawn so far.
        kept: (64, 64, 4) uint8, the keyframe's crop, bent.
        frame: the crop's points.
    """
    made = np.empty((INPUTS, CROP, CROP), np.float32)
    np.multiply(drawn.transpose(2, 0, 1), np.float32(1 / 255), out=made[:4])
    np.multiply(kept.transpose(2, 0, 1), np.float32(1 / 255), out=made[4:8])
    made[8:-1] = line_maps(frame)
    made[-1] = frame.part == "face"
    return made


def by_twos(pictures: Array) -> Array:
    """(n, 4 c, 32, 32) of (n, c, 64, 64): the four pixels of a block become channels, as pixel shuffle orders them."""
    n, c = pictures.shape[:2]
    blocks = pictures.reshape(n, c, CROP // 2, 2, CROP // 2, 2).transpose(0, 1, 3, 5, 2, 4)
    return np.ascontiguousarray(blocks).reshape(n, 4 * c, CROP // 2, CROP // 2)


def from_twos(blocks: Array) -> Array:
    """(n, c, 64, 64) of (n, 4 c, 32, 32): what `by_twos` undoes."""
    n, c = blocks.shape[0], blocks.shape[1] // 4
    pixels = blocks.reshape(n, c, 2, 2, CROP // 2, CROP // 2).transpose(0, 1, 4, 2, 5, 3)
    return np.ascontiguousarray(pixels).reshape(n, c, CROP, CROP)


def seam() -> Array:
    """(64, 64) float32: 0 on the rim, 1 inside, a soft slope between."""
    edge = np.minimum(np.arange(CROP), np.arange(CROP)[::-1]).astype(np.float32)
    t = np.clip((edge - RIM) / FEATHER, 0, 1)
    slope = t * t * (3 - 2 * t)
    return np.minimum.outer(slope, slope)


def stitched(picture: Array, keyframe: Array, places: Array, answer: Array, frame: CropFrame) -> None:
    """Lay a crop's answer into the picture, in place.

    Args:
        picture: (512, 512, 4) uint8, premultiplied.
        keyframe: (512, 512, 4) uint8, of which `places` are shown.
        places: (64, 64, 2) float32 of `bent`.
        answer: (5, 64, 64) float32 of the net: residual of colour and alpha, 1 for 255, and how much of the keyframe to take.
        frame: where it belongs.
    """
    back = cv2.invertAffineTransform(frame.matrix)
    ends = np.array([[0, 0], [CROP - 1, 0], [0, CROP - 1], [CROP - 1, CROP - 1]]) @ back[:, :2].T + back[:, 2]
    left, top = np.clip(np.floor(ends.min(axis=0)), 0, SIZE).astype(int).tolist()
    right, bottom = np.clip(np.ceil(ends.max(axis=0)) + 1, 0, SIZE).astype(int).tolist()
    if right <= left or bottom <= top:
        return
    here = frame.matrix.copy()
    here[:, 2] += here[:, :2] @ np.array([left, top])
    size, flags = (right - left, bottom - top), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    room = seam() * np.float32(frame.room)
    shown = answer[:4].transpose(1, 2, 0) * (room * 255)[..., None]
    told = np.dstack([np.clip(answer[4], 0, 1) * room, places])
    shown, told = (cv2.warpAffine(np.ascontiguousarray(x), here, size, flags=flags) for x in (shown, told))
    kept = cv2.remap(keyframe, np.ascontiguousarray(told[..., 1]), np.ascontiguousarray(told[..., 2]), cv2.INTER_LINEAR)
    under = picture[top:bottom, left:right].astype(np.float32)
    mixed = under + told[..., :1] * (kept - under) + shown
    mixed = np.clip(np.rint(mixed), 0, 255)
    mixed[..., :3] = np.minimum(mixed[..., :3], mixed[..., 3:])
    picture[top:bottom, left:right] = mixed
