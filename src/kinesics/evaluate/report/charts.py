"""Charts as inline SVG: colours come from the page's style, so they follow light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from ...metrics.calibration import Reliability
from ...metrics.confusion import Confusion
from ...types import Array

__all__ = ["bars", "key", "lines", "matrix", "reliability_chart", "shorten", "svg", "ticks"]


def svg(width: float, height: float, inside: str, label: str, kind: str = "") -> str:
    """A picture of that size that shrinks where there is no room; `label` is read aloud."""
    named = f' class="{kind}"' if kind else ""
    box = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}"'
    return f'<svg {box} role="img" aria-label="{escape(label)}"{named}>{inside}</svg>'


def key(words: str, color: str) -> str:
    """A spot of colour and what it stands for."""
    return f'<span style="white-space:nowrap"><span class="key" style="background:var({color})"></span>{words}</span> '


def shorten(text: str, most: int) -> str:
    """A label that fits."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def matrix(counted: Confusion) -> str:
    """A confusion matrix: rows the truth, columns what was said, shades the share of the row, numbers the clips."""
    names, counts = counted.classes, counted.counts
    c = len(names)
    cell = float(np.clip(680 / max(c, 1), 13, 74))
    room = min(7.0 * min(max(map(len, names), default=1), 24) + 14, 180)
    top = min(room * 0.72 + 12, 142)
    shown = [shorten(name, 24) for name in names]
    rows = counts.sum(1)
    parts = []
    for i in range(c):
        y = top + i * cell
        parts.append(f'<text x="{room - 8:.0f}" y="{y + cell / 2 + 4:.1f}" text-anchor="end">{escape(shown[i])}</text>')
        x = room + i * cell + cell / 2 + 4
        parts.append(f'<text transform="translate({x:.1f} {top - 7:.0f}) rotate(-45)">{escape(shown[i])}</text>')
        for j in range(c):
            parts.append(_matrix_cell(counted, i, j, (room + j * cell, y, cell), int(rows[i])))
    right = room + c * cell + top * 0.8
    return svg(right, top + c * cell + 4, "".join(parts), f"confusion of {c} classes")


