"""A session of exercise on one page: the angle over time, each try with its verdict, tempo and range, and what to mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np

from ..errors import UsageError
from ..types import Array
from .page import GRID, QUIET, TEXT, WASH, Page, clock, text_width
from .palette import IDS, INK, NOBODY, Color
from .pictures import save_picture
from .tags import tag_sprite

__all__ = ["Row", "session_picture"]

GOOD, BAD, LINE = IDS[5], IDS[3], (52, 62, 76)
DOWN, HOLD, UP = (120, 150, 190), (196, 204, 214), (160, 190, 150)
_STEPS = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_TALL = 300  # pixels of the curve on a page of 1600
_MOST = 40  # rows that are shown


@dataclass(frozen=True)
class Row:
    """One try, as it is drawn.

    Attributes:
        number: shown in its tag.
        start, middle, end: seconds.
        good: it counts; None: nothing can be said, it was not finished.
        cells: texts under the columns "when", "range", "evenness".
        tempo: seconds down, at the turn, up; or one value, seconds held; empty where unknown.
        words: why it does not count, or what was wrong.
    """

    number: int
    start: float
    middle: float
    end: float
    good: bool | None
    cells: tuple[str, str, str]
    tempo: tuple[float, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class _Plot:
    left: float
    right: float
    top: float
    bottom: float
    text: float
    start: float
    seconds: float
    low: float
    high: float

    def x(self, time: float) -> float:
        return self.left + (self.right - self.left) * (time - self.start) / self.seconds

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * (value - self.low) / (self.high - self.low)


def session_picture(
    title: str,
    *,
    summary: str = "",
    curve: Sequence[tuple[float, float]] = (),
    measure: str = "",
    unit: str = "°",
    levels: Sequence[tuple[str, float]] = (),
    rows: Sequence[Row] = (),
    notes: Sequence[tuple[str, str]] = (),
    width: int = 1600,
    path: str | PathLike[str] | None = None,
) -> Array:
    """Draw a session.

    Args:
        title: over the picture, such as the exercise.
        summary: beside it.
        curve: (seconds, value) of the main measure, in order; NaN where it was not seen.
        measure: its name.
        unit: of its values.
        levels: thresholds by name.
        rows: tries, in order.
        notes: (head, words) under the table, such as ("next", "Keep the chest up.").
        width: pixels.
        path: written there too, .png or .jpg.

    Returns:
        (h, width, 3) uint8 RGB.

    Raises:
        SinkError: `path` cannot be written.
    """
    if width < 480:
        raise UsageError(f"session_picture: expected a width of at least 480, got {width}")
    text = max(15 * width / 1600, 11.0)
    shown = list(rows)[:_MOST]
    plot = _plan(width, text, curve, levels, measure, unit)
    below = plot.bottom + 3.6 * text
    line = 2.1 * text
    lines = [wrapped for note in notes for wrapped in _wrapped(note, width - 2.8 * text, 1.05 * text)]
    table = (len(shown) + 1.2 + (len(rows) > len(shown))) * line if rows else 0.0
    page = Page(width, round(below + table + len(lines) * 1.8 * text + 1.6 * text))
    x = 1.4 * text + page.text(1.4 * text, 1.9 * text, title, 1.5 * text, TEXT, face="bold") + text
    page.text(x, 1.95 * text, summary, 1.15 * text, QUIET)
    _grid(page, plot, unit)
    _bands(page, plot, rows)
    _levels(page, plot, levels, unit)
    _curve(page, plot, curve)
    _tags(page, plot, rows)
    page.text(plot.left, plot.top - 0.9 * text, measure, text, QUIET)
    if rows:
        _table(page, plot, shown, below, line, len(rows) - len(shown))
    for i, (head, words) in enumerate(lines):
        middle = below + table + (i + 0.6) * 1.8 * text
        at = 1.4 * text + (page.text(1.4 * text, middle, head, 1.05 * text, TEXT, face="bold") + 0.6 * text if head else 0)
        page.text(at, middle, words, 1.05 * text, TEXT)
    if path is not None:
        save_picture(path, page.image)
    return page.image


def _color(row: Row) -> Color:
    return NOBODY if row.good is None else GOOD if row.good else BAD


def _plan(
    width: int, text: float, curve: Sequence[tuple[float, float]], levels: Sequence[tuple[str, float]], measure: str, unit: str
) -> _Plot:
    values = np.array([value for _, value in curve] + [value for _, value in levels], float)
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 180.0)
    room = max(0.08 * (high - low), 1.0 if unit else 0.02)
    start = curve[0][0] if curve else 0.0
    seconds = max(curve[-1][0] - start, 0.1) if curve else 1.0
    right = width - 2.2 * text - max((text_width(f"{name} {value:.2f}", text) for name, value in levels), default=0)
    top = 5.6 * text
    bottom = top + _TALL * max(width / 1600, 0.6)
    return _Plot(1.4 * text + text_width("000°", text), right, top, bottom, text, start, seconds, low - room, high + room)


def _grid(page: Page, plot: _Plot, unit: str) -> None:
    page.bar(plot.left, plot.top, plot.right, plot.bottom, WASH)
    span = plot.high - plot.low
    step = next(s for s in (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 45, 90, 1e9) if span / s <= 6)
    for k in range(int(np.ceil(plot.low / step)), int(plot.high / step) + 1):
        y = plot.y(k * step)
        page.bar(plot.left, y, plot.right, y + 1, GRID)
        label = f"{k * step:.0f}{unit}" if unit else f"{k * step:.2f}"
        page.text(plot.left - 0.5 * plot.text, y, label, plot.text, QUIET, at=1)
    most = max((plot.right - plot.left) / (1.9 * text_width(clock(plot.start + plot.seconds) + ".0", plot.text)), 1)
    tick = next((s for s in _STEPS if plot.seconds / s <= most), _STEPS[-1])
    for k in range(int(np.ceil(plot.start / tick - 1e-9)), int((plot.start + plot.seconds) / tick + 1e-9) + 1):
        x = plot.x(k * tick)
        page.bar(x, plot.top, x + 1, plot.bottom + 0.4 * plot.text, GRID)
        label = clock(k * tick) if tick >= 1 else f"{clock(int(k * tick))}.{round(k * tick % 1 * 10)}"
        page.text(x, plot.bottom + 1.4 * plot.text, label, plot.text, QUIET, at=0.5)


def _bands(page: Page, plot: _Plot, rows: Sequence[Row]) -> None:
    for row in rows:
        x1, x2 = plot.x(row.start), plot.x(row.end)
        color = _color(row)
        page.bar(x1, plot.top, max(x2, x1 + 2), plot.bottom, color, 0.16)
        page.bar(x1, plot.bottom - 0.35 * plot.text, max(x2, x1 + 2), plot.bottom, color)


def _levels(page: Page, plot: _Plot, levels: Sequence[tuple[str, float]], unit: str) -> None:
    dash = 0.6 * plot.text
    for name, value in levels:
        y = plot.y(value)
        for x in np.arange(plot.left, plot.right, 2 * dash).tolist():
            page.bar(x, y, min(x + dash, plot.right), y + max(plot.text / 10, 1), QUIET)
        label = f"{name} {value:.0f}{unit}" if unit else f"{name} {value:.2f}"
        page.text(plot.right + 0.5 * plot.text, y, label, plot.text, QUIET)


def _curve(page: Page, plot: _Plot, curve: Sequence[tuple[float, float]]) -> None:
    points = np.array([(plot.x(time), plot.y(value)) for time, value in curve], float).reshape(-1, 2)
    fine = np.isfinite(points[:, 1])
    edges = np.flatnonzero(np.diff(np.concatenate([[0], fine.astype(int), [0]])))
    for a, b in edges.reshape(-1, 2).tolist():
        if b - a > 1:
            page.canvas.path(points[a:b], max(plot.text / 5, 2), LINE)
    if not fine.any():
        middle = (plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2
        page.text(*middle, "nothing was seen", plot.text, QUIET, at=0.5)


def _tags(page: Page, plot: _Plot, rows: Sequence[Row]) -> None:
    last = -np.inf
    for row in rows:
        sprite = tag_sprite(str(row.number), "", _color(row), plot.text, "rgb")
        x = plot.x(row.middle) - sprite.size[0] / 2
        if x < last + 2:  # on long sessions not every number fits
            continue
        last = x + sprite.size[0]
        page.canvas.stamp(sprite, round(x / 2) * 2, round((plot.top - 0.9 * plot.text - sprite.size[1] / 2) / 2) * 2)


def _table(page: Page, plot: _Plot, rows: Sequence[Row], top: float, line: float, hidden: int) -> None:
    size = plot.text
    longest = max((sum(row.tempo) for row in rows), default=0.0) or 1.0
    held = all(len(row.tempo) < 2 for row in rows)
    bar = 15 * size
    columns = [1.4 * size + offset * size for offset in (4, 12, 20, 22 + bar / size, 22 + bar / size + 6)]
    ranged, evened = (name if any(row.cells[i] for row in rows) else "" for i, name in ((1, "range"), (2, "even")))
    heads = ("when", ranged, "seconds held" if held else "seconds down, hold, up", evened, "")
    for x, head in zip(columns, heads, strict=True):
        page.text(x, top + 0.5 * line, head, size, QUIET)
    for i, row in enumerate(rows):
        y = top + (i + 1) * line
        middle = y + line / 2
        if i % 2 == 0:
            page.bar(size, y, page.image.shape[1] - size, y + line, WASH)
        color = _color(row)
        sprite = tag_sprite(str(row.number), "", color, size, "rgb")
        page.canvas.stamp(sprite, round(1.4 * size / 2) * 2, round((middle - sprite.size[1] / 2) / 2) * 2)
        for x, cell in zip((columns[0], columns[1], columns[3]), row.cells, strict=True):
            page.text(x, middle, cell, size, TEXT)
        _tempo(page, row.tempo, columns[2], middle, bar / longest, size)
        room = page.image.shape[1] - 1.4 * size - columns[4]
        page.text(columns[4], middle, _fit(row.words, room, size), size, TEXT)
    if hidden > 0:
        page.text(columns[0], top + (len(rows) + 1.5) * line, f"and {hidden} more", size, QUIET)


def _tempo(page: Page, tempo: Sequence[float], x: float, middle: float, scale: float, size: float) -> None:
    colors: tuple[Color, ...] = (DOWN, HOLD, UP) if len(tempo) == 3 else (UP,)
    for seconds, color in zip(tempo, colors, strict=False):
        wide = max(seconds * scale, 1)
        page.bar(x, middle - 0.62 * size, x + wide - 1, middle + 0.62 * size, color)
        label = f"{seconds:.1f}"
        if text_width(label, 0.9 * size) < wide - 0.4 * size:
            page.text(x + wide / 2, middle, label, 0.9 * size, INK, at=0.5)
        x += wide


def _fit(words: str, room: float, size: float) -> str:
    while words and text_width(words, size) > room:
        words = words[:-2].rstrip(" ,.;") + "…" if len(words) > 3 else ""
    return words


def _wrapped(note: tuple[str, str], room: float, size: float) -> list[tuple[str, str]]:
    """A note as lines that fit; only the first has the head."""
    lines: list[tuple[str, str]] = []
    head, current = note[0], ""
    for word in note[1].split():
        longer = f"{current} {word}".strip()
        free = room - (text_width(head, size, "bold") + 0.6 * size if not lines and head else 0)
        if current and text_width(longer, size) > free:
            lines.append((head if not lines else "", current))
            current = word
        else:
            current = longer
    return [*lines, (head if not lines else "", current)]
