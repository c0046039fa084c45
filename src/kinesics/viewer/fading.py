"""A change of tier without a jump: what the old tier had more, or less, is faded out over the next pictures.

At the change one pose is drawn at both tiers. Their difference is added to the pictures that follow, less each time, so that
nothing of the motion is shown twice as it would be if whole pictures were mixed. Where there is no time to draw one pose twice,
the last picture and the new one take their places, and their difference is blurred as far as the person moved between them:
brightness and colour still change smoothly, only sharpness does at once.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array

__all__ = ["LENGTH", "Fade"]

LENGTH = 6
"""Pictures over which a change is spread."""
_STILL = 0.5  # pixels: who moves less stands still
_COARSE = 4  # pixels of a cell in which differences are blurred


class Fade:
    """What is left of the tier before; `apply` in the order in which pictures are shown."""

    def __init__(self, length: int = LENGTH) -> None:
        self.length = length
        self._left = 0
        self._rest: Array = np.zeros((0, 0, 4), np.int16)
        self._corner = 0, 0

    def begin(self, old: Array, new: Array, moved: float = 0.0) -> None:
        """The tier changes.

        Args:
            old: (h, w, 4) uint8, a pose as it was or would have been shown.
            new: (h, w, 4) uint8, at the new tier.
            moved: pixels by which the person moved from one to the other.
        """
        x, y, width, height = cv2.boundingRect(cv2.max(old[..., 3], new[..., 3]))
        inside = np.s_[y : y + height, x : x + width]
        self._left = self.length if width else 0
        self._corner = x, y
        if width:
            self._rest = _blurred(cv2.subtract(old[inside], new[inside], dtype=cv2.CV_16S), moved)

    def apply(self, picture: Array) -> Array:
        """A picture (h, w, 4) uint8 at the new tier, with what is still left of the old one; colour stays below alpha."""
        if not self._left:
            return picture
        share = self._left / (self.length + 1)
        self._left -= 1
        (x, y), (height, width) = self._corner, self._rest.shape[:2]
        shown = picture.copy()
        part = shown[y : y + height, x : x + width]
        mixed = cv2.addWeighted(part, 1.0, self._rest, share, 0.0, dtype=cv2.CV_8U)
        alpha = mixed[..., 3]
        part[:] = cv2.min(mixed, cv2.merge([alpha, alpha, alpha, alpha]))
        return shown


def _blurred(rest: Array, far: float) -> Array:
    """A difference (h, w, 4) int16 without what is smaller than `far` pixels."""
    if far < _STILL:
        return rest
    height, width = rest.shape[:2]
    small = cv2.resize(rest, (-(-width // _COARSE), -(-height // _COARSE)), interpolation=cv2.INTER_AREA)
    window = 2 * round(2 * far / _COARSE) + 1
    soft: Array = cv2.resize(cv2.blur(small, (window, window)), (width, height), interpolation=cv2.INTER_LINEAR)
    return soft
