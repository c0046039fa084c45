"""Which way up a picture is: the container's display matrix, applied once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from ..types import Array


@dataclasses.dataclass(frozen=True)
class Orientation:
    """How stored pixels become the displayed picture: first swap rows and columns, then flip.

    Attributes:
        transpose: rows become columns.
        flip_x: left and right change places, after the transpose.
        flip_y: top and bottom change places, after the transpose.
    """

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @classmethod
    def from_matrix(cls, matrix: Sequence[int]) -> Orientation:
        """From the numbers a b u c d v x y w of ISO 14496-12 (x' = a x + c y, y' = b x + d y), to the nearest right angle."""
        a, b, _, c, d = matrix[:5]
        if abs(b) > abs(a):
            return cls(True, c < 0, b < 0)
        return cls(False, a < 0, d < 0)

    @classmethod
    def from_angle(cls, degrees: float) -> Orientation:
        """From the angle by which the stored picture is to be turned counterclockwise, to the nearest right angle."""
        turns = round(degrees / 90) % 4
        return cls(turns % 2 == 1, turns in (2, 3), turns in (1, 2))

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Displayed (width, height) of a stored picture."""
        return (height, width) if self.transpose else (width, height)

    def apply(self, picture: Array) -> Array:
        """The displayed picture of a stored one, (h, w) or (h, w, 3) uint8; the same array when nothing is to be done."""
        if self == UPRIGHT:
            return picture
        import cv2

        picture = np.asarray(cv2.transpose(picture)) if self.transpose else picture
        if self.flip_x or self.flip_y:
            picture = np.asarray(cv2.flip(picture, -1 if self.flip_x and self.flip_y else int(self.flip_x)))
        return picture


UPRIGHT = Orientation()
