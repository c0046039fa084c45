"""Where to look for a whole body: the square that BlazePose was taught, from 17 joints or from its own last answer."""

from __future__ import annotations

import numpy as np

from ..sights import BodySight, Turned
from ..types import Array
from .centimetre import SURE

__all__ = ["first_square", "next_square", "steadied"]

ROOM = 1.25  # side of the square over the diameter of the circle that holds the body, as published
REACH = 92.0  # cm from the hips' middle to the top of that circle, of somebody who stands
BEYOND = 1.1  # … and at least this times as far as the farthest joint, as hands and feet go on
FARTHEST = 140.0  # cm; a joint that is said to be farther from the hips is a fault
CALM = 0.016  # share of the square that the circle's points may move in a picture to be followed by half
FACE, SHOULDERS, HIPS, KNEES = [0, 1, 2, 3, 4], [5, 6], [11, 12], [13, 14]
TRUNK, NECK, SHIN = 50.0, 20.0, 41.0  # cm


def first_square(points: Array, scores: Array, unit: float) -> Turned:
    """The square round a body of which nothing but joints is known.

    BlazePose looks at the circle round the hips' middle that holds the whole body, turned so that the trunk is upright
    (Bazarevsky et al., BlazePose, 2020). What is not seen is guessed from what is: hips below shoulders, shoulders below the
    head.

    Args:
        points: (17, 2) pixels.
        scores: (17,); 0 where a joint is missing.
        unit: pixels a centimetre, above 0.
    """
    face, shoulders, hips, knees = (_middle(points, scores, part) for part in (FACE, SHOULDERS, HIPS, KNEES))
    up = _up(face, shoulders, hips, knees)
    for middle, below in ((hips, 0.0), (shoulders, TRUNK), (face, TRUNK + NECK)):
        if middle is not None:
            centre = middle - below * unit * up
            break
    else:
        centre = knees + SHIN * unit * up if knees is not None else points[scores > SURE].mean(axis=0)
    reach = np.linalg.norm(points[scores > SURE] - centre, axis=1)
    near = reach[reach < FARTHEST * unit]
    return Turned.upwards(centre, 2 * ROOM * max(REACH * unit, BEYOND * float(near.max(initial=0))), up)


def next_square(middle: Array, top: Array) -> Turned:
    """The square of the next picture from the net's own circle: its middle and its top, (2,) each."""
    up = top - middle
    return Turned.upwards(middle, 2 * ROOM * max(float(np.linalg.norm(up)), 1.0), up)


def steadied(sight: BodySight, circle: Array | None) -> Array:
    """Middle and top of the circle, (2, 2), held still where they only tremble about `circle`, those before.

    This is the One-Euro filter (Casiez et al. 2012) at the published settings for these two points, whose share depends on the
    way that a point went and not on the time it took.
    """
    new = np.stack([sight.middle, sight.top])
    if circle is None:
        return new
    way = np.linalg.norm(new - circle, axis=1, keepdims=True) / sight.square.side
    return np.asarray(circle + way / (way + CALM) * (new - circle))


def _middle(points: Array, scores: Array, part: list[int]) -> Array | None:
    sure = [joint for joint in part if scores[joint] > SURE]
    return points[sure].mean(axis=0) if sure else None


def _up(face: Array | None, shoulders: Array | None, hips: Array | None, knees: Array | None) -> Array:
    """(2,) of length 1: along the trunk, else from the shoulders to the head, else from the knees to the hips, else upwards."""
    for low, high in ((hips, shoulders), (shoulders, face), (hips, face), (knees, hips)):
        if low is not None and high is not None and (length := float(np.linalg.norm(high - low))) > 1e-3:
            return np.asarray((high - low) / length)
    return np.array([0.0, -1.0])
