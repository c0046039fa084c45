"""The 68 points of a face, looked for where a head is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..sights import FaceNet, FaceSight, SpotDetector, Turned, face_square
from ..types import Array

__all__ = ["IBUG", "Face", "FaceReader", "Head"]

# fmt: off
IBUG = (
    162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389,  # jaw, from the person's right ear
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300,  # brows
    168, 197, 5, 4, 98, 97, 2, 326, 327,  # bridge of the nose, then its lower edge
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,  # eyes
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181,  # outer edge of the lips
    78, 82, 13, 312, 308, 317, 14, 87,  # inner edge
)
"""Points of the face mesh of MediaPipe that lie where the 68 points of iBUG (300-W, Sagonas et al. 2013) do.

The table in common use in public projects for this purpose, with the brows' ends and the wings of the nose moved to the mesh
points that are nearest to iBUG's definition.
"""
# fmt: on
SKULL = 28.0  # cm of the square round a face
PRESENT = 0.5
SMALL = 16.0  # pixels of a face below which nothing is known


@dataclass(frozen=True)
class Head:
    """Where to look for a face.

    Attributes:
        joints: (5, 2) nose, left eye, right eye, left ear, right ear, pixels, NaN where missing.
        unit: pixels a centimetre, of this person.
    """

    joints: Array
    unit: float


@dataclass(frozen=True)
class Face:
    """A face that was found.

    Attributes:
        points: (68, 2) pixels in the order of iBUG.
        scores: (68,) 0 to 1.
        square: where it was looked at.
        nose: (2,) of the body's joints at that time, NaN where missing.
        sight: all that the net said.
    """

    points: Array
    scores: Array
    square: Turned
    nose: Array
    sight: FaceSight

    def moved(self, shift: Array, share: float) -> Face:
        """The same face (2,) pixels further, its scores taken times `share`."""
        mesh = self.sight.mesh + np.append(shift, 0.0)
        sight = replace(self.sight, square=self.sight.square.moved(shift), mesh=mesh)
        return Face(self.points + shift, self.scores * share, self.square.moved(shift), self.nose + shift, sight)


class FaceReader:
    """Faces by MediaPipe's face mesh (Kartynnik et al., Real-time facial surface geometry, 2019).

    Args:
        threads: how many the nets may use.
    """

    def __init__(self, threads: int = 1) -> None:
        self._net = FaceNet(threads)
        self._faces = SpotDetector("face_detection_short_range", threads)

    def read(self, image: Array, head: Head, before: Face | None = None) -> Face | None:
        """The face of a head, or None where it is not seen (turned away, covered, too small).

        Args:
            image: (h, w, 3) uint8 RGB.
            head: where to look.
            before: the same face in the picture before.
        """
        if head.unit * SKULL < SMALL or not np.isfinite(head.joints[:3]).any():
            return None
        tries = [_between(head)]
        if before is not None and np.isfinite(shift := head.joints[0] - before.nose).all():
            tries.append(before.square.moved(shift))
        for square in tries:
            if (face := self._settle(image, head, square)) is not None:
                return face
        found = self._detect(image, head)
        return None if found is None else self._settle(image, head, found)

    def follow(self, image: Array, head: Head, before: Face) -> Face | None:
        """The face of the picture before by a single look where it must be now; None where it is lost."""
        shift = head.joints[0] - before.nose
        square = before.square.moved(np.where(np.isfinite(shift), shift, 0.0))
        if head.unit * SKULL < SMALL or not np.isfinite(head.joints[:3]).any() or square.inside(image) < 0.3:
            return None
        sight = self._net.look(image, square)
        return self._taken(image, head, sight, np.zeros(68))

    def _settle(self, image: Array, head: Head, square: Turned) -> Face | None:
        if square.inside(image) < 0.3:
            return None
        first = self._net.look(image, square)
        if first.presence < 0.1 or not _near(face_square(first.mesh), head):
            return None
        second = self._net.look(image, face_square(first.mesh))
        size = face_square(second.mesh).side
        gap = np.linalg.norm(first.mesh[:, :2] - second.mesh[:, :2], axis=1)[list(IBUG)] / size
        return self._taken(image, head, second, gap)

    def _taken(self, image: Array, head: Head, sight: FaceSight, gap: Array) -> Face | None:
        """The face of a look, if it is this head's; `gap` (68,) is how far it differs from another look, in its sides."""
        mesh, square, sure = sight.mesh[:, :2], face_square(sight.mesh), sight.presence
        if sure < PRESENT or not _near(square, head) or not _agrees(mesh, head):
            return None
        scores = np.full(68, sure) * np.exp(-((gap / 0.1) ** 2))
        points = mesh[list(IBUG)]
        beyond = (points < -0.5) | (points > np.array([image.shape[1], image.shape[0]]) - 0.5)
        scores[beyond.any(axis=1)] = 0
        return Face(points, np.clip(scores, 0, 1), square, head.joints[0], sight)

    def _detect(self, image: Array, head: Head) -> Turned | None:
        middle = np.nanmean(head.joints[:3], axis=0)
        square = Turned(float(middle[0]), float(middle[1]), 2 * SKULL * head.unit, 0.0)
        scores, boxes, points = self._faces.see(square.cut(image, self._faces.size))
        if not len(scores):
            return None
        corners = square.back(boxes[0].reshape(2, 2), self._faces.size)
        eyes = square.back(points[0, :2], self._faces.size)  # image left first
        across = eyes[1] - eyes[0]
        side = 1.6 * float(np.abs(corners[1] - corners[0]).max())
        found = Turned.upwards(corners.mean(axis=0), side, np.array([across[1], -across[0]]))
        return found if _near(found, head) else None


def _between(head: Head) -> Turned:
    """The square of a face by nose, eyes and ears."""
    nose, left, right, *_ = head.joints
    eyes = (left + right) / 2
    across = left - right
    if not np.isfinite(across).all():
        x, y = np.nanmean(head.joints[:3], axis=0).tolist()
        return Turned(x, y, SKULL * head.unit, 0.0)
    if np.linalg.norm(across) < 1.5 * head.unit:  # from the side: which way is up is not in the eyes
        up = np.array([0.0, -1.0])
    else:
        up = np.array([across[1], -across[0]])
        up = up if up[1] < 0 or abs(up[1]) < 0.3 * abs(up[0]) else -up
    up = up / np.linalg.norm(up)
    centre = eyes - 3.0 * head.unit * up if not np.isfinite(nose).all() else (eyes + nose) / 2 - 1.5 * head.unit * up
    return Turned.upwards(centre, SKULL * head.unit, up)


def _near(square: Turned, head: Head) -> bool:
    """Whether a face can be this head's: near its nose and eyes, of a person's size."""
    middle = np.nanmean(head.joints[:3], axis=0)
    gap = float(np.hypot(square.x - middle[0], square.y - middle[1]))
    return gap < 10 * head.unit and 0.4 * SKULL < square.side / head.unit < 2.2 * SKULL


def _agrees(mesh: Array, head: Head) -> bool:
    """Whether nose and eyes of a face mesh lie where the body's joints say."""
    seen = np.stack([mesh[1], (mesh[362] + mesh[263]) / 2, (mesh[33] + mesh[133]) / 2])
    return float(np.nanmean(np.linalg.norm(seen - head.joints[:3], axis=1))) < 4 * head.unit
