"""A contact sheet of drawn people: moments downwards, ways of drawing across, hands close up, and a table of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import UsageError
from ..types import Array, skeleton
from .canvas import Canvas
from .page import GRID, QUIET, TEXT, Page
from .palette import LEFT, PAPER, RIGHT, Color
from .strokes import Strokes

__all__ = ["SheetRow", "close_ups", "error_heat", "pose_picture", "viewer_sheet", "window_of"]

CELL = 176
_GAP, _SIDE, _TOP, _HEAD, _BETWEEN = 4, 28, 76, 24, 16
_LINE = 24  # height of a row of the table
_DARK = (24, 27, 31)
_WORST = 60.0  # levels of error that are drawn brightest
_LEAST = 0.1  # score from which on a joint is drawn
_FINE = 23  # from this joint on: face and hands

Box = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class SheetRow:
    """One moment.

    Attributes:
        title: when it is.
        points: (k, 2) pixels of the driving pose.
        scores: (k,).
        pictures: (h, w, 3) uint8 by column; "filmed" among them, the best way last.
        close: places x1 y1 x2 y2 that are shown enlarged; None where there is nothing to see.
    """

    title: str
    points: Array
    scores: Array
    pictures: Mapping[str, Array]
    close: Sequence[Box | None] = ()


def viewer_sheet(
    rows: Sequence[SheetRow],
    *,
    title: str,
    note: str = "",
    table: Sequence[Sequence[str]] = (),
    best: frozenset[str] = frozenset(),
) -> Array:
    """Draw the sheet.

    Args:
        rows: at least one, with the same columns.
        title: over it.
        note: under the title.
        table: rows of words, the first is the head; the first word of a row names it.
        best: cells of the table, as "row/column" numbers, that are set in bold.

    Returns:
        (h, w, 3) uint8 RGB.

    Raises:
        UsageError: no rows.
    """
    if not rows:
        raise UsageError("viewer_sheet: expected at least one moment, got none")
    names = ["pose", *rows[0].pictures, "error"]
    high = CELL + (CELL // 2 + _GAP if any(row.close for row in rows) else 0)
    width = max(2 * _SIDE + len(names) * (CELL + _GAP) - _GAP, 1000)
    top = _TOP + _HEAD
    page = Page(width, top + len(rows) * (high + _BETWEEN) + (len(table) + 1) * _LINE + 20)
    page.text(_SIDE, 30, title, 22, TEXT, face="bold")
    page.text(_SIDE, 56, note, 15, QUIET)
    window = window_of(rows)
    for column, name in enumerate(names):
        words = f"error of {list(rows[0].pictures)[-1]}" if name == "error" else name
        page.text(_SIDE + column * (CELL + _GAP) + CELL / 2, _TOP + 8, words, 14, TEXT, face="bold", at=0.5)
    for number, row in enumerate(rows):
        _moment(page, row, top + number * (high + _BETWEEN), window)
    _table(page, table, best, top + len(rows) * (high + _BETWEEN) + 10, width)
    return page.image


def _moment(page: Page, row: SheetRow, y: int, window: Box) -> None:
    pictures = columns_of(row)
    for column, picture in enumerate(pictures.values()):
        x = _SIDE + column * (CELL + _GAP)
        page.paste(x, y, cut(picture, window, CELL))
        if row.close:
            page.paste(x, y + CELL + _GAP, close_ups(picture, row.close, CELL, CELL // 2))
    page.text(_SIDE + 6, y + 12, row.title, 12, (214, 218, 222))


def columns_of(row: SheetRow) -> dict[str, Array]:
    """All pictures of a moment by column: the driving pose first, the error of the last way last."""
    last = list(row.pictures)[-1]
    filmed = row.pictures["filmed"]
    pose = pose_picture(row.points, row.scores, (filmed.shape[1], filmed.shape[0]))
    return {"pose": pose, **row.pictures, "error": error_heat(row.pictures[last], filmed)}


def _table(page: Page, table: Sequence[Sequence[str]], best: frozenset[str], top: int, width: int) -> None:
    if not table:
        return
    first = 170
    step = (width - 2 * _SIDE - first) / max(len(table[0]) - 1, 1)
    for i, line in enumerate(table):
        y = top + i * _LINE + _LINE // 2 + (_LINE // 2 if i else 0)
        page.bar(_SIDE, y + _LINE // 2 + (i == 0) * _LINE // 2, width - _SIDE, y + _LINE // 2 + (i == 0) * _LINE // 2 + 1, GRID)
        for j, words in enumerate(line):
            strong = i == 0 or f"{i}/{j}" in best
            x = _SIDE if not j else _SIDE + first + j * step
            lines = words.split(" ", 1) if i == 0 else [words]  # a head takes two lines
            for number, part in enumerate(lines):
                tone, size = (QUIET, 13) if i == 0 else (TEXT, 14)
                page.text(x, y + 16 * number, part, size, tone, face="bold" if strong else "plain", at=float(j > 0))


# ------------------------------------------------------------------------------------------------------------------ pictures
def pose_picture(points: Array, scores: Array, size: tuple[int, int]) -> Array:
    """A whole-body pose (133, 2), scores (133,), on a dark ground of (width, height); fingers and face in fine lines."""
    canvas = Canvas(np.full((size[1], size[0], 3), _DARK, np.uint8))
    strokes = Strokes()
    strokes.group()
    seen = (scores > _LEAST) & np.isfinite(points).all(1) & (np.abs(points) < 4 * max(size)).all(1)
    extent = float(np.ptp(points[seen], axis=0).max()) if seen.any() else 0.0
    unit = float(np.clip(extent / 400, 0.4, 1.0)) * size[1] / 512
    shape = skeleton("wholebody133")
    for fine in (False, True):
        bones = [(a, b) for a, b in shape.bones if seen[a] and seen[b] and (max(a, b) >= _FINE) == fine]
        colors = [_tone(shape.joints[a], shape.joints[b]) for a, b in bones]
        width = (1.5 if fine else 5.0) * unit + 0.4
        strokes.bones(points[np.array(bones, int).reshape(-1, 2)], np.full(len(bones), width), colors)
    body = np.flatnonzero(seen[:_FINE])
    strokes.discs(points[body], np.full(len(body), 8.0 * unit), PAPER)
    canvas.paint(strokes)
    drawn = canvas.picture
    return drawn if isinstance(drawn, np.ndarray) else drawn[0]


def _tone(one: str, other: str) -> Color:
    sides = {name.split("_")[0] for name in (one, other)}
    return LEFT if sides == {"left"} else RIGHT if sides == {"right"} else PAPER


def error_heat(drawn: Array, real: Array) -> Array:
    """Where two pictures differ: (h, w, 3) uint8, dark for equal, yellow from 60 levels of mean error on."""
    import cv2

    gap = np.abs(drawn.astype(np.int16) - real).mean(-1)
    shade = np.clip(gap * (255 / _WORST), 0, 255).astype(np.uint8)
    return np.asarray(cv2.applyColorMap(shade, cv2.COLORMAP_INFERNO)[..., ::-1])


def close_ups(picture: Array, places: Sequence[Box | None], width: int, height: int) -> Array:
    """Several places of a picture side by side, each enlarged to a share of (width, height); grey where there is none."""
    strip = np.full((height, width, 3), GRID, np.uint8)
    edges = np.linspace(0, width, len(places) + 1).astype(int)
    for place, left, right in zip(places, edges[:-1], edges[1:], strict=True):
        if place is not None:
            part = cut(picture, place, max(right - left, height))
            y, x = (part.shape[0] - height) // 2, (part.shape[1] - (right - left)) // 2
            strip[:, left:right] = part[y : y + height, x : x + right - left]
    return strip


def cut(picture: Array, box: Box, side: int) -> Array:
    """A square part of a picture, scaled to (side, side); the edge goes on beyond the picture."""
    import cv2

    x1, y1, x2, y2 = box
    scale = side / max(x2 - x1, y2 - y1, 1)
    if scale < 1:  # averaged before it is looked up
        h, w = picture.shape[:2]
        x1, y1 = min(max(x1, 0), w - 1), min(max(y1, 0), h - 1)
        part = picture[y1 : max(min(y2, h), y1 + 1), x1 : max(min(x2, w), x1 + 1)]
        return np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA))
    move = np.array([[1 / scale, 0, x1], [0, 1 / scale, y1]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, move, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE))


def window_of(rows: Sequence[SheetRow]) -> Box:
    """The square of the pictures in which all moments' poses lie, with some air; all of the picture where that is unknown."""
    h, w = rows[0].pictures["filmed"].shape[:2]
    points = np.concatenate([row.points[row.scores > 0.3] for row in rows])
    points = points[np.isfinite(points).all(1)]
    if not len(points):
        return 0, 0, w, h
    low, high = np.clip(points.min(0), 0, (w, h)), np.clip(points.max(0), 0, (w, h))
    side = min(round(float((high - low).max()) * 1.35), w, h)
    x, y = (int(np.clip(round(v - side / 2), 0, most - side)) for v, most in zip((low + high) / 2, (w, h), strict=True))
    return x, y, x + side, y + side
