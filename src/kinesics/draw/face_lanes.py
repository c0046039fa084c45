"""Faces over time on one page: how unusual each looks second by second, by which cue, and its most unusual pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np

from ..errors import UsageError
from ..types import Array
from .page import GRID, QUIET, TEXT, WASH, Page, clock, text_width
from .palette import INK, Color, id_color
from .pictures import save_picture
from .tags import tag_sprite

__all__ = ["FaceLane", "Second", "face_lanes"]

CALM: Color = (206, 222, 210)
ODD: Color = (242, 84, 66)
LANE, STRIP, VIEW = 84.0, 13.0, 72  # pixels of the curve, of one cue and of a picture, on a page of 1600
MOST = 12  # faces that are shown
FAR = 4.0  # deviations at which a strip is as red as it gets
_STEPS = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True)
class Second:
    """One window of a face: start and end in seconds, score 0 to 1, deviations by cue."""

    start: float
    end: float
    score: float
    evidence: dict[str, float]


@dataclass(frozen=True, eq=False)
class FaceLane:
    """One face of the page.

    Attributes:
        person: its id.
        seconds: in order.
        views: (time, picture (h, w, 3) uint8 RGB) to be shown at the right, at most three.
    """

    person: int
    seconds: Sequence[Second]
    views: Sequence[tuple[float, Array]] = ()


def face_lanes(
    lanes: Sequence[FaceLane],
    *,
    title: str,
    note: str,
    cues: Sequence[str],
    length: float,
    width: int = 1600,
    path: str | PathLike[str] | None = None,
) -> Array:
    """Draw a page of faces.

    Args:
        lanes: one a face, in the order in which they are shown.
        title: over the page.
        note: under the title, for what the reader has to know.
        cues: names of the strips, in order.
        length: seconds of the film.
        width: pixels, 640 or more.
        path: written there too, .png or .jpg.

    Returns:
        (h, width, 3) uint8 RGB.

    Raises:
        UsageError: the page is too narrow.
        SinkError: `path` cannot be written.
    """
    if width < 640:
        raise UsageError(f"face_lanes: expected a width of at least 640, got {width}")
    unit = width / 1600
    text = max(15 * unit, 11.0)
    shown = list(lanes)[:MOST]
    view = round(VIEW * max(unit, 0.6))
    strip = max(STRIP * unit, 0.82 * text)
    tall = max(LANE * unit + strip * len(cues), view) + 1.6 * text
    left = 1.4 * text + max(text_width(name, 0.9 * text) for name in (*cues, "tremble")) + 3.4 * text
    right = width - 1.4 * text - 3 * (view + 0.5 * text) - text
    top = 5.4 * text
    page = Page(width, round(top + max(len(shown), 1) * tall + (3.4 + (len(lanes) > MOST)) * text))
    page.text(1.4 * text, 1.7 * text, title, 1.5 * text, TEXT, face="bold")
    page.text(1.4 * text, 3.6 * text, note, text, QUIET)
    _axis(page, left, right, top, tall * max(len(shown), 1) + top, length, text)
    for number, lane in enumerate(shown):
        _lane(page, lane, cues, (left, right, top + number * tall, LANE * unit, strip), length, text, view)
    if not shown:
        page.text((left + right) / 2, top + tall / 2, "no face was followed for a second", text, QUIET, at=0.5)
    if len(lanes) > MOST:
        page.text(left, page.image.shape[0] - 1.2 * text, f"and {len(lanes) - MOST} more, seen for less time", text, QUIET)
    if path is not None:
        save_picture(path, page.image)
    return page.image


def _axis(page: Page, left: float, right: float, top: float, bottom: float, length: float, text: float) -> None:
    room = 1.9 * text_width(clock(length) + ".0", text)
    most = max((right - left) / room, 1)
    step = next((s for s in _STEPS if length / s <= most), _STEPS[-1])
    for k in range(int(length / step + 1e-9) + 1):
        x = left + (right - left) * k * step / max(length, 1e-6)
        page.bar(x, top - 0.4 * text, x + 1, bottom, GRID)
        label = clock(k * step) if step >= 1 else f"{clock(int(k * step))}.{round(k * step % 1 * 10)}"
        page.text(x, bottom + text, label, text, QUIET, at=0.5)


def _lane(
    page: Page,
    lane: FaceLane,
    cues: Sequence[str],
    place: tuple[float, float, float, float, float],
    length: float,
    text: float,
    view: int,
) -> None:
    left, right, top, tall, strip = place
    scale = (right - left) / max(length, 1e-6)
    sprite = tag_sprite(str(lane.person), "", id_color(lane.person), text, "rgb")
    page.canvas.stamp(sprite, round(1.4 * text / 2) * 2, round((top + tall / 2 - sprite.size[1] / 2) / 2) * 2)
    page.bar(left, top, right, top + tall, WASH)
    for share, words in ((1.0, "odd"), (0.5, ""), (0.0, "usual")):
        y = top + tall * (1 - share)
        page.bar(left, y, right, y + 1, GRID)
        page.text(left - 0.6 * text, y + (0.5 - share) * -text, words, 0.9 * text, QUIET, at=1)
    for second in lane.seconds:
        middle, half = (second.start + second.end) / 2, 0.25
        x1, x2 = left + scale * max(middle - half, 0), left + scale * min(middle + half, length)
        y = top + tall * (1 - second.score)
        page.bar(x1, y, x2, top + tall, _mixed(second.score), 0.75)
        page.bar(x1, y, x2, y + max(text / 6, 2), _mixed(second.score))
        for row, cue in enumerate(cues):
            away = abs(second.evidence.get(cue, 0.0))
            at = top + tall + (row + 0.35) * strip
            page.bar(x1, at, x2, at + 0.72 * strip, _mixed(min(away / FAR, 1.0)))
    for row, cue in enumerate(cues):
        page.text(left - 0.6 * text, top + tall + (row + 0.71) * strip, cue, 0.9 * text, QUIET, at=1)
    for number, (time, picture) in enumerate(list(lane.views)[:3]):
        x = round(right + text + number * (view + 0.5 * text))
        page.paste(x, round(top), _square(picture, view))
        page.text(x + view / 2, top + view + 0.8 * text, f"{clock(int(time))}.{int(time % 1 * 10)}", 0.9 * text, QUIET, at=0.5)
        x1 = left + scale * time
        page.bar(x1 - 1, top, x1 + 1, top + tall, INK, 0.5)


def _mixed(share: float) -> Color:
    a, b = np.array(CALM, float), np.array(ODD, float)
    r, g, blue = np.rint(a + (b - a) * float(np.clip(share, 0, 1))).astype(int).tolist()
    return r, g, blue


def _square(picture: Array, side: int) -> Array:
    import cv2

    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA))
