"""People who are small in a big picture: searched for part by part, then looked at one by one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..geometry import box_area, iou
from ..pose import Look
from ..pose.movenet import fit_canvas
from ..pose.planner import Planner
from ..types import Array, People

__all__ = ["far_people", "joined", "worth_looking"]

CANVAS = 320  # longer side of a look that searches, pixels
ACROSS = 8  # parts along the longer side at most: people of a 60th of the picture are found, and the time has an end
OVERLAP = 0.2  # of neighbouring parts, in shares of them
PERSON = 128.0  # canvas pixels along a person in a look at people who are known
SMALL = 0.1  # longer side of a person, in shares of the picture's, below which there may be others who were missed
SAME = 0.45  # overlap of boxes from which two finds are one person
PIECE = 0.7  # share of a find in the box of somebody larger from which it is a piece of them …
LARGER = (4.0, 100.0)  # … who has so many times its area; where it is still smaller, it is somebody behind


def worth_looking(people: People, size: tuple[int, int]) -> bool:
    """Whether a look at the whole picture leaves room for people whom it missed: it found nobody, or mostly small people.

    Args:
        people: all finds of that look, from a score of 0.1 on.
        size: (width, height) of the picture.
    """
    sides = (people.boxes[:, 2:] - people.boxes[:, :2]).max(axis=1)
    return not len(people) or bool(np.median(sides) < SMALL * max(size))


def far_people(model: Any, image: Array, known: People) -> People:
    """Everybody in a picture: those who are known already and those whom closer looks find.

    Args:
        model: has `look(image, looks)`, see `MultiPose.look`.
        image: (h, w, 3) uint8 RGB, all of it.
        known: people of `coco17` who were found in a look at the whole picture, pixels of `image`.
    """
    size = (image.shape[1], image.shape[0])
    hints = model.look(image, _grid(size, min(ACROSS, math.ceil(max(size) / CANVAS))))
    plan = Planner(person=PERSON, intervals=()).plan(size, hints, 0.0)  # a look of the right scale at everybody
    large = (known.boxes[:, 2:] - known.boxes[:, :2]).max(axis=1) >= SMALL * max(size)
    found = model.look(image, plan.looks) if plan.looks else hints
    return joined(joined(known[large], found), known[~large])


def joined(first: People, second: People) -> People:
    """Both lists; of those who are in both, and of pieces of people, the ones of the first stay."""
    if not len(first) or not len(second):
        return first if len(first) else second
    overlap = iou(second.boxes, first.boxes)  # (m, n)
    areas, others = box_area(second.boxes)[:, None], box_area(first.boxes)[None]
    shared = overlap * (areas + others) / (1 + overlap)
    piece = (shared > PIECE * areas) & (others > LARGER[0] * areas) & (others < LARGER[1] * areas)
    new = second[~((overlap > SAME) | piece).any(axis=1)]
    return People(
        np.concatenate([first.boxes, new.boxes]),
        np.concatenate([first.score, new.score]),
        np.concatenate([first.points, new.points]),
        np.concatenate([first.point_scores, new.point_scores]),
        first.skeleton,
    )


def _grid(size: tuple[int, int], across: int) -> list[Look]:
    """Looks at parts of a picture, `across` of them along its longer side, as square as can be, overlapping."""
    pitch = max(size) / across
    spans = []
    for side in size:
        count = max(math.ceil(side / pitch - 0.25), 1)
        length = side / count * (1 + OVERLAP * (count > 1))
        spans.append([(start, start + length) for start in np.linspace(0, side - length, count).tolist()])
    scale = CANVAS / max(span[0][1] for span in spans)
    canvas = fit_canvas(spans[0][0][1], spans[1][0][1], scale)
    return [Look((left, top, right, bottom), canvas) for top, bottom in spans[1] for left, right in spans[0]]
