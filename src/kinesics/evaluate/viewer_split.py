"""What a person is learned from and what is asked afterwards, and what lies behind the person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..errors import JobError
from ..types import Array
from ..viewer import Footage

__all__ = ["held_out", "plate_of"]

SHARE = 0.7  # of the clips, or of the one clip's time, that is learned from
PICTURES = 48  # that the background is worked out from
AROUND = 7  # pixels: width of what the person's outline is dilated with
UNKNOWN = 256  # sorts behind every level


def held_out(footage: Footage, clips: int = 0) -> tuple[Footage, Footage]:
    """What is learned from and what is asked: the first 70 % of the clips and the others; of one clip, of its time.

    The background is worked out again from the first part, so that nothing of the rest is known.

    Args:
        footage: clips by rising number.
        clips: so many are learned from instead, where there are several.

    Raises:
        JobError: fewer than four pictures.
    """
    if len(footage) < 4:
        raise JobError(
            f"expected at least 4 pictures, to learn from some and to ask the others, got {len(footage)}; film longer"
        )
    names = np.unique(footage.clips)
    if len(names) > 1:
        first = int(np.clip(clips or round(SHARE * len(names)), 1, len(names) - 1))
        learned = np.isin(footage.clips, names[:first])
    else:
        first = int(np.clip(round(SHARE * len(footage)), 2, len(footage) - 2))
        learned = np.argsort(np.argsort(footage.times, kind="stable"), kind="stable") < first
    one, other = footage[learned], footage[~learned]
    return (replace(one, background=plate_of(one)) if footage.background is not None else one), other


def plate_of(footage: Footage) -> Array:
    """What is behind the person, (512, 512, 3) uint8.

    The median over pictures, evenly spread, of where the person is not; where the person always is, it is filled in from
    around.
    """
    import cv2

    some = np.unique(np.linspace(0, len(footage) - 1, PICTURES).round().astype(int))
    outline = np.ones((AROUND, AROUND), np.uint8)
    empty = np.stack([cv2.dilate(footage.alpha[i], outline) < 8 for i in some])
    pictures = footage.pictures[some]
    plate = np.zeros(pictures.shape[1:], np.uint8)
    for row in range(len(plate)):  # a row at a time: whole, the levels would take a gigabyte
        levels = np.where(empty[:, row, :, None], pictures[:, row], np.int16(UNKNOWN))
        plate[row] = _median(levels, empty[:, row].sum(0))
    never = ~empty.any(0)
    if never.all():
        return np.asarray(np.median(pictures, axis=0).astype(np.uint8))
    return np.asarray(cv2.inpaint(plate, never.astype(np.uint8), 3, cv2.INPAINT_TELEA)) if never.any() else plate


def _median(levels: Array, known: Array) -> Array:
    """(w, 3) of levels (n, w, 3), of which the smallest `known` (w,) count; 0 where none does."""
    ordered = np.sort(levels, axis=0, kind="stable")
    middle = [np.take_along_axis(ordered, at[None, :, None], 0)[0] for at in (np.maximum(known - 1, 0) // 2, known // 2)]
    return np.asarray(np.where(known[:, None] > 0, (middle[0] + middle[1] + 1) // 2, 0))
