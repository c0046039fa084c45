"""Which joints and moments matter, as a picture: the body coloured by them, and a strip over time.

Plain arrays come in, so that whoever explains whatever model can be drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import ShapeError
from ..types import Array, Skeleton
from .page import GRID, QUIET, TEXT, Page, text_width
from .palette import Color
from .strokes import Strokes

__all__ = ["importance", "importance_color"]

FOR: Color = (217, 72, 15)
AGAINST: Color = (28, 100, 190)
NEUTRAL: Color = (203, 207, 211)
FIGURES = 9


def importance_color(value: float) -> Color:
    """From blue (-1, speaks against) over grey (0, does not matter) to orange (1, speaks for); a missing value is grey."""
    share = float(np.clip(np.nan_to_num(value), -1, 1))
    goal = np.array(FOR if share > 0 else AGAINST, float)
    r, g, b = np.rint(np.array(NEUTRAL) + (goal - NEUTRAL) * abs(share) ** 1.2).astype(int).tolist()
    return r, g, b


@dataclass(frozen=True)
class _Frame:
    """A rectangle on the page and what of the clip's coordinates it shows, the same for all figures of a size."""

    left: float
    top: float
    width: float
    height: float

    def scale(self, points: Array) -> float:
        """Pixels per unit so that each posture of points (t, n, k, 2) fits."""
        flat = points.reshape(len(points), -1, 2)
        spans = [np.ptp(p[np.isfinite(p).all(1)], axis=0) for p in flat if np.isfinite(p).all(1).any()]
        wide, high = np.max(spans, axis=0) if spans else (1.0, 1.0)
        return float(min(self.width / max(wide, 1e-9), self.height / max(high, 1e-9)))

    def place(self, posture: Array, scale: float) -> Array:
        """(n, k, 2) in pixels, centred in the rectangle."""
        flat = posture[np.isfinite(posture).all(-1)]
        middle = (flat.min(0) + flat.max(0)) / 2 if len(flat) else np.zeros(2)
        return np.asarray((posture - middle) * scale + (self.left + self.width / 2, self.top + self.height / 2))


def importance(
    points: Array,
    joints: Array,
    moments: Array,
    times: Array,
    skeleton: Skeleton,
    *,
    map: Array | None = None,
    title: str = "",
    words: str = "",
    unit: str = "bits",
    width: int = 1200,
) -> Array:
    """Draw what matters: the body at the strongest moment, the action as a row of figures, and a strip over time.

    Args:
        points: (t, n, k, 2 or 3) of a clip, y down; NaN where missing.
        joints: (k,) how much each joint speaks for what is explained, below 0 against it.
        moments: (t,) the same of each moment.
        times: (t,) seconds, or shares.
        skeleton: names and joins the k joints.
        map: (t, k) colours the row of figures; None: as the moments and joints do.
        title: large, such as the label.
        words: small, below it.
        unit: of the numbers.
        width: of the picture, pixels.

    Returns:
        (h, width, 3) uint8 RGB.
    """
    t, k = len(times), len(skeleton)
    if (
        points.ndim != 4
        or points.shape[0] != t
        or points.shape[2] != k
        or joints.shape != (k,)
        or moments.shape != (t,)
        or not t
    ):
        raise ShapeError(f"importance: points {points.shape}, joints {joints.shape}, moments {moments.shape} for {t} times")
    flat = np.asarray(points[..., :2], float)
    em = width / 60
    page = Page(width, round(26 * em))
    strongest = float(max(np.abs(joints).max(), 1e-9))
    body = _Frame(1.5 * em, 2 * em, 14 * em, 20 * em)
    peak = _seen_moment(flat, int(moments.argmax()))
    _figure(page, body.place(flat[peak], body.scale(flat[[peak]])), joints / strongest, skeleton, em)
    left, right = 18 * em, width - 1.5 * em
    page.text(left, 2.6 * em, _fitted(title, 2 * em, right - left, "bold"), 2 * em, TEXT, face="bold")
    page.text(left, 4.9 * em, _fitted(words, 1.1 * em, right - left), 1.1 * em, QUIET)
    _row_of_figures(page, flat, _colours_over_time(joints, moments, map), skeleton, (left, 6.5 * em, right, 14 * em), em)
    _strip(page, moments, times, (left, 15 * em, right, 21.5 * em), em)
    _legend(page, strongest, (1.5 * em, 24.7 * em), em, unit)
    return page.image


