"""Where a drawn person is judged, and whether its joints are where they should be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..types import Array
from ..viewer import SIZE, Footage

__all__ = ["REGIONS", "JointCount", "PoseReader", "box_of", "hand_box", "pose_reader", "regions", "torso_length"]

REGIONS = ("full", "person", "box", "hands", "face")
"""Everything; where the real person is; the box of that; the boxes of the hands; that of the face."""
LEFT_HAND, RIGHT_HAND, FACE = slice(91, 112), slice(112, 133), slice(23, 91)
BODY, HEAD = slice(0, 17), slice(0, 5)
SURE = 0.3  # least score of a joint that is taken as known
GROWN = 9  # pixels: width of what the person's outline is dilated with
WRIST, KNUCKLE = 0, 9  # of a hand: what lies between is its palm
TRUNK = 50 / 35  # length of a trunk per distance of the shoulders, where hips are not seen

PoseReader = Callable[[Array], tuple[Array, Array]]
"""A picture (h, w, 3) to one person's points (133, 2) and scores (133,)."""


def regions(footage: Footage, index: int) -> dict[str, Array | None]:
    """The regions of one picture by name, (512, 512) bool; None is everywhere; what is not seen is empty."""
    import cv2

    alpha, points, scores = footage.alpha[index], footage.points[index], footage.scores[index]
    person = cv2.dilate((alpha > 127).astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (GROWN, GROWN))) > 0
    rows, columns = np.flatnonzero(person.any(1)), np.flatnonzero(person.any(0))
    box = np.zeros(person.shape, bool)
    if len(rows):
        box[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = True
    hands = _filled(hand_box(points, scores, "left")) | _filled(hand_box(points, scores, "right"))
    face = box_of(points[FACE], scores[FACE], 0.15)
    face = box_of(points[HEAD], scores[HEAD], 0.3) if face is None else face
    return {"full": None, "person": person, "box": box, "hands": hands, "face": _filled(face)}


def box_of(points: Array, scores: Array, margin: float = 0.2) -> tuple[int, int, int, int] | None:
    """A square x1 y1 x2 y2 round points that are known, a margin wider each way, at least 24 pixels; None without any."""
    known = points[(scores >= SURE) & np.isfinite(points).all(1)]
    if len(known) < 2:
        return None
    low, high = known.min(0), known.max(0)
    half = max(float((high - low).max()) * (0.5 + margin), 12.0)
    (x, y) = ((low + high) / 2).tolist()
    return round(x - half), round(y - half), round(x + half), round(y + half)


def hand_box(points: Array, scores: Array, side: str) -> tuple[int, int, int, int] | None:
    """Where a hand is, x1 y1 x2 y2: round its points; beyond the wrist where they are not known; None where that is not either.

    Args:
        points: (133, 2) canvas pixels.
        scores: (133,).
        side: "left" or "right".
    """
    found = box_of(points[LEFT_HAND if side == "left" else RIGHT_HAND], scores[LEFT_HAND if side == "left" else RIGHT_HAND])
    elbow, wrist = (7, 9) if side == "left" else (8, 10)
    if found is not None or min(scores[elbow], scores[wrist]) < SURE:
        return found
    along = points[wrist] - points[elbow]
    half = max(0.4 * float(np.linalg.norm(along)), 12.0)
    x, y = (points[wrist] + 0.4 * along).tolist()
    inside = 0 <= x < SIZE and 0 <= y < SIZE
    return (round(x - half), round(y - half), round(x + half), round(y + half)) if inside else None


def _filled(box: tuple[int, int, int, int] | None) -> Array:
    where = np.zeros((SIZE, SIZE), bool)
    if box is not None:
        x1, y1, x2, y2 = (min(max(value, 0), SIZE) for value in box)
        where[y1:y2, x1:x2] = True
    return where


# ------------------------------------------------------------------------------------------------------------------- joints
def torso_length(points: Array, scores: Array) -> float:
    """Pixels from the middle of the shoulders to that of the hips; from the shoulders' distance where that says more.

    Args:
        points: (133, 2) or (17, 2).
        scores: the same joints.

    Returns:
        0 where the shoulders are not known.
    """
    known = (scores >= SURE) & np.isfinite(points).all(1)
    if not known[[5, 6]].all():
        return 0.0
    wide = float(np.linalg.norm(points[5] - points[6])) * TRUNK
    if not known[[11, 12]].all():
        return wide
    return max(wide, float(np.linalg.norm(points[[5, 6]].mean(0) - points[[11, 12]].mean(0))))


class JointCount:
    """Percentage of correct keypoints: joints of the body within 0.1 torso, of the hands within 0.25 palm.

    A joint counts where the driving pose knows it and it lies on the canvas; whatever the estimator does not find is wrong. A
    palm reaches from the wrist to the knuckle of the middle finger. (Yang and Ramanan 2013, section 6.)
    """

    def __init__(self) -> None:
        self._right, self._all = np.zeros(2, int), np.zeros(2, int)

    def add(self, wanted: tuple[Array, Array], found: tuple[Array, Array]) -> None:
        """Take the points (133, 2) and scores (133,) of the driving pose and those that were read off a picture."""
        points, scores = wanted
        known = (scores >= SURE) & ((points >= 0) & (points < SIZE)).all(1)  # NaN fails too
        gap = np.linalg.norm(found[0] - points, axis=1)
        gap = np.where(np.isfinite(gap), gap, np.inf)
        self._count(0, gap[BODY], known[BODY], 0.1 * torso_length(points, scores))
        for hand in (LEFT_HAND, RIGHT_HAND):
            palm = float(np.linalg.norm(points[hand][KNUCKLE] - points[hand][WRIST]))
            self._count(1, gap[hand], known[hand], 0.25 * palm if np.isfinite(palm) else 0.0)

    def _count(self, kind: int, gap: Array, known: Array, reach: float) -> None:
        if reach > 0:
            self._right[kind] += int((gap[known] <= reach).sum())
            self._all[kind] += int(known.sum())

    @property
    def body(self) -> float:
        """Share of right joints of the body; NaN without any."""
        return float(self._right[0] / self._all[0]) if self._all[0] else float("nan")

    @property
    def hands(self) -> float:
        """Share of right joints of the hands; NaN without any."""
        return float(self._right[1] / self._all[1]) if self._all[1] else float("nan")


def pose_reader(threads: int = 1) -> PoseReader:
    """What reads joints off pictures: the most exact tier that is installed, then hands and face; no memory between pictures.

    Raises:
        WeightsError: a net is not installed.
    """
    from ..errors import WeightsError
    from ..pose import WholeBody, pose_model

    try:
        body = pose_model("accurate")
    except WeightsError:
        body = pose_model("balanced")
    whole = WholeBody(threads, parts=("hands", "face"))

    def read(picture: Array) -> tuple[Array, Array]:
        people = body(picture)
        if not len(people):
            return np.full((133, 2), np.nan), np.zeros(133)
        whole.reset()
        one = whole(picture, people[[int(people.score.argmax())]])
        return one.points[0], one.point_scores[0]

    return read
