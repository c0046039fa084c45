"""A light page for charts: text, bars and lines on RGB, with the letters of the overlays."""

from __future__ import annotations

import numpy as np

from ..types import Array
from .canvas import Canvas, make_sprite
from .letters import capital_height, letter_mask
from .palette import Color

GROUND: Color = (250, 250, 248)
TEXT: Color = (38, 42, 48)
QUIET: Color = (122, 128, 136)
GRID: Color = (226, 228, 230)
WASH: Color = (242, 243, 244)


class Page:
    """Width and height in pixels; coordinates may be fractions, edges of bars are anti-aliased by whole pixels."""

    def __init__(self, width: int, height: int) -> None:
        self.canvas = Canvas(np.full((height, width, 3), GROUND, np.uint8))

    @property
    def image(self) -> Array:
        """(h, w, 3) uint8 RGB."""
        picture = self.canvas.picture
        return picture if isinstance(picture, np.ndarray) else picture[0]

    def bar(self, x1: float, y1: float, x2: float, y2: float, color: Color, alpha: float = 1.0) -> None:
        """A filled rectangle, at least one pixel wide and high."""
        left, top = round(x1), round(y1)
        view = self.image[max(top, 0) : max(round(y2), top + 1), max(left, 0) : max(round(x2), left + 1)]
        view[:] = color if alpha == 1 else np.rint(view + (np.array(color) - view) * alpha).astype(np.uint8)

    def text(
        self, x: float, middle: float, text: str, size: float, color: Color = TEXT, *, face: str = "plain", at: float = 0.0
    ) -> int:
        """One line whose capitals are centred on row `middle`; x is its left edge (at=0), middle (0.5) or right edge (1).

        Returns:
            its width in pixels.
        """
        mask, baseline = letter_mask(text, size, face)
        high, wide = mask.shape
        alpha = np.zeros((high + high % 2 + 2, wide + wide % 2 + 2), np.float32)
        left, top = round(x - at * wide), round(middle + capital_height(size) / 2) - baseline
        alpha[top % 2 : top % 2 + high, left % 2 : left % 2 + wide] = mask
        flat = np.broadcast_to(np.array(color, float), (*alpha.shape, 3))
        self.canvas.stamp(make_sprite(flat, alpha, "rgb"), left // 2 * 2, top // 2 * 2)
        return int(wide)

    def paste(self, x: int, y: int, picture: Array) -> None:
        """Lay a picture on the page, its upper left corner at (x, y)."""
        self.image[y : y + picture.shape[0], x : x + picture.shape[1]] = picture


def text_width(text: str, size: float, face: str = "plain") -> int:
    """Pixels that a line of text takes."""
    return int(letter_mask(text, size, face)[0].shape[1])


def clock(seconds: float) -> str:
    """m:ss, or h:mm:ss from an hour on."""
    whole = int(seconds + 0.5)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"
