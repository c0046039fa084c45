"""A clown's nose: a ball that looks the same from all sides."""

from __future__ import annotations

import numpy as np

from .brushes import Paper, soft
from .overlay import FaceFilter, Layer
from .surfaces import sheet, skin, window

__all__ = ["clown_nose"]

CENTRE, RADIUS = (256.0, 311.0, -52.0), 25.0


def clown_nose() -> FaceFilter:
    """Red, of soft rubber, with a window's reflection."""
    paper = Paper((2.2, 2.2), 160, (-1.1, -1.1))
    ball = paper.ellipse((0, 0), (1, 1))
    x, y = paper.grid()
    z = np.sqrt(np.clip(1 - x**2 - y**2, 0, 1))
    key = np.clip((-0.42 * x - 0.55 * y + 0.72 * z), 0, 1)
    rim = np.clip(0.55 * x + 0.65 * y, 0, 1) * np.clip(1 - z, 0, 1) ** 1.5
    tone = 0.3 + 0.75 * key + 0.28 * rim
    paper.lay(ball, np.clip(tone[..., None] * [222, 26, 30] + (key**3)[..., None] * [22, 40, 36], 0, 255))
    paper.lay(ball * np.exp(-(((x + 0.36) / 0.3) ** 2 + ((y + 0.45) / 0.2) ** 2)), (255, 235, 225), 0.75)
    paper.lay(ball * np.exp(-(((x + 0.14) / 0.07) ** 2 + ((y + 0.62) / 0.05) ** 2)), (255, 255, 255), 0.5)
    across, down = np.meshgrid(np.linspace(-1.1, 1.1, 3), np.linspace(-1.1, 1.1, 3))
    places = np.stack([CENTRE[0] + RADIUS * across, CENTRE[1] + RADIUS * down, np.full_like(across, CENTRE[2])], -1)
    box = (216.0, 284.0, 304.0, 362.0)
    shadow = Paper((88, 78), 1.0, box[:2])
    shadow.lay(soft(shadow.ellipse((260, 322), (25, 20)), 5), (50, 18, 12), 0.42)
    return FaceFilter(
        (Layer(shadow.picture(), window(skin(openings=True), box)), Layer(paper.picture(), sheet(places, facing=True))),
        "clown-nose",
    )
