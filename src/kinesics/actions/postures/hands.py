"""Hands: how far up, and whether they go to and fro."""

from __future__ import annotations

from .figure import Figure, Point, apart
from .swings import Swings

__all__ = ["Hands"]

SWING, WIDE = 0.042, 0.06  # body lengths from turn to turn; a forearm that swings by 18 degrees to either side moves 0.09
HELD = 0.3  # seconds for which a hand that is lost is taken to be where it was
LOW = -0.06  # body lengths from the shoulder up: below it a hand does not wave


class Hands:
    """Both hands of one person, over time."""

    def __init__(self) -> None:
        self._waves = [[Swings(least, 0.12, 1.0) for least in (SWING, WIDE) for _ in "xyz"] for _ in "lr"]
        self._last: list[tuple[float, dict[str, float]] | None] = [None, None]

    def update(self, figure: Figure, unit: float, time: float) -> list[dict[str, float]]:
        """Measures of each hand that is seen, in body lengths; the left one first."""
        found = []
        for side in (0, 1):
            shoulder, elbow, wrist = figure.shoulders[side] or figure.neck, figure.elbows[side], figure.wrists[side]
            if shoulder and elbow and wrist and unit:
                self._last[side] = time, {**_upper(figure), **self._hand(side, shoulder, elbow, wrist, unit, time)}
            last = self._last[side]
            if last and time - last[0] <= HELD:
                found.append(last[1])
        return found

    def _hand(self, side: int, shoulder: Point, elbow: Point, wrist: Point, unit: float, time: float) -> dict[str, float]:
        up = (shoulder[1] - wrist[1]) / unit
        waves = self._waves[side]
        if up < LOW or wrist[1] > elbow[1]:
            for wave in waves:
                wave.clear()
            half, rate, wide = 0, 0.0, 0
        else:
            for wave, i in zip(waves, (0, 1, 2, 0, 1, 2), strict=True):
                wave.push((wrist[i] - shoulder[i]) / unit, time)
            half, rate = max((wave.row(time, 2.5) for wave in waves), key=lambda row: row[0])
            wide = max(wave.row(time, 2.5)[0] for wave in waves if wave.least == WIDE)
        return {
            "hand above shoulder": up,
            "hand above elbow": (elbow[1] - wrist[1]) / unit,
            "swings in a row": float(half),
            "wide swings in a row": float(wide),
            "swings a second": rate / 2,
        }


def _upper(figure: Figure) -> dict[str, float]:
    """How upright the upper body is, told from the head where the hips are out of the picture."""
    top, base = (figure.neck, figure.hips) if figure.hips else (figure.head, figure.neck)
    if not top or not base:
        return {}
    return {"upper body upright": (base[1] - top[1]) / max(apart(top, base), 1e-9)}
