"""Several methods on several things: a chart of bars side by side, for shares 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike

import numpy as np

from ..errors import ShapeError
from ..types import Array
from .page import GRID, QUIET, TEXT, Page
from .palette import Color
from .pictures import save_picture

_COLOURS: tuple[Color, ...] = ((38, 98, 150), (232, 150, 62), (150, 168, 182), (120, 160, 96), (170, 110, 150))


def grouped_bars(
    rows: Sequence[str],
    values: Mapping[str, Sequence[float]],
    path: str | PathLike[str] | None = None,
    *,
    title: str = "",
    note: str = "",
) -> Array:
    """One group of horizontal bars a row, one bar a method, the last group their means.

    Args:
        rows: names.
        values: method -> a share of 0 to 1 for each row; NaN draws no bar.
        path: where to save the picture (PNG); nowhere if not given.
        title: at the top.
        note: small, beneath it.

    Returns:
        (h, w, 3) uint8.

    Raises:
        ShapeError: a method has another number of values than there are rows.
    """
    for method, shares in values.items():
        if len(shares) != len(rows):
            raise ShapeError(f"{method}: expected {len(rows)} values, got {len(shares)}")
    bar, gap, left, right, top = 11, 12, 190, 1010, 118
    group = bar * len(values) + gap
    names = [*(name.replace("_", " ") for name in rows), "mean"]
    page = Page(1100, top + group * len(names) + 70)
    page.text(28, 34, title, 26, TEXT, face="bold")
    page.text(28, 64, note, 16, QUIET)
    at = 28
    for number, method in enumerate(values):
        page.bar(at, 84, at + 14, 98, _COLOURS[number % len(_COLOURS)])
        at += 22 + page.text(at + 20, 91, method, 17, TEXT) + 24
    bottom = top + group * len(names) + 8
    for share in np.linspace(0, 1, 6):
        x = left + share * (right - left)
        page.bar(x, top - 8, x + 1, bottom, GRID)
        page.text(x, bottom + 16, f"{share:.0%}", 15, QUIET, at=0.5)
    for row, name in enumerate(names):
        y = top + row * group + (10 if name == "mean" else 0)
        page.text(left - 12, y + bar * len(values) / 2, name, 17, TEXT, face="bold" if name == "mean" else "plain", at=1.0)
        for number, shares in enumerate(values.values()):
            share = float(np.nanmean(shares)) if name == "mean" else float(shares[row])
            if not np.isfinite(share):
                continue
            color = _COLOURS[number % len(_COLOURS)]
            page.bar(left, y + number * bar, left + share * (right - left), y + (number + 1) * bar - 2, color)
            if name == "mean":
                page.text(left + share * (right - left) + 8, y + number * bar + bar / 2 - 1, f"{share:.1%}", 13, TEXT)
    if path is not None:
        save_picture(path, page.image)
    return page.image
