"""One person's 33 joints in 3D, read in a square that follows the person from picture to picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..sights import BodyNet, BodySight, Turned
from ..types import Array
from .body_square import first_square, next_square, steadied
from .centimetre import SURE, centimetre

__all__ = ["Body", "BodyReader"]

#: The joint of 33 that each of 17 is, and each of 17 in the mirror.
OF_17 = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]
MIRROR_17 = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]
PRESENT = 0.5  # least score of a body, as published
NEAR = 0.25  # how far, in trunks, the middling joint may be from where the other net saw it
CLOSE = 0.12  # … and below which it is this person, whoever else is there: one who was found twice keeps the body
TRUNK, WHOLE = 50.0, 170.0  # cm
SMALL = 24.0  # pixels of somebody who stands, below which nothing is known
STEPPED = 0.05  # share of the square that a person moves before the square is moved along
SHARE = 2.0  # how much larger or smaller than joints say a followed square may be
ENOUGH = 3  # joints that say where a person is


@dataclass(frozen=True)
class Body:
    """A whole body that was found.

    Attributes:
        sight: all that the net said: `points` (33, 3) and `world` (33, 3) of every joint, seen or guessed, and the outline.
        scores: (33,) 0 to 1; 0 for what lies beyond the picture and is not seen.
        circle: (2, 2) pixels, middle and top of the circle that holds the body, calmed.
        joints: (17, 2) pixels, those of the other net at that time; NaN where unsure.
    """

    sight: BodySight
    scores: Array
    circle: Array
    joints: Array

    @property
    def square(self) -> Turned:
        """Where to look in the next picture."""
        return next_square(self.circle[0], self.circle[1])


class BodyReader:
    """Whole bodies by BlazePose (Bazarevsky et al. 2020; Grishchenko et al., BlazePose GHUM Holistic, 2022).

    In a first picture it looks where 17 joints say; in those that follow, where its own last answer says: one look a picture.
    It looks by the joints again when it sees nobody, or somebody else: when its joints are not where the other 17 are.

    Args:
        threads: how many the net may use.

    Raises:
        WeightsError: the net is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1) -> None:
        self._net = BodyNet(threads)

    def read(
        self, image: Array, points: Array, scores: Array, before: Body | None = None, others: Sequence[Array] = ()
    ) -> Body | None:
        """The body whose 17 joints are given, or None where none is seen.

        Args:
            image: (h, w, 3) uint8 RGB; it is not changed.
            points: (17, 2) pixels, coco17; NaN where missing.
            scores: (17,) 0 to 1.
            before: the same person in the picture before.
            others: (17, 2) of each other person of this picture: a body that fits one of them better is theirs.
        """
        known = np.isfinite(points).all(axis=1) & (scores > SURE)
        points, scores = np.where(known[:, None], points, np.nan).astype(float), np.where(known, scores, 0.0)
        unit = centimetre(points, scores)
        followed = None if before is None else self._follow(image, points, unit, before, others)
        if followed is not None or unit * WHOLE < SMALL:
            return followed
        sight = self._net.look(image, first_square(points, scores, unit))
        return _body(sight, image, points, None) if _is(sight, points, unit, others) else None

    def _follow(self, image: Array, points: Array, unit: float, before: Body, others: Sequence[Array]) -> Body | None:
        circle = before.circle + _step(before, points)
        square = next_square(circle[0], circle[1])
        if unit > 0 and not 1 / SHARE < square.side / first_square(points, np.isfinite(points[:, 0]) * 1.0, unit).side < SHARE:
            return None
        sight = self._net.look(image, square)
        return _body(sight, image, points, circle) if _is(sight, points, unit, others) else None


def _step(before: Body, points: Array) -> Array:
    """(2,) pixels that the person moved since, by the other net; 0 where this may be its tremble."""
    both = np.isfinite(points[:, 0]) & np.isfinite(before.joints[:, 0])
    if both.sum() < ENOUGH:
        return np.zeros(2)
    step = np.median(points[both] - before.joints[both], axis=0)
    return np.asarray(step if np.linalg.norm(step) > STEPPED * before.square.side else np.zeros(2))


def _is(sight: BodySight, points: Array, unit: float, others: Sequence[Array]) -> bool:
    """Whether this is the person with these joints."""
    if sight.score < PRESENT:
        return False
    if unit == 0 or np.isfinite(points[:, 0]).sum() < ENOUGH:
        return True
    seen = sight.points[OF_17, :2]
    own = _gap(seen, points)
    if own < CLOSE * TRUNK * unit:
        return True
    return own < NEAR * TRUNK * unit and all(own <= _gap(seen, other) for other in others)


def _gap(seen: Array, points: Array) -> float:
    """Pixels between joints in the middling case; left and right may be mixed up."""
    known = np.isfinite(points).all(axis=1)
    if known.sum() < ENOUGH:
        return np.inf
    return min(float(np.median(np.linalg.norm(one - points, axis=1)[known])) for one in (seen, seen[MIRROR_17]))


def _body(sight: BodySight, image: Array, points: Array, circle: Array | None) -> Body:
    scores = sight.visibility * sight.presence * sight.score
    size = np.array([image.shape[1], image.shape[0]]) - 0.5
    beyond = ((sight.points[:, :2] < -0.5) | (sight.points[:, :2] > size)).any(axis=1)
    scores = np.where(beyond & (sight.visibility < 0.5), 0.0, scores)
    return Body(sight, np.clip(scores, 0, 1), steadied(sight, circle), points)