def _fitted(text: str, size: float, room: float, face: str = "plain") -> str:
    """One line that is no wider than `room` pixels, cut with an ellipsis."""
    text = " ".join(text.split())[:400]
    if text_width(text, size, face) <= room:
        return text
    while text and text_width(text + "…", size, face) > room:
        text = text[: max(len(text) * 9 // 10 - 1, 0)].rstrip()
    return text + "…"


def _seen_moment(points: Array, at: int) -> int:
    """The moment nearest to `at` that shows the most joints of all near it."""
    seen = np.isfinite(points).all(-1).reshape(len(points), -1).sum(1)
    worth = seen - 0.02 * seen.max(initial=0) * np.abs(np.arange(len(points)) - at)
    return int(worth.argmax())


def _colours_over_time(joints: Array, moments: Array, map: Array | None) -> Array:
    values = moments[:, None].clip(0) * joints[None].clip(0) if map is None else map
    return np.asarray(values / max(float(np.abs(values).max()), 1e-9))


def _figure(page: Page, posture: Array, values: Array, skeleton: Skeleton, em: float, size: float = 1.0) -> None:
    """Bones and joints of posture (n, k, 2) pixels, coloured by values (k,), -1 to 1."""
    for person in posture:
        seen = np.isfinite(person).all(1)
        bones = [(a, b) for a, b in skeleton.bones if seen[a] and seen[b]]
        strength = sorted(bones, key=lambda bone: abs(values[bone[0]] + values[bone[1]]))
        strokes = Strokes()
        strokes.group()
        if bones:
            ends = np.array([[person[a], person[b]] for a, b in strength])
            strokes.bones(
                ends, np.full(len(ends), 0.55 * em * size), [importance_color((values[a] + values[b]) / 2) for a, b in strength]
            )
        room = _room(person, bones, 0.5 * em * size)
        for j in sorted(np.flatnonzero(seen).tolist(), key=lambda j: abs(values[j])):
            across = min((0.75 + 0.95 * abs(float(np.nan_to_num(values[j])))) * em * size, room[j])
            strokes.discs(person[[j]], np.array([across + 0.25 * em * size]), (255, 255, 255))
            strokes.discs(person[[j]], np.array([across]), importance_color(values[j]))
        page.canvas.paint(strokes)


def _room(person: Array, bones: list[tuple[int, int]], least: float) -> Array:
    """(k,) largest discs that leave the joints of a face or a hand apart."""
    room = np.full(len(person), np.inf)
    for a, b in bones:
        length = float(np.hypot(*(person[a] - person[b])))
        room[a], room[b] = min(room[a], length), min(room[b], length)
    return np.maximum(0.8 * room, least)


def _row_of_figures(
    page: Page, points: Array, values: Array, skeleton: Skeleton, area: tuple[float, float, float, float], em: float
) -> None:
    x1, y1, x2, y2 = area
    count = min(FIGURES, len(points))
    wide = (x2 - x1) / max(count, 1)
    at = [_seen_in(points, i, count) for i in range(count)]
    frames = [_Frame(x1 + i * wide + 0.08 * wide, y1, 0.84 * wide, y2 - y1) for i in range(count)]
    scale = frames[0].scale(points[at])
    for frame, moment in zip(frames, at, strict=True):
        _figure(page, frame.place(points[moment], scale), values[moment], skeleton, em, 0.42)


def _seen_in(points: Array, part: int, parts: int) -> int:
    """The middle moment of a part of the clip, or the nearest in it that shows somebody."""
    low, high = part * len(points) // parts, max((part + 1) * len(points) // parts, part * len(points) // parts + 1)
    return low + _seen_moment(points[low:high], (high - low) // 2)


def _strip(page: Page, moments: Array, times: Array, area: tuple[float, float, float, float], em: float) -> None:
    """Bars up for what speaks for it, down for what speaks against it; time below."""
    x1, y1, x2, y2 = area
    high, low = max(float(moments.max()), 0.0), min(float(moments.min()), 0.0)
    span = max(high - low, 1e-9)
    zero = y2 - (y2 - y1) * (0 - low) / span
    columns = np.arange(round(x1), round(x2))
    at = times[0] + (columns - x1) / max(x2 - x1, 1) * (times[-1] - times[0])
    value = np.interp(at, times, moments)
    strongest = max(high, -low, 1e-9)
    for x, v in zip(columns.tolist(), value.tolist(), strict=True):
        y = zero - v / span * (y2 - y1)
        page.bar(x, min(y, zero), x + 1, max(y, zero), importance_color(v / strongest))
    page.bar(x1, zero, x2, zero + 1, QUIET)
    page.text(x1 - 0.5 * em, y1 + 0.4 * em, f"{high:+.1f}", 0.95 * em, QUIET, at=1)
    if low < -0.05 * span:
        page.text(x1 - 0.5 * em, y2 - 0.4 * em, f"{low:+.1f}", 0.95 * em, QUIET, at=1)
    for moment in _ticks(float(times[0]), float(times[-1])):
        x = x1 + (moment - times[0]) / max(times[-1] - times[0], 1e-9) * (x2 - x1)
        page.bar(x, y2, x + 1, y2 + 0.4 * em, GRID)
        page.text(x, y2 + 1.2 * em, f"{moment:g} s", 0.95 * em, QUIET, at=0.5)


def _ticks(start: float, end: float) -> list[float]:
    """Round moments, about six."""
    if end <= start:
        return [round(start, 2)]
    raw = (end - start) / 6
    step = next(s for s in (m * 10.0**e for e in range(-3, 6) for m in (1, 2, 5)) if s >= raw)
    return [round(i * step, 6) for i in range(int(np.ceil(start / step)), int(end / step + 1e-9) + 1)]


def _legend(page: Page, strongest: float, at: tuple[float, float], em: float, unit: str) -> None:
    x, y = at
    for words, color in (
        ("against", AGAINST),
        ("does not matter", NEUTRAL),
        (f"speaks for it, up to {strongest:.1f} {unit}", FOR),
    ):
        page.bar(x, y - 0.45 * em, x + 0.9 * em, y + 0.45 * em, color)
        x += 1.4 * em + page.text(x + 1.3 * em, y, words, 0.95 * em, QUIET) + 1.3 * em
