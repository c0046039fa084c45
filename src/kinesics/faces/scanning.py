"""Faces anywhere in a picture, by a detector that sees one square at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..geometry import iou
from ..sights import SpotDetector, Turned
from ..types import Array

__all__ = ["Scanner", "Spot", "apart", "squares_over"]

SMALLEST = 96.0  # pixels: a smaller square shows nothing that a larger one does not
NARROW = 10  # pixels: no face is seen in less
CLEAR = 0.85  # mean score from which nobody asks whether a face stands on its head
OVERLAP = 0.25  # of neighbouring squares: as much as a face takes up at most in the finer of two scales


@dataclass(frozen=True)
class Spot:
    """A face that the detector saw.

    Attributes:
        score: 0 to 1.
        box: (4,) x1 y1 x2 y2 pixels.
        points: (6, 2) pixels: the eyes, image left first when the face is upright, nose, mouth, ears.
    """

    score: float
    box: Array
    points: Array

    @property
    def square(self) -> Turned:
        """Where the face's points are to be looked for, eyes level."""
        across = self.points[1] - self.points[0]
        side = 1.6 * float(max(self.box[2] - self.box[0], self.box[3] - self.box[1]))
        centre = (self.box[:2] + self.box[2:]) / 2
        if np.linalg.norm(across) < 0.02 * side:
            return Turned(float(centre[0]), float(centre[1]), side, 0.0)
        return Turned.upwards(centre, side, np.array([across[1], -across[0]]))


class Scanner:
    """BlazeFace short range (Bazarevsky et al., BlazeFace, 2019), on squares cut out of a picture.

    Args:
        threads: how many the net may use.

    Raises:
        WeightsError: the net is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1) -> None:
        self._net = SpotDetector("face_detection_short_range", threads)

    def see(self, image: Array, square: Turned, least: float = 0.5) -> list[Spot]:
        """The faces in one square, best first, each once.

        Args:
            image: (h, w, 3) uint8 RGB.
            square: where; faces should take up a twelfth of its side or more, their brows towards its upper edge.
            least: score of the least sure one.
        """
        scores, boxes, points = self._net.see(square.cut(image, self._net.size))
        spots = []
        for score, box, six in zip(scores.tolist(), boxes, points, strict=True):
            if score < least:
                break
            middle, half = square.back((box[:2] + box[2:]) / 2, self._net.size), np.abs(box[2:] - box[:2]) / 2
            half = half * square.side / self._net.size
            spots.append(Spot(score, np.concatenate([middle - half, middle + half]), square.back(six, self._net.size)))
        return apart(spots)

    def again(self, image: Array, spot: Spot) -> tuple[float, Spot]:
        """A face looked at from nearer, from two distances, and where it is not clear how it stands, turned by quarters.

        What is no face is seldom seen again; what is one mostly is, and best when it is upright.

        Returns:
            mean score of the two looks, 0 to 1, and the face as it is seen best.
        """
        best, seen = self._twice(image, spot, 0.0)
        if best < CLEAR:
            for turn in (math.pi, math.pi / 2, -math.pi / 2):
                score, other = self._twice(image, spot, turn)
                if score > best + 0.08:
                    best, seen = score, other
        return best, seen

    def _twice(self, image: Array, spot: Spot, turn: float) -> tuple[float, Spot]:
        square, total, best = spot.square, 0.0, spot
        for share in (0.94, 1.38):
            looks = self.see(image, Turned(square.x, square.y, share * square.side, square.angle + turn), 0.2)
            near = [one for one in looks if _overlap(spot.box, one.box[None]) > 0.3]
            total += near[0].score if near else 0.0
            best = near[0] if near and turn else best
        return total / 2, best


def squares_over(width: int, height: int, finest: float = 2.0) -> list[Turned]:
    """Overlapping squares that cover a picture: as large as fit, then `finest` times smaller (and on by 2 for more).

    Large ones first; of a picture of 1280x720 three and fifteen.
    """
    if min(width, height) < NARROW:
        return []
    squares, side, smallest = [], float(min(width, height)), min(width, height) / finest - 0.5
    while side >= min(SMALLEST, min(width, height)) and side >= smallest:
        squares += [Turned(x, y, side, 0.0) for y in _places(height, side) for x in _places(width, side)]
        side /= 2
    return squares


def apart(spots: list[Spot], share: float = 0.3) -> list[Spot]:
    """Each face once: of those that overlap by more than a share the best, best first."""
    kept: list[Spot] = []
    for spot in sorted(spots, key=lambda spot: -spot.score):
        if not kept or not _overlap(spot.box, np.stack([other.box for other in kept])) > share:
            kept.append(spot)
    return kept


def _overlap(box: Array, others: Array) -> float:
    return float(iou(box[None], others).max())


def _places(length: int, side: float) -> list[float]:
    """Middles of squares that cover a length, neighbours overlapping."""
    count = max(1, math.ceil((length - side) / (side * (1 - OVERLAP)) + 1 - 1e-6))
    if count == 1:
        return [(length - 1) / 2]
    return [side / 2 - 0.5 + number * (length - side) / (count - 1) for number in range(count)]
