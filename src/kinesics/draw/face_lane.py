"""When a face was to be seen, turned away or covered: a thin lane below each person's row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..types import Scene
from .page import QUIET, Page, text_width
from .palette import Color
from .presence import Span

__all__ = ["STATES", "FaceTimes", "draw_lane", "draw_legend", "face_state"]

STATES: dict[str, tuple[Color, float]] = {  # colour, and height as a share of the lane: not by colour alone
    "seen": ((64, 122, 92), 1.0),
    "turned away": ((232, 176, 66), 0.5),
    "covered": ((196, 74, 66), 1.0),
}
STRIPES = 2.2  # of what is covered, lanes from stripe to stripe


def face_state(record: Mapping[str, Any]) -> str:
    """One of `STATES` for a face's record."""
    gates = record.get("gates")
    if not gates or gates["apply"] >= 0.5:
        return "seen"
    return "turned away" if gates["turned"] >= 0.5 else "covered"


class FaceTimes:
    """Takes scenes and keeps spans of each person's face.

    Args:
        gap: seconds without a face that are not worth a gap.
        limit: spans kept in all; when there are more, the shortest go into their neighbours.
    """

    def __init__(self, gap: float = 0.5, limit: int = 20_000) -> None:
        self.gap, self.limit = gap, limit
        self.rows: dict[int, list[Span]] = {}
        self._before = 0.0
        self._step = 0.0
        self._number = 0
        self._least = 0.02

    def add(self, scene: Scene) -> None:
        """Take one more scene's faces."""
        self._step = max(scene.time - self._before, 0.0)
        self._before = scene.time
        for face in scene.faces:
            person = int(face.get("person", -1))
            if person >= 0:
                self._extend(self.rows.setdefault(person, []), face_state(face), scene.time)
        if self._number > self.limit:
            self._shrink()

    def _extend(self, spans: list[Span], state: str, time: float) -> None:
        if spans and spans[-1].end >= time:  # two faces of one person, or a time that falls
            return
        if spans and time - spans[-1].end <= max(self.gap, 2.5 * self._step):
            spans[-1].end = time
            if spans[-1].label == state:
                return
        spans.append(Span(time, time, state))
        self._number += 1

    def _shrink(self) -> None:
        while self._number > self.limit * 3 // 4 and self._least < 1e5:
            self._least *= 2
            for person, spans in self.rows.items():
                self.rows[person] = _without_short(spans, self._least)
            self._number = sum(len(spans) for spans in self.rows.values())
        while self._number > self.limit * 3 // 4 and len(self.rows) > 1:
            self._number -= len(self.rows.pop(next(iter(self.rows))))


def _without_short(spans: list[Span], least: float) -> list[Span]:
    """Short spans go into the one before them, and so do those that then have the same state."""
    kept: list[Span] = []
    for span in spans:
        last = kept[-1] if kept else None
        if last is not None and span.start - last.end <= least and (span.end - span.start < least or span.label == last.label):
            last.end = span.end
        else:
            kept.append(span)
    return kept


def draw_lane(page: Page, spans: list[tuple[float, float, str]], top: float, height: float) -> None:
    """Draw spans (left, right, state) in pixels as a lane."""
    for left, right, state in spans:
        color, share = STATES[state]
        right = max(right, left + 1)
        low = top + height
        if state != "covered":
            page.bar(left, low - height * share, right, low, color)
            continue
        page.bar(left, top, right, low, color, 0.35)
        pitch = max(STRIPES * height / 2, 4.0)
        for x in np.arange(np.ceil(left / pitch) * pitch, right, pitch).tolist():
            page.bar(x, top, min(x + pitch / 2, right), low, color)


def draw_legend(page: Page, x: float, middle: float, text: float) -> None:
    """Say what the lane shows."""
    x += page.text(x, middle, "face", text, QUIET) + text
    for state in STATES:
        draw_lane(page, [(x, x + 2.4 * text, state)], middle - 0.25 * text, 0.5 * text)
        x += 2.9 * text
        page.text(x, middle, state, text, QUIET)
        x += text_width(state, text) + 1.4 * text
