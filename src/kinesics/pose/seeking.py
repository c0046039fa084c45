"""People whom a pose model's usual looks passed over: behind others, cut off by the picture's edge, far away."""

from __future__ import annotations

import numpy as np

from ..geometry import iou
from ..types import Array, People
from .movenet import Look, fit_canvas
from .registry import PoseModel

__all__ = ["seek"]

FEW, MANY = (2, 0.6, 384), (3, 0.42, 256)  # parts a side, share of the picture's sides of each, longer side of its canvas
CROWD = 4  # people from which the parts are more and smaller
LEAST = 0.12  # score from which a find counts; whoever asks should have it confirmed
SAME = 0.4  # overlap of boxes from which a find is somebody who is known
PIECE = 0.75  # share of a find's box within a known one from which it is a piece of that person


def seek(model: PoseModel, image: Array, people: People) -> People:
    """The same people, first and unchanged, and after them those whom closer looks at parts of the picture show.

    Args:
        model: found `people`; one that cannot be told where to look finds nobody more.
        image: (h, w, 3) uint8 RGB; it is not changed.
        people: all that are known.

    Returns:
        `people` and more, the further ones best first and less sure: some may be nobody.
    """
    look = getattr(model, "look", None)
    if look is None or min(image.shape[:2]) < 64:
        return people
    found: People = look(image, parts((image.shape[1], image.shape[0]), len(people)), LEAST)
    if not len(people):
        return found
    if found.skeleton != people.skeleton:
        return people
    new = found[[row for row in range(len(found)) if not _known(found.boxes[row], people.boxes)]]
    if not len(new):
        return people
    boxes, score, points, point_scores, ids = (
        np.concatenate([getattr(people, name), getattr(new, name)])
        for name in ("boxes", "score", "points", "point_scores", "ids")
    )
    return People(boxes, score, points, point_scores, people.skeleton, ids)


def parts(size: tuple[int, int], people: int = 0) -> list[Look]:
    """Looks at overlapping parts of a picture of `size` (width, height) in which so many people are known."""
    count, share, longest = MANY if people >= CROWD else FEW
    wide, high = share * size[0], share * size[1]
    canvas = fit_canvas(wide, high, longest / max(wide, high))
    corners = [(x, y) for y in np.linspace(0, size[1] - high, count) for x in np.linspace(0, size[0] - wide, count)]
    return [Look((float(x), float(y), float(x + wide), float(y + high)), canvas) for x, y in corners]


def _known(box: Array, boxes: Array) -> bool:
    """Whether a box is that of somebody known, or a piece of it."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    common = np.clip(high - low, 0, None).prod(axis=1)
    within = common / max(float((box[2:] - box[:2]).prod()), 1.0)
    larger = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) > 1.5 * (box[2:] - box[:2]).prod()
    return bool((iou(box[None], boxes)[0] > SAME).any() or (larger & (within > PIECE) & (iou(box[None], boxes)[0] > 0.2)).any())
