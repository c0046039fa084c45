"""Trails: where each person's feet were in the last seconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import exp, isfinite

import numpy as np

from ..types import Array
from .canvas import Canvas
from .palette import id_color

_EASE = 0.15  # seconds: steps make feet sway, the trail should show the way
_BREAK = 0.7  # seconds without a person after which the trail starts anew
_AGES, _LAYER = 2, 0.5  # layers that fading is made of, and the opacity of each
_FINEST = 12  # points a second that are kept


@dataclass
class _Trail:
    x: float  # eased position
    y: float
    time: float
    dots: deque[tuple[float, float, float]] = field(default_factory=deque)  # time, x, y


class Trails:
    """Recent paths by id; time is in seconds, so the frame rate does not matter.

    Args:
        seconds: how much of the past is shown.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._trails: dict[int, _Trail] = {}

    def reset(self) -> None:
        """Forget all paths."""
        self._trails.clear()

    def add(self, ids: list[int], feet: Array, time: float) -> None:
        """Remember where people stand: feet (n, 2) pixels; ids below 0 leave no trail."""
        for identity, (x, y) in zip(ids, feet.tolist(), strict=True):
            if identity >= 0 and isfinite(x) and isfinite(y):
                self._step(identity, x, y, time)
        for identity, trail in list(self._trails.items()):
            while trail.dots and trail.dots[0][0] < time - self.seconds:
                trail.dots.popleft()
            if not trail.dots:
                del self._trails[identity]

    def _step(self, identity: int, x: float, y: float, time: float) -> None:
        trail = self._trails.get(identity)
        if trail is None or not 0 <= time - trail.time < _BREAK:
            trail = self._trails[identity] = _Trail(x, y, time)
        share = 1 - exp(-(time - trail.time) / _EASE)
        trail.x, trail.y, trail.time = trail.x + (x - trail.x) * share, trail.y + (y - trail.y) * share, time
        if not trail.dots or time - trail.dots[-1][0] > 1 / _FINEST:
            trail.dots.append((time, trail.x, trail.y))

    def paint(self, canvas: Canvas, width: float, time: float) -> None:
        """Draw every path in its person's colour, thinner and fainter the older it is."""
        pad = width + 2
        for identity, trail in self._trails.items():
            dots = [*trail.dots, (trail.time, trail.x, trail.y)]
            for share in range(_AGES, 0, -1):  # the newer, the more layers lie on one another
                points = np.array([dot[1:] for dot in dots if dot[0] >= time - self.seconds * share / _AGES])
                if len(points) < 2:
                    continue
                (x1, y1), (x2, y2) = points.min(0).tolist(), points.max(0).tolist()
                if max(x2 - x1, y2 - y1) > 2 * width:
                    with canvas.faded((x1 - pad, y1 - pad, x2 + pad, y2 + pad), _LAYER):
                        canvas.path(points, width * (1.1 - 0.55 * share / _AGES), id_color(identity))
