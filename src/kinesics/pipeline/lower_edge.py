"""Who was filmed from the waist or knees up goes on down to the canvas's lower border, also when a pose lifts them."""

from __future__ import annotations

import numpy as np

from ..types import Array
from ..viewer import SIZE, Person

__all__ = ["cut_below", "prolonged"]

MOSTLY = 0.6  # share of the keyframes that must reach the border
REACH = 72  # rows above the border in which an edge is looked for
SIDE = 0.45  # shoulder widths beyond the hips that are still trunk or thigh
INSIDE = 3  # pixels above the edge whose colour goes on: the edge itself is soft


def cut_below(person: Person) -> bool:
    """Whether the canvas's lower border cuts the person off in most keyframes."""
    return bool((person.boxes[:, 1] + person.boxes[:, 3] >= SIZE - 1).mean() >= MOSTLY)


def prolonged(picture: Array, points: Array, scores: Array) -> Array:
    """The picture with what ends just above the lower border, below the hips, drawn on down to it.

    Args:
        picture: (512, 512, 4) uint8 premultiplied.
        points: (133, 2) the pose on the canvas.
        scores: (133,).

    Returns:
        a new picture, or the same one where there is nothing to do.
    """
    held = points[[11, 12]][scores[[11, 12]] > 0]
    if not len(held) or not (scores[[5, 6]] > 0).all():
        return picture
    room = SIDE * float(np.hypot(*(points[5] - points[6])))
    left, right = np.clip([held[:, 0].min() - room, held[:, 0].max() + room], 0, SIZE).astype(int).tolist()
    part = picture[SIZE - REACH :, left:right]
    solid = part[..., 3] > 200
    last = REACH - 1 - solid[::-1].argmax(0)  # of each column the lowest row that is the person's
    ends = solid.any(0) & (last < REACH - 1)
    if not ends.any():
        return picture
    rows = np.arange(REACH)[:, None]
    source = np.where(ends & (rows > last - INSIDE), np.maximum(last - INSIDE, 0), rows)
    made = picture.copy()
    made[SIZE - REACH :, left:right] = np.take_along_axis(part, source[..., None], 0)
    return made
