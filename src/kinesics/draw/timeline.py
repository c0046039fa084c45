"""Who was there when: one row a person, what they did on it, how their face was to be seen, and how many there were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from ..errors import UsageError
from ..types import Array, Scene
from .face_lane import FaceTimes, draw_lane, draw_legend
from .face_names import FaceNames
from .page import GRID, QUIET, TEXT, WASH, Page, clock, text_width
from .palette import INK, id_color
from .pictures import save_picture
from .presence import Presence, Row, Span
from .tags import shorten, tag_sprite

_STEPS = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


@dataclass(frozen=True)
class _Plot:
    """Where things are on the page, in pixels."""

    left: float
    right: float
    top: float
    row: float
    text: float
    start: float
    seconds: float

    def x(self, time: float) -> float:
        return self.left + (self.right - self.left) * (time - self.start) / self.seconds


class TimelineRecorder:
    """Takes a video scene by scene and draws its timeline; ten hours cost no more memory than ten minutes of as many people.

    Args:
        title: over the picture, such as the file's name.
        width: of the picture, pixels.
        rows: most people that get a row; those longest in view are chosen.
        gap: seconds out of view that are not worth showing as a gap.
        least: people in view for less than this many seconds are only counted, if anybody was there longer.
    """

    def __init__(self, title: str = "", *, width: int = 1600, rows: int = 60, gap: float = 0.5, least: float = 0.3) -> None:
        if width < 320 or rows < 1:
            raise UsageError(
                f"TimelineRecorder: expected a width of at least 320 and rows of at least 1, got {width} and {rows}"
            )
        self.title, self.width, self.rows, self.least = title, width, rows, least
        self._presence = Presence(gap)
        self._faces, self._names = FaceTimes(gap), FaceNames()

    def add(self, scene: Scene) -> None:
        """Take one more scene; its picture is not needed."""
        self._presence.add(scene)
        self._faces.add(scene)
        self._names.add(scene)

    def image(self) -> Array:
        """Draw what has been taken so far: (h, width, 3) uint8 RGB."""
        seen = self._presence
        chosen = sorted(seen.lasting(self.least), key=lambda i: -seen.rows[i].seconds)[: self.rows]
        chosen.sort(key=lambda i: (_first(seen.rows[i]), i))
        unit = self.width / 1600
        text = max(15 * unit, 11.0)
        row = max(round(np.clip(620 / max(len(chosen), 1), 24, 46) * max(unit, 0.7)), round(1.7 * text))
        names = self._room_for_names(chosen, text)
        left = 4.5 * text + names + text_width("00:00:00 ", text)
        seconds = max(seen.end - seen.start, seen.frame, 0.1)
        plot = _Plot(left, self.width - 2.2 * text, 8.6 * text, row, text, seen.start, seconds)
        hidden = len(seen.rows) - len(chosen) + seen.forgotten
        faces = any(self._faces.rows.get(i) for i in chosen)
        below = (4.6 if hidden else 3.2) * text + 1.8 * text * faces
        page = Page(self.width, round(plot.top + row * max(len(chosen), 1) + below))
        self._head(page, plot, len(seen.lasting(self.least)) + seen.forgotten)
        _axis(page, plot, max(len(chosen), 1))
        _counts(page, plot, seen)
        for i, identity in enumerate(chosen):
            top = plot.top + row * i
            _row(page, plot, identity, seen.rows[identity], top, seen.frame, faces)
            _face(page, plot, self._faces.rows.get(identity, []), top, seen.frame)
            if name := _fitting(self._names.of(identity), text, names - text):
                page.text(4.6 * text, top + row / 2, name, min(text, row * 0.52), TEXT)
        if not chosen:
            page.text((plot.left + plot.right) / 2, plot.top + row / 2, "nobody was followed", text, QUIET, at=0.5)
        if hidden:
            page.text(plot.left, page.image.shape[0] - 1.5 * text, f"and {hidden} more, shorter in view", text, QUIET)
        if faces:
            draw_legend(page, plot.left, plot.top + row * len(chosen) + 3.1 * text, text)
        return page.image

    def _room_for_names(self, chosen: list[int], text: float) -> float:
        """Pixels for a column of names, 0 if nobody has one."""
        widest = max((text_width(shorten(name), text) for name in map(self._names.of, chosen) if name), default=0)
        return min(widest + text, 0.2 * self.width) if widest else 0.0

    def _head(self, page: Page, plot: _Plot, people: int) -> None:
        size = 1.5 * plot.text
        x = 1.4 * plot.text
        if self.title:
            x += page.text(x, 1.9 * plot.text, shorten(self.title), size, TEXT, face="bold") + plot.text
        words = f"{people} {'person' if people == 1 else 'people'}, {clock(self._presence.end - self._presence.start)}"
        page.text(x, 1.9 * plot.text, words, size if not self.title else 1.15 * plot.text, QUIET if self.title else TEXT)


def _first(row: Row) -> float:
    return min((span.start for span in (*row.spans, *row.actions)), default=0.0)


def _axis(page: Page, plot: _Plot, rows: int) -> None:
    """Vertical lines at round times, their labels below the rows."""
    bottom = plot.top + plot.row * rows
    room = 1.9 * text_width(clock(plot.start + plot.seconds) + ".0", plot.text)
    most = max((plot.right - plot.left) / room, 1)
    step = next((s for s in _STEPS if plot.seconds / s <= most), _STEPS[-1])
    for i in range(rows):
        if i % 2 == 0:
            page.bar(plot.left, plot.top + i * plot.row, plot.right, plot.top + (i + 1) * plot.row, WASH)
    for k in range(int(np.ceil(plot.start / step - 1e-9)), int((plot.start + plot.seconds) / step + 1e-9) + 1):
        x = plot.x(k * step)
        page.bar(x, plot.top - 4.6 * plot.text, x + 1, bottom + 0.4 * plot.text, GRID)
        label = clock(k * step) if step >= 1 else f"{clock(int(k * step))}.{round(k * step % 1 * 10)}"
        page.text(x, bottom + 1.4 * plot.text, label, plot.text, QUIET, at=0.5)


def _counts(page: Page, plot: _Plot, seen: Presence) -> None:
    """How many people there were, as a small mountain over the rows."""
    times, people = seen.counts()
    top, base = plot.top - 4.4 * plot.text, plot.top - 0.9 * plot.text
    most = max(np.nanmax(people, initial=0), 1) if np.isfinite(people).any() else 1.0
    columns = np.arange(round(plot.left), round(plot.right))
    at = plot.start + (columns - plot.left) / (plot.right - plot.left) * plot.seconds
    known = np.flatnonzero(np.isfinite(people))
    if len(known):
        cell = known[np.clip(np.searchsorted(times[known], at, "right") - 1, 0, None)]
        for x, y in zip(columns.tolist(), (base - people[cell] / most * (base - top)).tolist(), strict=True):
            page.bar(x, y, x + 1, base, (196, 204, 214))
            page.bar(x, y, x + 1, y + max(plot.text / 9, 1), (120, 134, 150))
    page.text(plot.left - 0.7 * plot.text, top + 0.4 * plot.text, f"{most:.0f}", plot.text, QUIET, at=1)
    page.text(plot.left - 0.7 * plot.text, base - 0.4 * plot.text, "in view", plot.text, QUIET, at=1)


def _row(page: Page, plot: _Plot, identity: int, row: Row, top: float, frame: float, faces: bool) -> None:
    color, middle = id_color(identity), top + plot.row / 2
    size = min(plot.text, plot.row * 0.52)
    sprite = tag_sprite(str(identity), "", color, size, "rgb")
    page.canvas.stamp(sprite, round(1.4 * plot.text / 2) * 2, round((middle - sprite.size[1] / 2) / 2) * 2)
    page.text(plot.left - 0.7 * plot.text, middle, clock(row.seconds + frame), size, QUIET, at=1)
    half = plot.row * (0.27 if faces else 0.32)
    middle -= plot.row * (0.09 if faces else 0)
    for span in row.spans:
        x1, x2 = plot.x(span.start), plot.x(min(span.end + frame, plot.start + plot.seconds))
        page.bar(x1, middle - half, max(x2, x1 + 2), middle + half, color, 0.45 if row.actions else 1.0)
        page.bar(x1, middle + half - max(plot.text / 8, 1), max(x2, x1 + 2), middle + half, INK, 0.25)
    for span in row.actions:
        _action(page, plot, span, middle, half, identity)


def _face(page: Page, plot: _Plot, spans: list[Span], top: float, frame: float) -> None:
    """The lane below a row; a span lasts until the next begins, or for a frame."""
    last = plot.start + plot.seconds
    ends = [min(span.end + frame, last) for span in spans]
    ends = [min(end, span.start) for end, span in zip(ends, spans[1:], strict=False)] + ends[-1:]
    places = [(plot.x(span.start), plot.x(end), span.label) for span, end in zip(spans, ends, strict=True)]
    draw_lane(page, places, top + 0.74 * plot.row, max(0.15 * plot.row, 3.0))


def _fitting(name: str, text: float, room: float) -> str:
    """As much of a name as there is room for."""
    name = shorten(name) if room > 0 else ""
    while name and text_width(name, text) > room:
        name = name[:-2].rstrip() + "…" if len(name) > 2 else ""
    return name


def _action(page: Page, plot: _Plot, span: Span, middle: float, half: float, identity: int) -> None:
    x1, x2 = plot.x(max(span.start, plot.start)), plot.x(min(span.end, plot.start + plot.seconds))
    x2 = max(x2, x1 + 2)
    page.bar(x1, middle - half, x2, middle + half, id_color(identity))
    page.bar(x1, middle - half, x1 + max(plot.text / 8, 1), middle + half, INK, 0.7)
    size = min(plot.text, 1.45 * half)
    label = shorten(span.label)
    while label and text_width(label, size) > x2 - x1 - size:
        label = label[:-2].rstrip() + "…" if len(label) > 3 else ""
    if label:
        page.text(x1 + 0.6 * size, middle, label, size, INK)


def timeline(scenes: Iterable[Scene], path: str | PathLike[str] | None = None, **options: Any) -> Array:
    """Draw who was there when.

    Args:
        scenes: of one video, in order.
        path: written there too, .png or .jpg.
        options: as `TimelineRecorder` takes them.

    Returns:
        (h, w, 3) uint8 RGB.

    Raises:
        SinkError: `path` cannot be written.
    """
    recorder = TimelineRecorder(**options)
    for scene in scenes:
        recorder.add(scene)
    image = recorder.image()
    if path is not None:
        save_picture(path, image)
    return image
