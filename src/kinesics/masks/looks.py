"""What is known of each person of a picture, on a square canvas of the person: what the nets say, joints, boxes, neighbours.

One plane a fact; a small net (`belonging`) reads them and says which cells belong to the person.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ..sights import BodyNet, BodySight, SelfieNet, Turned
from ..types import Array, People, skeleton

__all__ = ["PLANES", "SIDE", "Look", "Person", "canvas", "look_at", "persons", "planes", "quick_square"]

SIDE = 128  # cells of a person's canvas
ROOM = 1.5  # side of the canvas per longer side of the box
LOOK = 1.25  # … of the square that the nets look at
LEAST = 8.0  # pixels of a box below which it is taken to be so large
SURE = 0.15  # of a joint that says where a person is
REACH = 6.0  # log odds beyond which the nets' answers are cut
UNSEEN = 0.03  # share of a person that is assumed beyond the squares that were looked at
PLANES = 16
BONES = skeleton("coco17").bones
WIDE = (0.34, 0.34, 0.34, 0.34, 0.2, 0.16, 0.26, 0.2, 0.2, 0.16, 0.26, 0.2, 0.18, 0.18, 0.18, 0.18, 0.2, 0.2)  # of a torso


@dataclass(frozen=True)
class Person:
    """Where somebody is.

    Attributes:
        box: (4,) x1 y1 x2 y2 pixels.
        points: (17, 2) pixels, NaN where missing.
        scores: (17,) 0 where missing.
        score: how sure the pose model is.
    """

    box: Array
    points: Array
    scores: Array
    score: float


@dataclass(frozen=True)
class Look:
    """What the nets say of one person: squares and shares 0 to 1 on 256 x 256 cells of each.

    Attributes:
        upright: whole-body net on the box, mirrored.
        along: whole-body net along the body, or on a closer square where no joints say how it lies.
        close: selfie net on the box.
        sure: how sure the whole-body net was at its two looks that somebody is there, 0 to 1.
    """

    upright: tuple[Turned, Array]
    along: tuple[Turned, Array]
    close: tuple[Turned, Array]
    sure: tuple[float, float]


def persons(people: People, size: tuple[int, int]) -> list[Person]:
    """The rows of `people` in a picture of `size` (width, height), with the joints of coco17 that their skeleton has.

    Boxes that reach far beyond the picture end half a picture beyond it.
    """
    low, high = -0.5 * np.array([*size, *size], float), 1.5 * np.array([*size, *size], float)
    names = {name: k for k, name in enumerate(people.skeleton.joints)}
    order = [names.get(name, -1) for name in skeleton("coco17").joints]
    there = np.array(order) >= 0
    found = []
    for row in range(len(people)):
        points, scores = np.full((17, 2), np.nan), np.zeros(17)
        if there.any():
            points[there] = people.points[row][np.array(order)[there], :2]
            scores[there] = people.point_scores[row][np.array(order)[there]]
        scores = np.where(np.isfinite(points).all(axis=1), scores, 0.0)
        found.append(Person(np.clip(people.boxes[row], low, high), points, scores, float(people.score[row])))
    return found


def canvas(person: Person, room: float = ROOM) -> Turned:
    """The upright square round a person's box."""
    box = person.box
    side = max(float((box[2:] - box[:2]).max()), LEAST) * room
    return Turned(float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2, side, 0.0)


def along(person: Person) -> Turned | None:
    """The square that BlazePose expects: hips in the middle, shoulders above them, all of the body in it; None if unknown."""
    sure = person.scores > SURE
    hips, shoulders = ([k for k in pair if sure[k]] for pair in ((11, 12), (5, 6)))
    if not hips or not shoulders:
        return None
    middle, top = person.points[hips].mean(axis=0), person.points[shoulders].mean(axis=0)
    reach = float(np.linalg.norm(person.points[sure] - middle, axis=1).max())
    if reach < LEAST / 2:
        return None
    return Turned.upwards(middle, 2.75 * reach, top - middle)


def quick_square(person: Person) -> Turned:
    """Where one look shows most of a person."""
    return along(person) or canvas(person, LOOK)


def look_at(image: Array, person: Person, nets: tuple[BodyNet, SelfieNet], sight: BodySight | None = None) -> Look:
    """Ask the nets about one person of (h, w, 3) uint8 RGB; a sight that is there already saves one question."""
    body, selfie = nets
    square = canvas(person, LOOK)
    first = body.look(image, square, mirrored=True)
    if sight is None:
        sight = body.look(image, along(person) or canvas(person, 1.05))
    close = selfie.look(image, square)
    return Look((square, first.mask), (sight.square, sight.mask), (square, close), (first.score, sight.score))


