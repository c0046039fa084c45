"""Faces looked for now and then, and what tells one from others: numbers, and a small picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..types import Array, People
from .thumbnails import jpeg

if TYPE_CHECKING:
    from ..faces import Face

__all__ = ["FaceLook", "FaceLooks", "quality"]

APPLY = 0.25  # of `Gates`: turned to its limit, or covered to its limit; not both
SIDE = 60.0  # pixels of a face from which it gets no better
PICTURE = 96  # pixels of a picture's side, at most
JPEG = 85  # quality


@dataclass(frozen=True)
class FaceLook:
    """What one look gave.

    Attributes:
        embedding: (128,) float32 of length 1, see `FaceEncoder`.
        picture: a JPEG of the face alone, upright, at most 96 pixels a side; None where nobody asked.
    """

    embedding: Array
    picture: bytes | None


class FaceLooks:
    """Finds the faces of one clip's people, and encodes them.

    Args:
        threads: the nets may use.
        still: it is one picture, to be searched as a whole.

    Raises:
        WeightsError: the optional set "faces" is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1, still: bool = False) -> None:
        from ..faces import FaceFinder
        from .nets import face_encoder

        self._encoder = face_encoder(threads)
        self._finder = None if still else FaceFinder(threads, few=0)  # who is not followed is not looked for

    def reset(self) -> None:
        """Forget where faces were."""
        if self._finder is not None:
            self._finder.reset()

    def find(self, image: Array, people: People) -> Sequence[Face]:
        """The faces in (h, w, 3) uint8 RGB, those of `people` and in a still picture all others too."""
        if self._finder is not None:
            return self._finder(image, people)
        from ..pipeline.faces import find_faces

        return find_faces(image, people=people)

    def look(self, image: Array, face: Face, *, picture: bool = False) -> FaceLook | None:
        """Look at one face that was found in this picture; None where it cannot be told from others after all.

        Args:
            image: (h, w, 3) uint8 RGB.
            face: of `find`.
            picture: make one.
        """
        (row,) = self._encoder(image, [face])
        if not math.isfinite(float(row.sum())):
            return None
        return FaceLook(row, _jpeg(image, face) if picture else None)


def quality(face: Face) -> float:
    """How good a look at a face would be, 0 to 1; 0 where it is turned away, covered, or too small to be told from others."""
    from ..faces.embedding import LEAST_SIDE

    side = float(max(face.box[2] - face.box[0], face.box[3] - face.box[1]))
    if face.gates is None or face.gates.apply < APPLY or side < LEAST_SIDE:
        return 0.0
    return face.gates.apply * min(side / SIDE, 1.0)


def _jpeg(image: Array, face: Face) -> bytes | None:
    from ..sights import face_square

    if face.mesh is None:
        return None
    square = face_square(face.mesh)
    size = min(PICTURE, max(round(square.side), 16))
    return jpeg(square.cut(image, size), JPEG)
