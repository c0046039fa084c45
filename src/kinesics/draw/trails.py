"""Trails: where each person's feet were in the last seconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from ..types import Array
from .canvas import Canvas
from .palette import id_color

_EASE = 0.15  # seconds: steps make feet sway, the trail should show the way
_BREAK = 0.7  # seconds without a person after which the trail starts anew
_AGES = 3  # layers that fading is made of
_FINEST = 12  # points a second that are kept


@dataclass
class _Trail:
    at: Array  # (2,) eased position
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
        for identity, point in zip(ids, feet, strict=True):
            if identity >= 0 and np.isfinite(point).all():
                self._step(identity, point, time)
        for identity, trail in list(self._trails.items()):
            while trail.dots and trail.dots[0][0] < time - self.seconds:
                trail.dots.popleft()
            if not trail.dots:
                del self._trails[identity]

    def _step(self, identity: int, point: Array, time: float) -> None:
        trail = self._trails.get(identity)
        if trail is None or not 0 <= time - trail.time < _BREAK:
            trail = self._trails[identity] = _Trail(np.array(point, float), time)
        trail.at = trail.at + (point - trail.at) * (1 - np.exp(-(time - trail.time) / _EASE))
        trail.time = time
        if not trail.dots or time - trail.dots[-1][0] > 1 / _FINEST:
            trail.dots.append((time, float(trail.at[0]), float(trail.at[1])))

    def paint(self, canvas: Canvas, width: float, time: float) -> None:
        """Draw every path in its person's colour, thinner and fainter the older it is."""
        for identity, trail in self._trails.items():
            dots = np.array([*trail.dots, (trail.time, *trail.at)])
            if np.ptp(dots[:, 1:], axis=0).max() < 2 * width:
                continue
            pad = width + 2
            for share in range(_AGES, 0, -1):  # the newer, the more layers lie on one another
                points = dots[dots[:, 0] >= time - self.seconds * share / _AGES, 1:]
                if len(points) > 1:
                    with canvas.faded((*(points.min(0) - pad), *(points.max(0) + pad)), 0.4):
                        canvas.path(points, width * (1.12 - 0.62 * share / _AGES), id_color(identity))
