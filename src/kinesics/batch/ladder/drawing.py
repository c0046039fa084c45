"""One shot's tries as a picture: rate across, likeness up, the frontier, its knee, and the steps of the ladder."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from .curve import Curve

__all__ = ["ladder_svg"]

Row = Mapping[str, Any]
Place = Callable[[float, float], tuple[float, float]]

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 62, 700, 54, 350
COLOURS = ("#2f6fb0", "#2a9d8f", "#7aa83c", "#d9932f", "#c4574e", "#8a6fb8")
WORDS = {"vmaf": "VMAF", "ssim": "SSIM (no VMAF here)"}
_STYLE = 'font-family="system-ui, sans-serif" font-size="12" fill="currentColor"'


def ladder_svg(rows: Iterable[Row]) -> str:
    """An SVG of 720 x 400 that shrinks where there is no room; text has the colour of the page's text.

    Args:
        rows: of one shot, of the kind "ladder".

    Returns:
        the element's text; for a shot that was not measured the words that say why.
    """
    given = list(rows)
    tries = [row for row in given if row.get("bits_per_second")]
    if not tries:
        note = next((str(row["note"]) for row in given if row.get("note")), "no tries")
        return _svg(f'<text x="{WIDTH / 2}" y="{HEIGHT / 2}" text-anchor="middle" opacity="0.7">{escape(note)}</text>', note)
    place = _place(tries)
    steps = sorted((row for row in tries if row.get("step") is not None), key=lambda row: int(row["step"]))
    parts = [_axes(tries, place), *_sizes(tries, place), _frontier(tries, place), *_knee(tries, place), *_steps(steps, place)]
    top = max(tries, key=lambda row: float(row["quality"]))
    label = f"{len(tries)} tries of a shot, {len(steps)} steps, up to {_rate(float(top['bits_per_second']))}"
    return _svg("".join(parts), label)


def _svg(inside: str, label: str) -> str:
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" style="max-width:100%;height:auto"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-label="{escape(label)}" {_STYLE}>{inside}</svg>'


def _place(tries: Sequence[Row]) -> Place:
    rates, likeness = ([float(row[key]) for row in tries] for key in ("bits_per_second", "quality"))
    low, high = math.log(min(rates) * 0.85), math.log(max(rates) * 1.18)
    room = max((max(likeness) - min(likeness)) * 0.06, 1e-4 * max(1.0, abs(max(likeness))))
    bottom, top = min(likeness) - room, max(likeness) + room

    def place(rate: float, value: float) -> tuple[float, float]:
        x = LEFT + (math.log(rate) - low) / (high - low) * (RIGHT - LEFT)
        return x, BOTTOM - (value - bottom) / (top - bottom) * (BOTTOM - TOP)

    return place


def _axes(tries: Sequence[Row], place: Place) -> str:
    rates, likeness = ([float(row[key]) for row in tries] for key in ("bits_per_second", "quality"))
    parts = []
    for rate in _rate_ticks(min(rates) * 0.85, max(rates) * 1.18):
        x = place(rate, likeness[0])[0]
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{BOTTOM}" stroke="currentColor" opacity="0.12"/>')
        parts.append(f'<text x="{x:.1f}" y="{BOTTOM + 18}" text-anchor="middle" opacity="0.75">{_rate(rate)}</text>')
    for value, words in _value_ticks(min(likeness), max(likeness)):
        y = place(rates[0], value)[1]
        parts.append(f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="currentColor" opacity="0.12"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" opacity="0.75">{words}</text>')
    words = WORDS.get(str(tries[0].get("measure")), "")
    parts.append(f'<text x="{LEFT}" y="{TOP - 12}" text-anchor="start" opacity="0.75">{escape(words)}</text>')
    parts.append(f'<text x="{RIGHT}" y="{BOTTOM + 38}" text-anchor="end" opacity="0.75">rate</text>')
    return "".join(parts)


def _sizes(tries: Sequence[Row], place: Place) -> Iterable[str]:
    """Each size's tries as dots, its curve, and its name in the key."""
    sizes = sorted({(int(row["width"]), int(row["height"])) for row in tries}, reverse=True)
    x = float(LEFT)
    for number, size in enumerate(sizes):
        colour = COLOURS[number % len(COLOURS)]
        own = sorted((row for row in tries if int(row["width"]) == size[0]), key=lambda row: float(row["bits_per_second"]))
        yield _curve(own, place, colour)
        for row in own:
            x_row, y_row = place(float(row["bits_per_second"]), float(row["quality"]))
            title = f"<title>{escape(_words(row))}</title>"
            yield f'<circle cx="{x_row:.1f}" cy="{y_row:.1f}" r="3" fill="{colour}">{title}</circle>'
        name = f"{size[0]} × {size[1]}"
        yield f'<circle cx="{x + 5:.1f}" cy="18" r="4" fill="{colour}"/><text x="{x + 14:.1f}" y="22">{name}</text>'
        x += 34 + 6.6 * len(name)


