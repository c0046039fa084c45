"""A hand's 21 joints in a picture, looked for where an arm ends."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..sights import HandNet, HandSight, SpotDetector, Turned
from ..types import Array
from .hand_squares import STEADY, Arm, along, published, round_hand, unit_vector

__all__ = ["Hand", "HandReader"]

PRESENT = 0.3  # least presence of a hand that is taken
GOOD = 0.6  # mean score from which no other look is needed
SAME = 0.2  # two hands are one where their joints are nearer to each other than this share of a hand
LOST = 0.5  # presence of a hand without an arm below which the palm detector looks again, as published
PALM = 0.5  # least score of a palm in a whole picture, as published
SLID = 0.25  # how far, in shares of the square, a followed hand may be from where it was looked for
WHOLE = 19.0  # cm from the wrist to the tip of the middle finger
FAR = 15.0  # cm that the hand's wrist may be from the arm's
SMALL = 20.0  # pixels of a whole hand below which nothing is known of its fingers


@dataclass(frozen=True)
class Hand:
    """A hand that was found.

    Attributes:
        points: (21, 2) pixels, from the wrist over thumb, index, middle, ring to the little finger.
        scores: (21,) 0 to 1.
        right: how much it looks like a right hand, 0 to 1.
        wrist: (2,) of the arm at that time, pixels; of the hand itself where no arm is known.
        sight: all that the net said.
    """

    points: Array
    scores: Array
    right: float
    wrist: Array
    sight: HandSight

    @property
    def score(self) -> float:
        """Mean over the joints."""
        return float(self.scores.mean())

    def gap(self, arm: Arm) -> float:
        """Centimetres between its wrist and the arm's."""
        return float(np.linalg.norm(self.points[0] - arm.wrist)) / arm.unit

    def nearer(self, wrist: Array) -> bool:
        """Whether it is nearer to the wrist of the other arm."""
        mine, others = (float(np.linalg.norm(self.points[0] - end)) for end in (self.wrist, wrist))
        return mine > others

    def moved(self, shift: Array, share: float) -> Hand:
        """The same hand (2,) pixels further, its scores taken times `share`."""
        square, points = self.sight.square.moved(shift), self.points + shift
        sight = replace(self.sight, square=square, points=self.sight.points + shift)
        return Hand(points, self.scores * share, self.right, self.wrist + shift, sight)

    def changed(self, other: Hand) -> float:
        """How much its shape differs from another's wherever they are: mean over the joints, in sizes of a hand."""
        own, others = self.points - self.points[0], other.points - other.points[0]
        return float(np.linalg.norm(own - others, axis=1).mean()) / _size(self.points)

    def same(self, other: Hand) -> bool:
        """Whether both are one hand, seen from two arms."""
        return float(np.linalg.norm(self.points - other.points, axis=1).mean()) < SAME * max(
            _size(self.points), _size(other.points)
        )