def planes(image: Array, row: int, everybody: Sequence[Person], looks: Sequence[Look]) -> Array:
    """(SIDE, SIDE, PLANES) float32 that the small net reads about person `row`."""
    own, square = everybody[row], canvas(everybody[row])
    look = looks[row]
    found = np.zeros((SIDE, SIDE, PLANES), np.float32)
    for k, (there, mask) in enumerate((look.upright, look.along, look.close)):
        found[..., k] = odds(_moved(mask, there, square)) / REACH
    found[..., 3] = _bones(own, square)
    found[..., 4] = _inside(own.box, square)
    for other in _near(row, everybody, square):
        found[..., 5] = np.maximum(found[..., 5], _bones(everybody[other], square))
        found[..., 6] += _inside(everybody[other].box, square)
        theirs = looks[other]
        seen = (_moved(theirs.upright[1], theirs.upright[0], square) + _moved(theirs.along[1], theirs.along[0], square)) / 2
        found[..., 7] = np.maximum(found[..., 7], seen)
    found[..., 8] = _in_picture(image, square)
    found[..., 9:12] = square.cut(image, SIDE).astype(np.float32) / 255 - 0.5
    found[..., 12] = look.sure[0]
    found[..., 13] = look.sure[1]
    found[..., 14] = own.score
    found[..., 15] = min(math.log2(square.side / 128) / 4, 1.0)
    return found


def odds(share: Array) -> Array:
    """Log odds of shares 0 to 1, cut at `REACH`."""
    share = np.clip(share, 1e-4, 1 - 1e-4)
    return np.asarray(np.clip(np.log(share / (1 - share)), -REACH, REACH))


def _moved(mask: Array, there: Turned, here: Turned) -> Array:
    """(256, 256) cells of one square as (SIDE, SIDE) cells of another."""
    back = np.vstack([there.matrix(len(mask)), [0, 0, 1]])
    forth = np.vstack([here.matrix(SIDE), [0, 0, 1]])
    matrix = (forth @ np.linalg.inv(back))[:2]
    shrink = 1 / math.hypot(matrix[0, 0], matrix[0, 1])
    source = np.asarray(mask, np.float32)
    if shrink > 1.5:  # a linear warp reads 2x2 cells for each it makes
        source = cv2.blur(source, (round(shrink), round(shrink)))
    return np.asarray(
        cv2.warpAffine(source, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=UNSEEN)
    )


def _bones(person: Person, square: Turned) -> Array:
    """(SIDE, SIDE) float32: the body as thick lines between joints, as bright as the joints are sure."""
    drawn = np.zeros((SIDE, SIDE), np.float32)
    matrix = square.matrix(SIDE)
    at = np.nan_to_num(person.points @ matrix[:, :2].T + matrix[:, 2])
    torso = float(
        np.max([np.linalg.norm(at[a] - at[b]) * (min(person.scores[[a, b]]) > SURE) for a, b in ((5, 11), (6, 12), (5, 6))])
    )
    torso = torso if torso > 0 else 0.25 * SIDE / ROOM
    sure = [float(min(person.scores[a], person.scores[b])) for a, b in BONES]
    for k in np.argsort(sure, kind="stable").tolist():  # the surest lie on top
        if sure[k] > 0.02:
            a, b = np.clip(np.round(at[list(BONES[k])] * 8), -30000, 30000).astype(int).tolist()
            cv2.line(drawn, a, b, sure[k], max(round(WIDE[k] * torso), 1), cv2.LINE_8, 3)
    return drawn


def _inside(box: Array, square: Turned) -> Array:
    """(SIDE, SIDE) float32: 1 in the box, falling to 0 over a tenth of the canvas."""
    step = square.side / SIDE
    at = (np.arange(SIDE) - (SIDE - 1) / 2) * step
    falls = []
    for middle, low, high in ((square.y, box[1], box[3]), (square.x, box[0], box[2])):
        gap = np.maximum(np.maximum(low - (at + middle), at + middle - high), 0) / (0.1 * square.side)
        falls.append(np.clip(1 - gap, 0, 1).astype(np.float32))
    return np.asarray(np.minimum.outer(falls[0], falls[1]))


def _in_picture(image: Array, square: Turned) -> Array:
    step = square.side / SIDE
    at = (np.arange(SIDE) - (SIDE - 1) / 2) * step
    down, across = (((at + m > -0.5) & (at + m < n - 0.5)) for m, n in ((square.y, image.shape[0]), (square.x, image.shape[1])))
    return np.asarray(np.outer(down, across), np.float32)


def _near(row: int, everybody: Sequence[Person], square: Turned) -> list[int]:
    """Others whose box, and a little round it, meets this canvas."""
    near = []
    for other, person in enumerate(everybody):
        theirs = canvas(person, 1.1)
        reach = (theirs.side + square.side) / 2
        if other != row and abs(theirs.x - square.x) < reach and abs(theirs.y - square.y) < reach:
            near.append(other)
    return near
