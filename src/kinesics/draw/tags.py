"""Tags: small rounded labels with text, as sprites."""

from __future__ import annotations

import functools

import numpy as np

from ..types import Array
from .canvas import Sprite, make_sprite
from .letters import capital_height, letter_mask
from .palette import INK, PAPER, Color

_LONGEST = 28  # letters of a label before it is cut


def _pill(width: int, height: int, inset: float, radius: float) -> Array:
    """(height, width) coverage of a rectangle with round corners, `inset` pixels inside the array."""
    x = np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - inset - radius)
    y = np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - inset - radius)
    reach = np.hypot(np.maximum(x, 0)[None], np.maximum(y, 0)[:, None]) + np.minimum(np.maximum(x[None], y[:, None]), 0)
    return np.asarray(np.clip(radius - reach + 0.5, 0, 1))


def shorten(text: str, longest: int = _LONGEST) -> str:
    """A label that fits a tag: one line, cut with an ellipsis."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


@functools.lru_cache(maxsize=512)
def tag_sprite(head: str, tail: str, color: Color, size: float, kind: str) -> Sprite:
    """A tag: `head` in dark letters on the colour, then `tail` in light letters on dark; either may be empty.

    Args:
        head: the id, mostly.
        tail: what the person does.
        color: RGB behind the head.
        size: of the text, pixels an em.
        kind: of the canvas.
    """
    cap = capital_height(size)
    pad, edge = round(cap * 0.62), max(cap / 12, 0.8)
    height = _even(cap + 2 * round(cap * 0.55) + 2 * edge)
    pieces = [(letter_mask(text, size), ink, ground) for text, ink, ground in ((head, INK, color), (tail, PAPER, INK)) if text]
    widths = [mask.shape[1] + 2 * pad for (mask, _), _, _ in pieces]
    width = _even(sum(widths) + 2 * edge)
    rgb, text_alpha = np.empty((height, width, 3)), np.zeros((height, width))
    left = (width - sum(widths)) // 2
    for i, (((mask, baseline), ink, ground), wide) in enumerate(zip(pieces, widths, strict=True)):
        right = width if i == len(pieces) - 1 else left + wide
        rgb[:, 0 if i == 0 else left : right] = ground
        top = (height + cap) // 2 - baseline
        rows = slice(max(top, 0), min(top + mask.shape[0], height))
        area = np.s_[rows, left + pad : left + pad + mask.shape[1]]
        part = mask[rows.start - top : rows.stop - top]
        rgb[area] += (np.array(ink) - rgb[area]) * part[..., None]
        text_alpha[area] = part
        left += wide
    outer, inner = _pill(width, height, 0, height * 0.3), _pill(width, height, edge, height * 0.3 - edge)[..., None]
    rgb = np.array(INK) * (1 - inner) + rgb * inner
    return make_sprite(rgb, outer * np.maximum(0.88, text_alpha), kind)


def _even(value: float) -> int:
    return int(np.ceil(value / 2)) * 2
