"""Faces for covering: on heads, where some were a moment ago, and all over the picture in turn; rather too many."""

from __future__ import annotations

import itertools
import math

import cv2
import numpy as np

from ..sights import SpotDetector, Turned
from ..types import Array, People
from .heads import head_spots

__all__ = ["FaceSpots"]

ON_HEAD = 0.35  # score from which a face is believed that fits a head …
AGAIN = 0.5  # … that fits one found in the picture before …
ANYWHERE = 0.75  # … anywhere else, if it is seen again from close by with …
CONFIRMED = 0.6  # … this score
CLOSE = 3.0  # side of the square looked at, in half widths of a head
LEVELS = 3  # squares as high as the picture, half as high, a quarter as high
LEAST = 150.0  # pixels of a square's side, at least
OVERLAP = 0.4
PATIENCE = 5  # pictures that a place is looked at again after its face was last found
CUT = 24.0  # mean difference of the grey thumbnails of two pictures, from which on it is another shot


class FaceSpots:
    """Finds faces with BlazeFace (Bazarevsky et al., BlazeFace, 2019), for covering them.

    Heads of people are looked at, and the places where other faces were found in the picture before. Besides, one square of a
    pyramid over the whole picture: people whom the pose net misses, and faces on posters. The first picture, and the first
    after a cut, is looked at all over.

    Args:
        threads: how many the net may use.

    Raises:
        WeightsError: the net is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1) -> None:
        self._net = SpotDetector("face_detection_short_range", threads)
        self.reset()

    def reset(self) -> None:
        """Forget what was found; another picture follows."""
        self._known: list[tuple[Array, int]] = []  # boxes, and how many pictures ago they were last found
        self._turn = 0
        self._thumb: Array | None = None

    def __call__(self, image: Array, people: People) -> Array:
        """Faces of the next picture of a video.

        Args:
            image: (h, w, 3) uint8 RGB.
            people: who is in it.

        Returns:
            (n, 4) float x1 y1 x2 y2 pixels, a face each, some perhaps twice.
        """
        cut = self._is_cut(image)
        if cut:
            self._known = []
        found = []
        heads = head_spots(people)[0]
        for x, y, rx, ry in heads.tolist():
            radius = max(rx, ry)
            found.append(self._near(image, Turned(x, y, CLOSE * radius, 0.0), ON_HEAD, 0.9 * radius))
        again = [box for box, _ in self._known if not _on(box, heads)]
        found += [self._near(image, _round(box), AGAIN, _size(box)) for box in again]
        for square in self._sweep((image.shape[1], image.shape[0]), cut):
            spied = _kept(self._look(image, square, ANYWHERE))
            found += [self._near(image, _round(row), CONFIRMED, _size(row)) for row in spied]
        boxes = _kept(np.concatenate([np.zeros((0, 5)), *found]))[:, :4]
        self._remember(boxes)
        return boxes

    def _near(self, image: Array, square: Turned, least: float, size: float) -> Array:
        """(n, 5) the faces of about this size in the middle of a square; others in it only when they are sure."""
        if square.inside(image) < 0.05:
            return np.zeros((0, 5))
        rows = self._look(image, square, least)
        far = np.abs((rows[:, :2] + rows[:, 2:4]) / 2 - (square.x, square.y)).max(axis=1)
        ratio = (rows[:, 2] - rows[:, 0]) / size
        fits = (far < 0.6 * size) & (ratio > 0.45) & (ratio < 1.7)
        return _kept(rows[fits | (rows[:, 4] > ANYWHERE)])

    def _sweep(self, size: tuple[int, int], everything: bool) -> list[Turned]:
        levels = _pyramid(size)
        if everything:
            return list(itertools.chain(*levels))
        self._turn += 1
        if self._turn % 2 or len(levels) < 2:
            return [levels[-1][self._turn // 2 % len(levels[-1])]]
        level = levels[(self._turn // 2) % (len(levels) - 1)]
        return [level[self._turn // (2 * (len(levels) - 1)) % len(level)]]

    def _look(self, image: Array, square: Turned, least: float) -> Array:
        """(n, 5) boxes and scores of the faces in a square."""
        scores, boxes, _ = self._net.see(square.cut(image, self._net.size))
        scores, boxes = scores[scores >= least], boxes[scores >= least]
        corners = square.back(boxes.reshape(-1, 2, 2), self._net.size).reshape(-1, 4)
        return np.column_stack([corners, scores])

    def _remember(self, boxes: Array) -> None:
        old = [(box, age + 1) for box, age in self._known if age < PATIENCE and not any(_same(box, new) for new in boxes)]
        self._known = [*((box, 0) for box in boxes), *old][:40]

    def _is_cut(self, image: Array) -> bool:
        thumb = cv2.resize(image, (16, 12), interpolation=cv2.INTER_AREA).mean(axis=2)
        before, self._thumb = self._thumb, thumb
        return before is None or float(np.abs(thumb - before).mean()) > CUT


def _pyramid(size: tuple[int, int]) -> list[list[Turned]]:
    """Squares over a picture of (width, height), level by level."""
    levels = []
    for level in range(LEVELS):
        side = min(size) / 2**level
        if level and side < LEAST:
            break
        xs, ys = (_places(length, side) for length in size)
        levels.append([Turned(x, y, side, 0.0) for y in ys for x in xs])
    return levels


def _places(length: float, side: float) -> list[float]:
    """Middles of squares that overlap, from end to end."""
    number = max(math.ceil((length - side) / (side * (1 - OVERLAP))), 0) + 1
    return np.linspace(side / 2, length - side / 2, number).tolist() if number > 1 else [length / 2]


def _on(box: Array, heads: Array) -> bool:
    """Whether a face lies in the middle of one of the heads."""
    middle = (box[:2] + box[2:4]) / 2
    return bool(len(heads) and (np.abs(heads[:, :2] - middle) < 0.5 * heads[:, 2:]).all(axis=1).any())


def _size(box: Array) -> float:
    return float((box[2:4] - box[:2]).max())


def _round(box: Array) -> Turned:
    x, y = ((box[:2] + box[2:4]) / 2).tolist()
    return Turned(x, y, 2.5 * _size(box), 0.0)


def _same(a: Array, b: Array) -> bool:
    """Whether two boxes hold the same face: their middles are near, their sizes alike."""
    gap = float(np.linalg.norm(a[:2] + a[2:4] - b[:2] - b[2:4])) / 2
    return gap < 0.5 * max(_size(a), _size(b)) and 0.5 < _size(a) / max(_size(b), 1e-6) < 2


def _kept(found: Array) -> Array:
    """(n, 5) the best of those that hold the same face."""
    kept: list[Array] = []
    for row in found[np.argsort(-found[:, 4], kind="stable")]:
        if not any(_same(other, row) for other in kept):
            kept.append(row)
    return np.array(kept).reshape(-1, 5)
