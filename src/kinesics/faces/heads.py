"""Where a person's head is, by the joints of the body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..sights import Turned
from ..types import Array, People, Skeleton

__all__ = ["SKULL", "Head", "heads_of"]

NAMES = ("nose", "left_eye", "right_eye", "left_ear", "right_ear")
SURE = 0.25  # least score of a joint
SKULL = 28.0  # cm of the square round a face
LENGTHS = {  # cm between joints of a grown person
    ("left_eye", "right_eye"): 6.4,
    ("left_ear", "right_ear"): 15.5,
    ("left_shoulder", "right_shoulder"): 35.0,
    ("left_shoulder", "left_elbow"): 28.0,
    ("right_shoulder", "right_elbow"): 28.0,
    ("left_shoulder", "left_hip"): 50.0,
    ("right_shoulder", "right_hip"): 50.0,
    ("left_hip", "left_knee"): 41.0,
    ("right_hip", "right_knee"): 41.0,
    ("nose", "left_shoulder"): 27.0,
    ("nose", "right_shoulder"): 27.0,
}


@dataclass(frozen=True)
class Head:
    """Where to look for somebody's face.

    Attributes:
        row: of the person among the people.
        person: the id.
        joints: (5, 2) nose, left eye, right eye, left ear, right ear, pixels, NaN where missing.
        unit: pixels a centimetre.
    """

    row: int
    person: int
    joints: Array
    unit: float

    @property
    def middle(self) -> Array:
        """(2,) pixels between what is known of nose and eyes, or else of the ears."""
        front = self.joints[:3]
        return np.asarray(np.nanmean(front if np.isfinite(front).any() else self.joints, axis=0))

    def square(self) -> Turned:
        """The square of the face by nose, eyes and ears: upright where these do not tell."""
        nose, left, right, *ears = self.joints
        across = left - right if np.isfinite(left - right).all() else ears[0] - ears[1]
        if not np.isfinite(across).all() or np.linalg.norm(across) < 1.5 * self.unit:
            x, y = self.middle.tolist()
            return Turned(x, y, SKULL * self.unit, 0.0)
        up = np.array([across[1], -across[0]]) / np.linalg.norm(across)
        eyes = (left + right) / 2
        if not np.isfinite(eyes).all():
            eyes = self.middle
        centre = (eyes + nose) / 2 - 1.5 * self.unit * up if np.isfinite(nose).all() else eyes - 3.0 * self.unit * up
        return Turned.upwards(centre, SKULL * self.unit, up)

    def near(self, x: float, y: float, side: float) -> bool:
        """Whether a face there, in a square of that side, can be this head's."""
        gap = float(np.hypot(x - self.middle[0], y - self.middle[1]))
        return gap < 11 * self.unit and 0.35 * SKULL < side / self.unit < 2.4 * SKULL


def heads_of(people: People | None) -> list[Head]:
    """The heads of those whose nose, eyes or ears are seen; joints are found by their names, whatever the skeleton."""
    if people is None or not len(people) or "nose" not in people.skeleton.joints:
        return []
    place = {name: number for number, name in enumerate(people.skeleton.joints)}
    heads = []
    for row, who in enumerate(people.ids.tolist()):
        scores = people.point_scores[row]
        points = np.where((scores > SURE)[:, None], people.points[row, :, :2], np.nan).astype(float)
        joints, unit = points[[place[name] for name in NAMES]], _centimetre(points, place, people.skeleton)
        if unit > 0 and np.isfinite(joints).any():
            heads.append(Head(row, who, joints, unit))
    return heads


def _centimetre(points: Array, place: dict[str, int], skeleton: Skeleton) -> float:
    """Pixels a centimetre: bones are only ever seen too short, so the second longest for its length says it; 0: unknown."""
    known = [
        float(np.linalg.norm(points[place[a]] - points[place[b]])) / length
        for (a, b), length in LENGTHS.items()
        if a in place and b in place
    ]
    known = sorted(share for share in known if np.isfinite(share))
    return known[-2 if len(known) > 1 else -1] if known else 0.0