class HandReader:
    """Hands by MediaPipe's hand landmarks (Zhang et al., MediaPipe Hands: on-device real-time hand tracking, 2020).

    The first cut is where the hand was in the picture before, or where the arm points; the second is round what the first one
    showed. Where neither shows a hand, the palm detector looks round the wrist.

    Args:
        threads: how many the nets may use.
    """

    def __init__(self, threads: int = 1) -> None:
        self._net = HandNet(threads)
        self._palms = SpotDetector("palm_detection_full", threads)

    def read(self, image: Array, arm: Arm, before: Hand | None = None, other: Hand | None = None) -> Hand | None:
        """The hand at the end of an arm, or None where there is none to be seen.

        Args:
            image: (h, w, 3) uint8 RGB.
            arm: where to look.
            before: the same hand in the picture before.
            other: the hand of the other arm, which this one is not.
        """
        if arm.unit * WHOLE < SMALL:
            return None
        tries = [round_hand(before.points).moved(arm.wrist - before.wrist)] if before is not None else []
        image = image if other is None else _without(image, other)
        seen: list[Hand] = []
        for square in [*tries, *along(arm)]:
            seen += self._settle(image, arm, square, other)
            if seen and max(hand.score for hand in seen) > GOOD:
                break
        if not seen and (palm := self._palm(image, arm)) is not None:
            seen = self._settle(image, arm, palm, other)
        return max(seen, key=lambda hand: hand.score - 0.02 * hand.gap(arm)) if seen else None

    def follow(self, image: Array, arm: Arm, before: Hand) -> Hand | None:
        """The hand of the picture before by a single look where it must be now, or by two if it slid; None where it is lost."""
        square = round_hand(before.points).moved(arm.wrist - before.wrist)
        if arm.unit * WHOLE < SMALL or square.inside(image) < 0.3:
            return None
        first = again = self._net.look(image, square)
        if first.presence < 0.5 * PRESENT or not _fits(first.points, arm):
            return None
        if first.presence < GOOD or not square.like(round_hand(first.points), SLID):
            first = self._net.look(image, round_hand(first.points))
        return _hand(first, again, image, arm) if first.presence >= PRESENT and _fits(first.points, arm) else None

    def seek(self, image: Array, arm: Arm, attempt: int, other: Hand | None = None) -> Hand | None:
        """One look for a hand that is not known: along the arm, and by the palm detector every third time.

        Args:
            image: (h, w, 3) uint8 RGB.
            arm: where to look.
            attempt: 0, 1, 2 … since it was lost.
            other: the hand of the other arm, which this one is not.
        """
        if arm.unit * WHOLE < SMALL:
            return None
        image = image if other is None else _without(image, other)
        ways = along(arm)
        square = self._palm(image, arm) if attempt % 3 == 2 else ways[attempt % len(ways)]
        if square is None or square.inside(image) < 0.3:
            return None
        sight = self._net.look(image, square)
        if sight.presence < PRESENT or not _fits(sight.points, arm):
            return None
        hand = _hand(sight, sight, image, arm)
        return hand if other is None or not (hand.same(other) or hand.nearer(other.wrist)) else None

    def find(self, image: Array, before: Hand | None = None) -> Hand | None:
        """The hand of a picture in which no arm needs to be seen: by the palm detector, then followed.

        The squares are those of the published net (Zhang et al. 2020): from the palm 2.6 palms wide, half a palm further
        towards the fingers; from the joints twice as wide as the palm's, a tenth further.

        Args:
            image: (h, w, 3) uint8 RGB.
            before: what the picture before showed.
        """
        if before is not None:
            sight = self._net.look(image, published(before.points))
            if sight.presence >= LOST:
                return _alone(sight, image)
        square = self._first(image)
        if square is None:
            return None
        sight = self._net.look(image, square)
        return _alone(sight, image) if sight.presence >= LOST else None

    def _first(self, image: Array) -> Turned | None:
        """The square round the surest palm of the whole picture."""
        height, width = image.shape[:2]
        whole = Turned((width - 1) / 2, (height - 1) / 2, float(max(height, width)), 0.0)
        scores, boxes, points = self._palms.see(whole.cut(image, self._palms.size))
        if not len(scores) or scores[0] < PALM:
            return None
        corners, seven = whole.back(boxes[0].reshape(2, 2), self._palms.size), whole.back(points[0], self._palms.size)
        side = float((corners[1] - corners[0]).max())
        up = seven[2] - seven[0]
        return Turned.upwards(corners.mean(axis=0) + 0.5 * side * unit_vector(up), 2.6 * side, up)

    def _settle(self, image: Array, arm: Arm, square: Turned, other: Hand | None) -> list[Hand]:
        """Look, and look again round what was seen: the hands of this arm among both."""
        if square.inside(image) < 0.3:
            return []
        first = self._net.look(image, square)
        if first.presence < 0.5 * PRESENT or not _fits(first.points, arm):
            return []
        if other is None and first.presence > GOOD and square.like(round_hand(first.points)):
            return [_hand(first, first, image, arm)]
        second = self._net.look(image, round_hand(first.points))
        hands = [_hand(second, first, image, arm)] if second.presence >= PRESENT and _fits(second.points, arm) else []
        if (
            other is not None and first.presence >= PRESENT
        ):  # two hands in one cut: the second look may have slid to the other one
            hands.append(_hand(first, second, image, arm))
        return [hand for hand in hands if other is None or not (hand.same(other) or hand.nearer(other.wrist))]

    def _palm(self, image: Array, arm: Arm) -> Turned | None:
        square = Turned(float(arm.wrist[0]), float(arm.wrist[1]), 60 * arm.unit, 0.0)
        scores, _, points = self._palms.see(square.cut(image, self._palms.size))
        points = square.back(
            points, self._palms.size
        )  # (m, 7, 2): wrist, knuckles of index, middle, ring, little finger, thumb
        gap = np.linalg.norm(points[:, 0] - arm.wrist, axis=1) / arm.unit
        near = np.flatnonzero(gap < FAR)
        if not len(near):
            return None
        seven = points[near[np.argmax(scores[near] - 0.02 * gap[near])]]
        up = seven[2] - seven[0]
        return Turned.upwards(seven[0] + 0.9 * up, 2.9 * max(float(np.linalg.norm(up)), 6 * arm.unit), up)


def _alone(sight: HandSight, image: Array) -> Hand:
    scores = np.full(21, sight.presence)
    scores[_beyond(sight.points, image)] = 0
    return Hand(sight.points, np.clip(scores, 0, 1), sight.right, sight.points[0], sight)


def _beyond(points: Array, image: Array) -> Array:
    """(n,) bool: outside the picture."""
    return np.asarray(((points < -0.5) | (points > np.array([image.shape[1], image.shape[0]]) - 0.5)).any(axis=1))


def _fits(points: Array, arm: Arm) -> bool:
    """Whether this is a hand of this arm: near its wrist, of a person's size."""
    size = float(np.linalg.norm(points[9] - points[0])) + float(np.linalg.norm(points[5] - points[17]))
    return float(np.linalg.norm(points[0] - arm.wrist)) < FAR * arm.unit and 4 * arm.unit < size < 40 * arm.unit


def _hand(sight: HandSight, again: HandSight, image: Array, arm: Arm) -> Hand:
    """Scores from presence and from how well two looks agree; joints beyond the picture have none."""
    size = _size(sight.points)
    gap = np.linalg.norm(sight.points - again.points, axis=1) / size
    scores = sight.presence * np.exp(-((gap / 0.35) ** 2)) * min(1.0, size / SMALL)
    scores[_beyond(sight.points, image)] = 0
    return Hand(sight.points, np.clip(scores, 0, 1), sight.right, arm.wrist, sight)


def _without(image: Array, hand: Hand) -> Array:
    """A copy of the picture with a hand painted over, so that the hand beside it is seen."""
    hull = cv2.convexHull(np.round(hand.points).astype(np.int32))
    copy = image.copy()
    cv2.fillConvexPoly(copy, hull, cv2.mean(image)[:3])
    return copy


def _size(points: Array) -> float:
    return max(float(np.linalg.norm(np.ptp(points[STEADY], axis=0))), 1.0)
