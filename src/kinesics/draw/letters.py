"""Text as coverage masks, from glyphs that were drawn once from DejaVu Sans Condensed (see LETTERS-LICENSE.txt).

cv2's stroke fonts are poor and its TrueType support is too young to rely on; a table of 515 glyphs (Latin, Greek, Cyrillic)
needs no library. Any size is made by area averaging of the 48 pixel glyphs, with the capitals' height rounded to whole pixels
so that small text stays crisp. What the table lacks shows as a hollow box.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources

import numpy as np

from ..types import Array

_ASCENT, _CAPITALS = 46, 35  # rows of the strip above the baseline; height of a capital letter
_EM = 48


@dataclass(frozen=True)
class _Face:
    index: dict[str, int]
    starts: list[int]
    lefts: list[int]
    advances: list[float]
    strip: Array


@functools.cache
def _face(name: str) -> _Face:
    with resources.files(__package__).joinpath("letters.npz").open("rb") as file, np.load(file) as table:
        codes, starts, lefts, advances, strip = (
            table[f"{name}_{key}"] for key in ("codes", "starts", "lefts", "advances", "strip")
        )
    index = {chr(code): i for i, code in enumerate(codes.tolist())}
    return _Face(index, starts.tolist(), lefts.tolist(), advances.tolist(), strip)


def capital_height(size: float) -> int:
    """Height in whole pixels of a capital letter in text of `size` pixels."""
    return max(round(size * _CAPITALS / _EM), 4)


@functools.lru_cache(maxsize=1024)
def letter_mask(text: str, size: float, face: str = "bold") -> tuple[Array, int]:
    """Draw one line of text.

    Args:
        text: any string; line breaks and tabs count as spaces, unknown letters show as a hollow box.
        size: pixels an em.
        face: "bold" or "plain".

    Returns:
        mask: (rows, columns) float32 coverage 0 to 1, read-only.
        baseline: row on which the letters stand.
    """
    table = _face(face)
    glyphs = [table.index.get(" " if letter.isspace() else letter, table.index["□"]) for letter in text]
    pens = np.concatenate([[0.0], np.cumsum([table.advances[g] for g in glyphs])])
    line = np.zeros((len(table.strip), int(np.ceil(pens[-1])) + _EM), np.float32)
    for g, pen in zip(glyphs, pens, strict=False):
        piece = table.strip[:, table.starts[g] : table.starts[g + 1]]
        left = max(round(pen) + table.lefts[g], 0)
        part = line[:, left : left + piece.shape[1]]
        np.maximum(part, piece[:, : part.shape[1]], out=part)
    scale = capital_height(size) / _CAPITALS
    above, below = int(np.ceil(_ASCENT * scale)), int(np.ceil((len(line) - _ASCENT) * scale))
    rows = _averaging(len(line), above + below, scale, _ASCENT - above / scale)
    columns = _averaging(line.shape[1], int(np.ceil(pens[-1] * scale)), scale, 0.0)
    mask = np.clip(rows @ line @ columns.T / 255, 0, 1)
    mask.flags.writeable = False
    return mask, above


def _averaging(source: int, target: int, scale: float, start: float) -> Array:
    """(target, source) weights: each target cell is the mean of the source cells that it covers, the first from `start` on."""
    low = (start + np.arange(target) / scale)[:, None]
    cell = np.arange(source)[None]
    cover = np.minimum(low + 1 / scale, cell + 1) - np.maximum(low, cell)
    return np.asarray(np.maximum(cover, 0) * scale, np.float32)