def _matrix_cell(counted: Confusion, i: int, j: int, place: tuple[float, float, float], total: int) -> str:
    x, y, cell = place
    n = int(counted.counts[i, j])
    share = n / total if total else 0.0
    color = "none" if not n else "right" if i == j else "wrong"
    opacity = 0.12 if not n else 0.25 + 0.75 * share
    words = (
        f"{counted.classes[i]} taken for {counted.classes[j]}: {n} of {total}"
        if i != j
        else f"{counted.classes[i]}: {n} of {total} right"
    )
    gap = min(1.0, cell / 20)
    box = (
        f'<rect x="{x + gap:.1f}" y="{y + gap:.1f}" width="{cell - 2 * gap:.1f}" height="{cell - 2 * gap:.1f}" '
        f'rx="{min(cell / 8, 4):.1f}" class="{color}" fill-opacity="{opacity:.2f}"><title>{escape(words)}</title></rect>'
    )
    if not n or cell < 15:
        return box
    size = min(cell * 0.5, 15)
    ink = "fill:var(--card);" if share > 0.45 else ""
    at = f'x="{x + cell / 2:.1f}" y="{y + cell / 2 + size * 0.36:.1f}"'
    return f'{box}<text {at} text-anchor="middle" pointer-events="none" style="{ink}font-size:{size:.0f}px">{n}</text>'


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers from low to high, at most about `most`."""
    if not high > low:
        return [low]
    raw = (high - low) / most
    base = 10.0 ** np.floor(np.log10(raw))
    step = next(float(base * m) for m in (1, 2, 5, 10) if base * m >= raw * 0.999)
    first = np.ceil(low / step - 1e-9)
    return [float(round(i * step, 10) + 0.0) for i in np.arange(first, np.floor(high / step + 1e-9) + 1)]


class _Plot:
    """A frame with axes: data to picture."""

    def __init__(self, width: float, height: float, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.width, self.height, self.x, self.y = width, height, x, y
        self.left, self.right, self.top, self.bottom = 44.0, width - 22, 10.0, height - 34

    def at(self, x: float, y: float) -> tuple[float, float]:
        across = (x - self.x[0]) / max(self.x[1] - self.x[0], 1e-12)
        up = (y - self.y[0]) / max(self.y[1] - self.y[0], 1e-12)
        return self.left + across * (self.right - self.left), self.bottom - up * (self.bottom - self.top)

    def axes(self, x_words: str, x_unit: str = "", y_unit: str = "") -> str:
        parts = []
        for value in ticks(*self.y):
            _, y = self.at(0, value)
            parts.append(f'<path class="axis" d="M{self.left} {y:.1f}H{self.right:.0f}"/>')
            parts.append(f'<text class="quiet" x="{self.left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}{y_unit}</text>')
        for value in ticks(*self.x, max(int((self.right - self.left) / 75), 2)):
            x, _ = self.at(value, 0)
            parts.append(
                f'<text class="quiet" x="{x:.1f}" y="{self.bottom + 15:.0f}" text-anchor="middle">{value:g}{x_unit}</text>'
            )
        at = f'x="{(self.left + self.right) / 2:.0f}" y="{self.height - 4:.0f}"'
        parts.append(f'<text class="quiet" {at} text-anchor="middle">{escape(x_words)}</text>')
        return "".join(parts)

    def path(self, x: Sequence[float], y: Sequence[float]) -> str:
        return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in (self.at(*point) for point in zip(x, y, strict=True)))


def lines(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    x_words: str,
    *,
    y: tuple[float, float] | None = None,
    x_unit: str = "",
    y_unit: str = "",
    dots: bool = False,
    size: tuple[float, float] = (470, 250),
) -> str:
    """Curves over one axis; each series is (x, y). The names stand above, in their colour."""
    held = {
        name: [(a, b) for a, b in zip(*points, strict=True) if np.isfinite(a) and np.isfinite(b)]
        for name, points in series.items()
    }
    held = {name: points for name, points in held.items() if points}
    if not held:
        return ""
    flat = np.array([point for points in held.values() for point in points], float)
    low, high = y or (min(0.0, float(flat[:, 1].min())), float(flat[:, 1].max()) * 1.04 or 1.0)
    plot = _Plot(*size, (float(flat[:, 0].min()), float(flat[:, 0].max())), (low, high))
    parts = [plot.axes(x_words, x_unit, y_unit)]
    for number, points in enumerate(held.values()):
        across, up = zip(*points, strict=True)
        parts.append(f'<path class="curve s{number % 4}" d="{plot.path(across, up)}"/>')
        if dots or len(points) == 1:
            spots = (plot.at(a, b) for a, b in points)
            parts += [f'<circle class="f{number % 4}" cx="{a:.1f}" cy="{b:.1f}" r="3.5"/>' for a, b in spots]
    colors = ("--accent", "--bad", "--good", "--quiet")
    keys = "".join(
        f'<span class="key" style="background:var({colors[i % 4]})"></span>{escape(name)}' for i, name in enumerate(held)
    )
    return f"<figure><figcaption>{keys}</figcaption>{svg(*size, ''.join(parts), ', '.join(held) + ' over ' + x_words)}</figure>"


def reliability_chart(shown: Reliability, title: str, size: float = 212) -> str:
    """A reliability diagram: how sure it was across, how often it was right upwards; dots grow with the answers."""
    plot = _Plot(size, size, (0, 1), (0, 1))
    (x0, y0), (x1, y1) = plot.at(0, 0), plot.at(1, 1)
    parts = [plot.axes("how sure"), f'<path class="ideal" d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}"/>']
    most = max(int(shown.count.max(initial=1)), 1)
    for sure, right, n in zip(shown.confidence.tolist(), shown.accuracy.tolist(), shown.count.tolist(), strict=True):
        x, y = plot.at(sure, right)
        _, ideal = plot.at(sure, sure)
        parts.append(f'<path class="s1" stroke-width="1.5" stroke-opacity=".55" d="M{x:.1f} {y:.1f}V{ideal:.1f}"/>')
        words = f"{n} answers, {sure:.0%} sure on average, {right:.0%} right"
        spot = f'cx="{x:.1f}" cy="{y:.1f}" r="{2.5 + 5 * np.sqrt(n / most):.1f}"'
        parts.append(f'<circle class="f0" {spot} fill-opacity=".85"><title>{words}</title></circle>')
    return f"<figure><h3>{escape(title)}</h3>{svg(size, size, ''.join(parts), f'reliability, {title}')}</figure>"


def bars(values: Array, words: str, *, unit: str = "", size: tuple[float, float] = (470, 170), bins: int = 24) -> str:
    """A histogram."""
    values = values[np.isfinite(values)]
    if not len(values):
        return ""
    count, edges = np.histogram(values, bins=min(bins, max(len(set(values.tolist())), 1)))
    plot = _Plot(*size, (float(edges[0]), float(edges[-1])), (0, float(count.max())))
    parts = [plot.axes(words, unit)]
    for n, low, high in zip(count.tolist(), edges.tolist(), edges[1:].tolist(), strict=False):
        (x1, y1), (x2, y2) = plot.at(low, n), plot.at(high, 0)
        box = f'x="{x1 + 0.5:.1f}" y="{y1:.1f}" width="{max(x2 - x1 - 1, 1):.1f}" height="{y2 - y1:.1f}"'
        parts.append(f'<rect class="f0" {box}><title>{low:.2g} to {high:.2g}: {n}</title></rect>')
    return svg(*size, "".join(parts), words)
