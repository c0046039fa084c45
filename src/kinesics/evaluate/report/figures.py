"""Bodies as inline SVG: small films, and one body coloured by what matters."""

from __future__ import annotations

import base64

import numpy as np

from ...actions.explanation import Explanation
from ...types import Array, PoseSequence, Skeleton
from .charts import svg

__all__ = ["body", "film", "strip"]

FPS, FRAMES = 12.0, 48  # of a film, and the most of it: longer clips play faster
WIDTH, HEIGHT, EDGE = 200, 160, 14


def _placed(points: Array, width: float, height: float, edge: float) -> Array:
    """(t, j, 2) or (j, 2) coordinates fitted into a picture as a whole, proportions kept; NaN stays."""
    flat = points.reshape(-1, 2)
    flat = flat[np.isfinite(flat).all(1)]
    if not len(flat):
        return points
    low, high = (np.percentile(flat, q, axis=0) for q in (0.5, 99.5))
    scale = min((width - 2 * edge) / max(high[0] - low[0], 1e-9), (height - 2 * edge) / max(high[1] - low[1], 1e-9))
    return np.asarray((points - (low + high) / 2) * scale + (width / 2, height / 2))


def _bones(skeleton: Skeleton, people: int) -> list[tuple[int, int, str]]:
    """Joint pairs of all people, numbered on, with the side they are on."""
    side = ["left" if "left" in name else "right" if "right" in name else "" for name in skeleton.joints]
    k = len(skeleton)
    return [
        (a + p * k, b + p * k, side[a] or side[b] if {side[a], side[b]} != {"left", "right"} else "")
        for p in range(people)
        for a, b in skeleton.bones
    ]


def film(clip: PoseSequence, words: str) -> str:
    """A stick figure that plays where scripts may run, and its most telling moment where they may not; about 3 kB."""
    t, n, k, _ = clip.points.shape
    count = int(np.clip(round((clip.times[-1] - clip.times[0]) * FPS), 1, FRAMES)) if t else 0
    if not count or not (clip.scores > 0).any():
        return f'<div class="film quiet" style="padding:40px 10px;text-align:center">nobody to be seen<br>{words}</div>'
    at = np.clip(np.searchsorted(clip.times, np.linspace(clip.times[0], clip.times[-1], count)), 0, t - 1)
    points = _placed(clip.points[at, ..., :2].astype(float).reshape(count, n * k, 2), WIDTH, HEIGHT, EDGE)
    seen: Array = np.asarray(np.isfinite(points).all(-1))
    data = np.where(seen[..., None], np.clip(np.nan_to_num(points), 0, 254), 255).astype(np.uint8)
    bones = _bones(clip.skeleton, n)
    still = int((seen.sum(1) - 0.01 * np.abs(np.arange(count) - count / 2)).argmax())
    strokes = "".join(_line(data[still], a, b, side) for a, b, side in bones)
    facts = (
        f'data-film="{base64.b64encode(data.tobytes()).decode()}" data-joints="{n * k}" data-fps="{FPS:g}" '
        f'data-bones="{" ".join(f"{a},{b}" for a, b, _ in bones)}"'
    )
    return svg(WIDTH, HEIGHT, strokes, words, "film").replace("<svg ", f"<svg {facts} ", 1)


def _line(points: Array, a: int, b: int, side: str) -> str:
    gone = ' style="display:none"' if (points[[a, b]] == 255).all(1).any() else ""
    (x1, y1), (x2, y2) = points[a].tolist(), points[b].tolist()
    return f'<line class="{side}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"{gone}/>'


def body(posture: Array, values: Array, skeleton: Skeleton, words: str, size: tuple[float, float] = (150, 170)) -> str:
    """One person's posture (k, 2 or 3), joints and bones coloured by values (k,), -1 against to 1 for."""
    points = _placed(np.asarray(posture[:, :2], float), *size, 14)
    seen: Array = np.asarray(np.isfinite(points).all(1))
    bones, dots = [], []
    for a, b in skeleton.bones:
        if seen[a] and seen[b]:
            (x1, y1), (x2, y2), share = points[a], points[b], float(values[a] + values[b]) / 2
            line = f'd="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke-width="5" stroke-linecap="round"'
            bones.append((abs(share), f'<path {line} style="stroke:{_tone(share)}"/>'))
    for j in np.flatnonzero(seen).tolist():
        (x, y), share = points[j], float(values[j])
        spot = f'cx="{x:.1f}" cy="{y:.1f}" r="{3 + 5 * min(abs(share), 1):.1f}"'
        style = f"fill:{_tone(share)};stroke:var(--card)"
        dots.append((abs(share), f'<circle {spot} style="{style}"><title>{skeleton.joints[j]}</title></circle>'))
    drawn = [mark for _, mark in (*sorted(bones), *sorted(dots))]
    return svg(*size, "".join(drawn), words)


def _tone(share: float) -> str:
    goal = "--for" if share > 0 else "--against"
    return f"color-mix(in oklab, var({goal}) {100 * min(abs(share), 1) ** 1.2:.0f}%, var(--none))"


def strip(found: Explanation, size: tuple[float, float] = (260, 74)) -> str:
    """What each moment of the action is worth, from its start to its end."""
    width, height = size
    values = found.moments
    high, low = max(float(values.max()), 1e-6), min(float(values.min()), 0.0)
    zero = 6 + (height - 26) * high / (high - low)
    x = 4 + (found.times - found.times[0]) / max(float(found.times[-1] - found.times[0]), 1e-9) * (width - 8)
    scale = (height - 26) / (high - low)
    parts = []
    for kind, part in (("for", values.clip(0)), ("against", values.clip(None, 0))):
        if part.any():
            edge = "L".join(f"{a:.1f} {zero - v * scale:.1f}" for a, v in zip(x, part, strict=True))
            parts.append(f'<path class="{kind}" d="M{x[0]:.1f} {zero:.1f}L{edge}L{x[-1]:.1f} {zero:.1f}Z"/>')
    parts.append(f'<path class="axis" d="M4 {zero:.1f}H{width - 4:.0f}"/>')
    for place, words, share in (("start", "start", 0.0), ("middle", "half", 0.5), ("end", "end", 1.0)):
        parts.append(
            f'<text class="quiet" x="{4 + share * (width - 8):.0f}" y="{height - 4:.0f}" text-anchor="{place}">{words}</text>'
        )
    return svg(width, height, "".join(parts), f"{found.label} over time")