def _curve(own: Sequence[Row], place: Place, colour: str) -> str:
    fit = own[0].get("fit")
    if fit is None or len(own) < 2:
        return ""
    curve = Curve(*(float(value) for value in fit))
    ends = (float(own[0]["bits_per_second"]), float(own[-1]["bits_per_second"]))
    points = [place(rate, curve(rate)) for rate in np.geomspace(*ends, 40).tolist()]
    return f'<polyline points="{_points(points)}" fill="none" stroke="{colour}" stroke-width="1.5" opacity="0.55"/>'


def _frontier(tries: Sequence[Row], place: Place) -> str:
    front = sorted((float(row["bits_per_second"]), float(row["quality"])) for row in tries if row.get("frontier"))
    points = _points([place(*point) for point in front])
    look = 'fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="5 4" opacity="0.6"'
    return f'<polyline points="{points}" {look}/>'


def _knee(tries: Sequence[Row], place: Place) -> Iterable[str]:
    for row in tries:
        if row.get("knee"):
            x, y = place(float(row["bits_per_second"]), float(row["quality"]))
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="13" fill="none" stroke="#e0842b" stroke-width="2.5"/>'
            words = 'text-anchor="end" font-weight="600" fill="#e0842b"'
            yield f'<text x="{x - 14:.1f}" y="{y - 12:.1f}" {words}>knee</text>'


def _steps(steps: Sequence[Row], place: Place) -> Iterable[str]:
    for row in steps:
        x, y = place(float(row["bits_per_second"]), float(row["quality"]))
        spot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="#1d2733" stroke="#ffffff" stroke-width="1.5"/>'
        number = (
            f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" fill="#ffffff" font-size="11">{int(row["step"])}</text>'
        )
        yield f"<g>{spot}{number}<title>{escape(_words(row))}</title></g>"


def _words(row: Row) -> str:
    size = f"{row['width']} x {row['height']}, crf {row['crf']}"
    return f"{size}: {_rate(float(row['bits_per_second']))}, {row['measure']} {float(row['quality']):.4g}"


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _rate(rate: float) -> str:
    if rate >= 1e6:
        return f"{rate / 1e6:.3g} Mb/s"
    return f"{rate / 1e3:.3g} kb/s" if rate >= 1e3 else f"{rate:.3g} b/s"


def _rate_ticks(low: float, high: float) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for leads in ((1, 2, 5), (1, 3), (1,)):
        found = [lead * 10.0**decade for decade in decades for lead in leads if low <= lead * 10.0**decade <= high]
        if len(found) <= 9:
            break
    return found


def _value_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Round values, four to eight of them, with as many digits as they need."""
    span = max(high - low, 1e-4)
    unit = 10.0 ** math.floor(math.log10(span))
    every = next(step * unit for step in (0.1, 0.2, 0.5, 1.0, 2.0) if span / (step * unit) <= 7)
    digits = max(0, -math.floor(math.log10(every) + 1e-9))
    first, last = math.ceil(low / every - 1e-9), math.floor(high / every + 1e-9)
    return [(k * every, f"{k * every:.{digits}f}") for k in range(first, last + 1)]
